"""Bounds and defaults are said from the one declaration of a knob."""

from __future__ import annotations

import pytest

from engine.spec.about import about
from engine.spec.data import Augment, Data
from engine.spec.experiment import Compile, Experiment
from engine.spec.fit import Fit
from engine.spec.layers import BatchNormalization, Conv2D, Dense, Reshape
from engine.spec.optimizers import Adam


@pytest.mark.parametrize(
    ("spec", "name", "words"),
    [
        (Fit, "batch_size", "1 … 10,000 · default 32"),
        (Fit, "early_stopping", "yes or no · default none"),
        (Adam, "learning_rate", "above 0 … 1,000 · default 0.001"),
        (Adam, "clipnorm", "above 0 … 1,000,000 or none · default none"),
        (BatchNormalization, "momentum", "0 … below 1 · default 0.99"),
        (BatchNormalization, "center", "yes or no · default yes"),
        (Conv2D, "kernel_size", "2 values, each 1 … 4,096 · default 3×3"),
        (Conv2D, "padding", "valid or same · default valid"),
        (Dense, "activation", "one of 10 · default linear"),
        (Dense, "kernel_regularizer", "one of 4 or none · default none"),
        (Reshape, "target_shape", "1 to 3 values, each 1 … 16,777,216 · default 28×28×1"),
        (Data, "validation", "test or above 0 … below 1 · default test"),
        (Data, "limit", "10 … 100,000,000 or none · default none"),
        (Augment, "zoom_range", "2 values, each above 0 … 10 · default 1, 1"),
        (Compile, "optimizer", "one of 12 · default adam"),
        (Experiment, "name", "up to 60 characters · default experiment"),
    ],
)
def test_bounds_and_default(spec, name, words):
    assert about(spec.model_fields[name]) == words


def test_the_key_is_what_a_file_and_a_command_take():
    field = Dense.model_fields["units"]
    assert about(field, ("model", "layers", 2, "units")) == "1 … 65,536 · default 128 · key model.layers[2].units"
