"""Every row of the notes, sections A to H, from a TOML file: it is in the summary of `nnplay check`, and it trains.

Rows that go together share a model. The optimizers, losses and schedules (B, C) train in test_loop.py, each by itself.
"""

from __future__ import annotations

import math
import re

import pytest
import tomli_w
from click.testing import CliRunner

from engine.runs.events import Epoch
from engine.runs.journal import Journal
from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.initializers import Initializer
from engine.spec.layers import Layer
from engine.spec.losses import Loss
from engine.spec.optimizers import Optimizer
from engine.spec.schedules import Schedule
from engine.train.control import Control
from engine.train.trainer import Trainer
from tui.cli import main

FLATTEN = {"type": "flatten"}
IMAGE = {"type": "reshape", "target_shape": [28, 28, 1]}
OUTPUT = {"type": "dense", "units": 10, "activation": "softmax"}
ACTIVATIONS = ["relu", "softmax", "sigmoid", "tanh", "linear", "elu", "gelu", "leaky_relu", "selu", "swish"]


def dense(**knobs):
    return {"type": "dense", "units": 8, **knobs}


def document(*layers, **tables):
    base = {"format": 1, "name": "notes", "model": {"layers": [*layers, OUTPUT]}, "fit": {"epochs": 1}}
    return {**base, **tables}


EVERY_LAYER = [
    {"type": "input"},
    IMAGE,
    {"type": "conv2d", "filters": 4, "kernel_size": 3, "strides": 2, "padding": "valid"},
    {"type": "conv2d", "filters": 4, "padding": "same"},
    {"type": "max_pooling2d"},
    {"type": "average_pooling2d", "padding": "same"},
    {"type": "batch_normalization"},
    {"type": "activation"},
    {"type": "dropout", "rate": 0.2},
    {"type": "reshape", "target_shape": [9, 4]},
    {"type": "reshape", "target_shape": [3, 3, 4]},
    {"type": "global_average_pooling2d"},
    {"type": "reshape", "target_shape": [2, 2]},
    {"type": "lstm", "units": 4},
    FLATTEN,
    dense(),
]
ROWS = {
    "A: L1, L2, L1L2, orthogonal; kernel, bias, activity": (
        document(
            FLATTEN,
            dense(kernel_regularizer={"type": "l1", "strength": 1e-3}, bias_regularizer={"type": "l2"}),
            dense(kernel_regularizer={"type": "l2"}, activity_regularizer={"type": "l1"}),
            dense(kernel_regularizer={"type": "l1_l2"}),
            dense(kernel_regularizer={"type": "orthogonal"}),
        ),
        ["l1 · strength 0.001", "bias_regularizer (l2", "activity_regularizer (l1", "l1_l2", "orthogonal"],
    ),
    "C: every layer": (
        document(*EVERY_LAYER),
        [member.__name__ for member in Layer.members.values()],
    ),
    "C: every activation": (
        document(FLATTEN, *({"type": "activation", "activation": name} for name in ACTIVATIONS)),
        [name for name in ACTIVATIONS if name != "relu"],
    ),
    "C: fit": (
        document(
            FLATTEN,
            data={"validation": 0.1, "limit": 200, "label_noise": 0.1},
            fit={"batch_size": 64, "epochs": 2, "validation_freq": 2},
        ),
        ["180 images in batches of 64", "in 2 epochs", "validation 0.1", "label_noise 0.1"],
    ),
    "D: every initialiser": (
        document(FLATTEN, *(dense(kernel_initializer={"type": name}) for name in Initializer.members)),
        [name for name in Initializer.members if name != "glorot_uniform"],
    ),
    "D: the notes' own": (
        document(
            FLATTEN,
            dense(kernel_initializer={"type": "random_normal", "stddev": 0.01}),
            dense(kernel_initializer={"type": "variance_scaling", "scale": 1.0}),
            dense(kernel_initializer={"type": "variance_scaling", "scale": 2.0}),
        ),
        ["stddev 0.01", "scale 1 · mode fan_in · distribution untruncated_normal", "scale 2"],
    ),
    "E: batch normalisation before and after the activation": (
        document(
            FLATTEN,
            dense(),
            {"type": "batch_normalization", "momentum": 0.9, "epsilon": 1e-5},
            {"type": "activation"},
            dense(activation="relu"),
            {"type": "batch_normalization"},
        ),
        ["BatchNormalization", "momentum 0.9 · epsilon 1e-05", "of them learnt"],
    ),
    "F: dropout": (document(FLATTEN, dense(), {"type": "dropout", "rate": 0.5}), ["Dropout 0.5"]),
    "G: the six parameters": (
        document(
            FLATTEN,
            data={
                "rescale": 0.5,
                "augment": {
                    "rotation_range": 15,
                    "width_shift_range": 0.1,
                    "height_shift_range": 2,
                    "horizontal_flip": True,
                    "zoom_range": 0.2,
                },
            },
        ),
        ["rescale 0.5", "rotation_range 15", "width_shift_range 0.1", "height_shift_range 2", "zoom_range 0.8, 1.2",
         "horizontal_flip on"],
    ),
    "H: saving and loading": (
        document(
            FLATTEN, checkpoint={"save_best_only": True, "save_weights_only": True, "load_if_exists": True}
        ),
        ["save_best_only on", "save_weights_only on", "load_if_exists on"],
    ),
}  # fmt: skip


def summary(tree, tmp_path):
    """Return what `nnplay check` prints of a TOML file, in one line."""
    path = tmp_path / "notes.toml"
    path.write_text(tomli_w.dumps(tree), encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(path)], env={"COLUMNS": "500"})
    assert result.exit_code == 0, result.output
    return load(str(path)), " ".join(result.output.split())


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_notes_is_reachable_and_trains(row, data, tmp_path):
    tree, words = ROWS[row]
    loaded, text = summary(tree, tmp_path)
    assert [word for word in words if not re.search(rf"(?<!\w){re.escape(word)}", text)] == []
    # What XLA makes of each is tested in test_loop and test_under_xla, on less at once.
    experiment = check(with_settings(loaded, ["compile.jit_compile=off"])).experiment_or_raise()
    run = create(experiment)
    journal = Journal(run.events)
    Trainer(experiment, data, run, journal, Control()).run()
    journal.close()
    events = run.tail().read()
    assert (events[-1].kind, events[-1].reason) == ("finished", "completed")
    assert all(math.isfinite(event.train["loss"]) for event in events if isinstance(event, Epoch))


@pytest.mark.parametrize(("key", "family"), [("optimizer", Optimizer), ("loss", Loss), ("schedule", Schedule)], ids=str)
def test_optimizers_losses_and_schedules_are_in_the_summary(key, family, tmp_path):
    for name in family.members:
        _, text = summary(document(FLATTEN, compile={key: {"type": name}}), tmp_path)
        assert f"{key} {name}" in text


@pytest.mark.parametrize(
    ("loss", "metric"),
    [
        ("sparse_categorical_crossentropy", "accuracy"),
        ("sparse_categorical_crossentropy", "sparse_categorical_accuracy"),
        ("categorical_crossentropy", "categorical_accuracy"),
        ("mean_squared_error", "accuracy"),
    ],
)
def test_metrics_are_in_the_summary(loss, metric, tmp_path):
    tree = document(FLATTEN, compile={"loss": {"type": loss}, "metrics": [metric]})
    assert f"metrics {metric}" in summary(tree, tmp_path)[1]


def test_whether_the_outputs_are_logits_is_in_the_summary(tmp_path):
    loss = {"type": "sparse_categorical_crossentropy", "from_logits": True}
    assert "from_logits on" in summary(document(FLATTEN, compile={"loss": loss}), tmp_path)[1]
