"""Four models trained by Keras' ``fit``, by PyTorch if it is installed, and by nnplay, in turn.

``python -m tests.bench.throughput [MODEL...] [--rounds N] [--augment]``. An epoch counts with its validation. The first
epoch of each, which compiles, is left out of the ratios; how long nnplay took to its first chunk is printed apart.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from engine.spec.check import check
from engine.spec.document import load

BUDGETS = {"notes-baseline": (15, 4), "mlp": (8, 2), "cnn": (2, 1.5), "lstm": (2.5, None)}
"""How many times as fast as fit, and as PyTorch, nnplay shall be."""
EPOCHS = 3
ALL_SIX = [
    "rotation_range=15", "width_shift_range=0.1", "height_shift_range=0.1", "zoom_range=0.1", "horizontal_flip=true",
]  # fmt: skip


def by_script(name: str, model: str) -> list[dict[str, float]]:
    command = [sys.executable, "-m", f"tests.bench.{name}", model, str(EPOCHS)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]


def by_nnplay(model: str, *settings: str) -> list[dict[str, float]]:
    command = [str(Path(sys.executable).with_name("nnplay")), "train", str(path_of(model)), "--json"]
    command += ["--epochs", str(EPOCHS), *(word for setting in settings for word in ("--set", setting))]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    started, first = (next(each for each in events if each["kind"] == kind) for kind in ("started", "progress"))
    waited = started["preparing"] + first["time"] - started["time"]
    print(f"{model} nnplay: {'XLA' if started['jit'] else 'no XLA'}, first chunk after {waited:.1f} s")
    return [
        {"seconds": each["seconds"], "loss": each["train"]["loss"], "accuracy": each["validation"]["accuracy"]}
        for each in events
        if each["kind"] == "epoch"
    ]


def path_of(model: str) -> Path:
    return Path(__file__).with_name("models") / f"{model}.toml"


def operations(model: str) -> float:
    """Return the floating-point operations of an epoch: forward, and backward to the weights and to the inputs."""
    checked = check(load(str(path_of(model))))
    shapes = [checked.facts.image_shape, *(row.shape for row in checked.rows)]
    costs = [row.layer.multiply_adds(shape) for row, shape in zip(checked.rows, shapes, strict=False)]
    costs = [cost for cost in costs if cost]
    return 2.0 * (3 * sum(costs) - costs[0]) * checked.facts.train  # nobody asks for the gradient of the images


def matmul_peak() -> float:
    """Return the operations a second of a large matrix product: the best of several."""
    a = np.random.default_rng(0).random((2048, 2048), np.float32)
    best = math.inf
    for _ in range(8):
        began = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - began)
    return 2 * 2048**3 / best


def seconds(epochs: list[dict[str, float]]) -> float:
    """Return what an epoch takes when all is compiled."""
    return statistics.median(each["seconds"] for each in epochs[1:])


def show(name: str, epochs: list[dict[str, float]]) -> None:
    line = "   ".join(f"{each['seconds']:6.2f} s loss {each['loss']:.4f} acc {each['accuracy']:.4f}" for each in epochs)
    print(f"{name:>24}: {line}", flush=True)


def compare(model: str, rounds: int) -> None:
    contenders = ["by_fit"] + ["by_torch"] * (importlib.util.find_spec("torch") is not None)
    ratios: dict[str, list[float]] = {name: [] for name in contenders}
    shares = []
    for _ in range(rounds):
        theirs = {name: by_script(name, model) for name in contenders}
        ours = by_nnplay(model)
        for name, epochs in {**theirs, "nnplay": ours}.items():
            show(f"{model} {name}", epochs)
        for name, epochs in theirs.items():
            ratios[name].append(seconds(epochs) / seconds(ours))
        shares.append(operations(model) / seconds(ours) / matmul_peak())
    for (name, found), budget in zip(ratios.items(), BUDGETS[model], strict=False):
        report(f"{model} {name}", found, "" if budget is None else f"; budget {budget}")
    print(f"{model}: {statistics.median(shares):.0%} of the machine's matrix-multiply peak", flush=True)


def augmented(model: str, rounds: int) -> None:
    """Compare nnplay with itself: all six parameters of the augmentation, and none."""
    ratios = []
    for _ in range(rounds):
        plain = by_nnplay(model)
        all_six = by_nnplay(model, *(f"data.augment.{each}" for each in ALL_SIX))
        show(f"{model} plain", plain)
        show(f"{model} augmented", all_six)
        ratios.append(seconds(all_six) / seconds(plain))
    report(f"{model} augmented / plain", ratios, f"; budget {2 if model == 'notes-baseline' else 1.1}")


def report(name: str, ratios: list[float], budget: str) -> None:
    median = statistics.median(ratios)
    print(f"{name}: ratio median {median:.2f}, from {min(ratios):.2f} to {max(ratios):.2f}{budget}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", choices=[*BUDGETS, []], default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--augment", action="store_true", help="compare nnplay with and without augmentation")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNPLAY_HOME"] = home
        for model in options.models or BUDGETS:
            (augmented if options.augment else compare)(model, options.rounds)


if __name__ == "__main__":
    main()
