"""Experiments of every kind that there is, each with a name that says what it is about."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np

from engine.spec.check import check
from engine.spec.document import load, presets, with_settings
from engine.spec.experiment import Experiment
from engine.spec.initializers import Initializer
from engine.spec.knob import TYPE
from engine.spec.layers import Layer
from engine.spec.losses import Loss
from engine.spec.optimizers import Optimizer
from engine.spec.regularizers import Regularizer
from engine.spec.schedules import Schedule

DENSE = "model.layers[1]"
ON_IMAGES = ("conv2d", "max_pooling2d", "average_pooling2d", "global_average_pooling2d")


def made(*settings: str, preset: str = "notes-baseline", layers: list[dict] | None = None) -> Experiment:
    document = load(preset)
    if layers is not None:
        document["model"]["layers"] = [*layers, {TYPE: "flatten"}, {TYPE: "dense", "units": 10}]
    if any("loss.type" in each or "metrics" in each for each in settings):
        document["compile"].pop("metrics", None)
    return check(with_settings(document, settings)).experiment_or_raise()


def of_layers() -> dict[str, Experiment]:
    """A network with each layer; images get the channel that some need."""
    image = {TYPE: "reshape", "target_shape": [28, 28, 1]}
    found = {}
    for name in Layer.members:
        layer = {TYPE: name, **({"target_shape": [784]} if name == "reshape" else {})}
        before = [image] if name in ON_IMAGES else [{TYPE: "flatten"}] if name == "dense" else []
        found[f"layer-{name}"] = made(layers=[*before, layer])
    spread = {"kernel_size": [3, 5], "strides": [2, 1], "padding": "same", "use_bias": False, "activation": "gelu"}
    found["layer-conv2d-all"] = made(layers=[image, {TYPE: "conv2d", "filters": 3, **spread}])
    pooled = {"pool_size": [3, 2], "strides": 1, "padding": "same"}
    found["layer-max_pooling2d-all"] = made(layers=[image, {TYPE: "max_pooling2d", **pooled}])
    found["layer-average_pooling2d-all"] = made(layers=[image, {TYPE: "average_pooling2d", **pooled}])
    lstm = {"units": 4, "activation": "relu", "recurrent_activation": "tanh", "return_sequences": True}
    penalty = {"recurrent_regularizer": {TYPE: "l2"}, "unit_forget_bias": False, "use_bias": False}
    found["layer-lstm-all"] = made(layers=[{TYPE: "lstm", **lstm, **penalty}])
    normal = {"momentum": 0.9, "epsilon": 1e-5, "center": False, "scale": False}
    found["layer-batch_normalization-all"] = made(layers=[{TYPE: "batch_normalization", **normal}])
    return found


def of_choices() -> dict[str, Experiment]:
    """Each optimizer, loss, schedule, regulariser, initialiser."""
    found = {}
    for name in Optimizer.members:
        kind = f"compile.optimizer.type={name}"
        found[f"optimizer-{name}"] = made(kind)
        rest = ("compile.optimizer.clipnorm=1.0", "compile.optimizer.weight_decay=0.004")
        # Every knob away from its default; what cannot be is not tried.
        own = [
            f"compile.optimizer.{knob}={value}"
            for knob, value in {
                "momentum": 0.5, "nesterov": "true", "beta": 0.8, "beta_1": 0.8, "beta_2": 0.99, "rho": 0.8,
                "epsilon": 1e-5, "initial_accumulator_value": 0.2,
            }.items()
            if knob in Optimizer.members[name].model_fields
        ]  # fmt: skip
        found[f"optimizer-{name}-all"] = made(kind, *own, *rest, "compile.optimizer.learning_rate=0.02")
    for name in Loss.members:
        found[f"loss-{name}"] = made(f"compile.loss.type={name}")
    found["loss-smoothed"] = made(
        "compile.loss.type=categorical_crossentropy",
        "compile.loss.label_smoothing=0.1",
        "compile.loss.from_logits=true",
    )
    for name in Schedule.members:
        found[f"schedule-{name}"] = made(f"compile.schedule.type={name}")
    found["schedule-warm"] = made("compile.schedule.type=cosine", "compile.schedule.warmup_epochs=1.0")
    for name in Regularizer.members:
        found[f"regularizer-{name}"] = made(f"{DENSE}.kernel_regularizer.type={name}")
    for name in Initializer.members:
        found[f"initializer-{name}"] = made(f"{DENSE}.kernel_initializer.type={name}")
    return found


def of_the_rest(folder: Path) -> dict[str, Experiment]:
    """Data, fit, checkpoints, precision."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 6, 5), np.uint8), (np.arange(40) % 10).astype(np.uint8)
    own = folder / "it's own.npz"
    np.savez(own, x_train=images, y_train=labels[:, None])
    idx = folder / "idx"
    idx.mkdir()
    for name in ("train", "t10k"):
        with gzip.open(idx / f"{name}-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">HBB3I", 0, 8, 3, *images.shape) + images.tobytes())
        (idx / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">HBBI", 0, 8, 1, len(labels)) + labels.tobytes())
    noisy = ("data.label_noise=0.1", "data.validation=0.2", "data.limit=100", "data.rescale=0.01")
    every = ("checkpoint.every_epochs=2", "checkpoint.load_if_exists=true", "checkpoint.save_weights_only=true")
    watched = (
        "fit.early_stopping.patience=2",
        "fit.early_stopping.monitor=accuracy",
        "fit.reduce_on_plateau.factor=.1",
    )
    moved = ("data.augment.rotation_range=10.5", "data.augment.zoom_range=0.2", "data.augment.height_shift_range=2")
    return {
        "data-npz": made(f"data.source={own}", "data.validation=0.5"),
        "data-idx": made(f"data.source={idx}", "data.augment.horizontal_flip=true"),
        "data-split": made("data.validation=0.1"),
        "data-noise": made(*noisy, "compile.loss.type=mean_squared_error"),
        "data-augmented": made(*moved, "data.augment.width_shift_range=0.1", "data.augment.horizontal_flip=true"),
        "data-half": made("data.rescale=1.0", "data.label_noise=0.5"),
        "fit-watched": made(*watched, "fit.validation_freq=2", "compile.loss.type=categorical_crossentropy"),
        "fit-kept": made(*every, "checkpoint.monitor=val_loss"),
        "fit-best": made("checkpoint.save_best_only=true", "checkpoint.load_if_exists=true"),
        "fit-metrics": made('compile.metrics=["accuracy", "sparse_categorical_accuracy"]', "compile.jit_compile=off"),
        "precision": made("compile.precision=mixed_bfloat16", "compile.jit_compile=on", "seed=7"),
    }


def all_of_them(folder: Path) -> dict[str, Experiment]:
    found = {name: made(preset=name) for name in presets()}
    return {**found, **of_layers(), **of_choices(), **of_the_rest(folder)}
