"""Small experiments that train in a second; TensorFlow is imported once for the whole test process."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.dataset import Dataset, Split
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.experiment import Experiment

DENSE = ({"type": "flatten"}, {"type": "dense", "units": 16, "activation": "relu"}, {"type": "dropout", "rate": 0.2})
CONVOLUTION = (
    {"type": "reshape", "target_shape": [28, 28, 1]},
    {"type": "conv2d", "filters": 4, "activation": "relu"},
    {"type": "max_pooling2d", "pool_size": 4},
    {"type": "dropout", "rate": 0.2},
    {"type": "flatten"},
)


@pytest.fixture
def make():
    """Return a function that makes an experiment of some layers and an output, with settings."""

    def experiment(*settings: str, layers=DENSE) -> Experiment:
        document = load("notes-baseline")
        output = {"type": "dense", "units": 10, "activation": "softmax"}
        document["model"]["layers"] = [*layers, output]
        document["compile"]["metrics"] = ["accuracy"]
        return check(with_settings(document, ["fit.epochs=2", *settings])).experiment_or_raise()

    return experiment


@pytest.fixture
def quick(make):
    """Return the same without XLA, whose compilation would take most of the time: other tests hold the two together."""

    def experiment(*settings: str, **options) -> Experiment:
        return make("compile.jit_compile=off", *settings, **options)

    return experiment


def split(images: int, seed: int) -> Split:
    """Images that can be learnt: the class decides which rows are bright."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, images).astype(np.uint8)
    pixels = random.integers(0, 90, (images, 28, 28))
    pixels[np.arange(images), 2 * labels + 2, :] += 150
    return Split(pixels.astype(np.uint8), labels)


@pytest.fixture
def data() -> Dataset:
    """100 images to train on, which batches of 32 do not divide, and 40 to judge on."""
    return Dataset(split(100, 0), split(40, 1), None)
