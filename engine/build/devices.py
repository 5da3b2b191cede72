"""What computes: TensorFlow's devices in a few characters. ``python -m engine.build.devices`` prints them."""

from __future__ import annotations

import os

import tensorflow as tf


def describe() -> str:
    """Return the device that trains: the GPU's name, or the CPU with the number of cores this process may use."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
        return f"{name} ×{len(gpus)}" if len(gpus) > 1 else str(name)
    return f"CPU ×{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}"


def on_gpu() -> bool:
    """Say whether TensorFlow computes on a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


if __name__ == "__main__":
    print(describe())  # noqa: T201 - `nnplay doctor` reads it
