"""What Train says of a run's figures: nothing bad of a healthy one, as presets and templates were recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.content import Content

from engine.runs.directory import RunDirectory
from engine.runs.events import Epoch
from engine.runs.history import History
from engine.runs.lock import Whereabouts
from engine.runs.standing import Best
from engine.spec.document import load
from engine.spec.draft import Draft
from tests.tui import made, runs
from tui.settings.key_names import KeyNames
from tui.snapshot import Snapshot, Watched
from tui.words.train import remark

NAME = "sparse_categorical_accuracy"
CLASSES = ((100,) * 10,) * 10

# Recorded by `python -m tests.bench.remarks`: the loss of the first step; training and validation loss by epoch, and
# the best validation accuracy by then.
HEALTHY = {
    "notes-baseline": (2.440, [0.495, 0.371, 0.334, 0.310, 0.294], [0.417, 0.380, 0.373, 0.356, 0.342], 0.855),
    "mlp-256-128, HeNormal": (2.512, [0.471, 0.357, 0.323, 0.301, 0.283], [0.406, 0.376, 0.352, 0.339, 0.348], 0.855),
    "batch norm and dropout": (2.612, [0.555, 0.433, 0.397, 0.374, 0.356], [0.428, 0.367, 0.402, 0.349, 0.360], 0.84),
    "batch norm, HeNormal, L2": (2.864, [0.515, 0.412, 0.380, 0.358, 0.345], [0.446, 0.382, 0.419, 0.384, 0.379], 0.83),
    "softmax regression": (2.301, [0.595, 0.461, 0.437, 0.422, 0.414], [0.518, 0.475, 0.470, 0.472, 0.454], 0.82),
    "cnn-small": (2.320, [0.581, 0.404, 0.364, 0.339, 0.320], [0.435, 0.369, 0.342, 0.346, 0.308], 0.84),
    "lstm-rows": (2.290, [0.614, 0.421, 0.376, 0.347, 0.329], [0.476, 0.409, 0.394, 0.367, 0.356], 0.82),
    "mlp-regularized": (
        2.766,
        [0.794, 0.552, 0.504, 0.487, 0.473, 0.463, 0.451, 0.444, 0.436, 0.425, 0.420, 0.406],
        [0.512, 0.438, 0.435, 0.405, 0.397, 0.397, 0.405, 0.410, 0.384, 0.401, 0.365, 0.353],
        0.81,
    ),
}  # fmt: skip


def watched(first: float, train: list[float], validation: list[float], best: float, *settings: str) -> Watched:
    """Return a run of which this was recorded."""
    begin = runs.training(0)[1].model_copy(update={"loss": first, "data_loss": first})
    events: list[object] = [runs.STARTED.model_copy(update={"epochs": max(len(train), 1)}), begin]
    for epoch, (ours, theirs) in enumerate(zip(train, validation, strict=True), start=1):
        events.append(
            Epoch(
                time=epoch, step=1875 * epoch, epoch=epoch, train={"loss": ours},
                validation={"loss": theirs, NAME: best}, confusion=CLASSES, seconds=1.0,
                best=Best(epoch=1, accuracy=best, loss=theirs),
            )
        )  # fmt: skip
    return Watched(
        RunDirectory(Path("run-1")), History().after(events), where=Whereabouts.HERE, asked=made.experiment(*settings)
    )


def said_of(run: Watched) -> Content:
    return remark(Draft.new(load("notes-baseline")), Snapshot(watched=run), KeyNames().key)


def warnings(*recorded) -> str:
    said = said_of(watched(*recorded))
    return " ".join(said.plain[span.start : span.end] for span in said.spans if span.style == "$warning")


def words(*recorded) -> str:
    return said_of(watched(*recorded)).plain


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_is_warned_of_nothing_at_any_of_its_epochs(name):
    first, train, validation, best = HEALTHY[name]
    for epochs in range(len(train) + 1):
        assert warnings(first, train[:epochs], validation[:epochs], best) == ""
        assert "overfits" not in words(first, train[:epochs], validation[:epochs], best)
        assert "initial weights" not in words(first, train[:epochs], validation[:epochs], best)


def test_how_it_began_is_no_news_any_more_when_there_is_some_of_how_it_goes_on():
    first, train, validation, best = HEALTHY["notes-baseline"]
    assert words(first, train[:1], validation[:1], best) == (
        "The loss began at 2.44; guessing gives ln 10 = 2.30: about the same."
    )
    assert words(first, train[:2], validation[:2], best) == "Validation loss still falls."


@pytest.mark.parametrize(
    ("name", "first", "settings"),
    [
        ("weights of std 1 before sigmoid", 12.47, ()),
        ("weights of std 1 before ReLU", 63880.33, ()),
        ("pixels up to 255", 172.06, ("data.rescale=1.0",)),
    ],
)
def test_a_bad_start_is_told_and_what_to_look_at(name, first, settings):
    said = warnings(first, [], [], 0.0, *settings)
    assert f"The loss began at {first:.2f}; guessing gives ln 10 = 2.30: far above it." in said
    assert ("rescaling of the pixels" if settings else "initial weights") in said


def test_the_loss_of_guessing_is_that_of_cross_entropy_only():
    squares = ("compile.loss={type='mean_squared_error'}", "compile.metrics=['categorical_accuracy']")
    assert words(0.09, [], [], 0.0, *squares) == ""
    smoothed = (
        "compile.loss={type='categorical_crossentropy', label_smoothing=0.1}",
        "compile.metrics=['categorical_accuracy']",
    )
    assert "about the same" in words(2.31, [], [], 0.0, *smoothed)


@pytest.mark.parametrize(
    ("name", "train", "validation", "best"),
    [
        ("zeros", [2.303, 2.303], [2.303, 2.303], 0.1),
        ("learning rate 10", [1813.0, 4.655], [3.748, 2.729], 0.1007),
        ("weights of std 1 before ReLU", [533.8, 3.599], [5.284, 3.868], 0.1234),
    ],
)
def test_a_network_that_learns_nothing_is_told_of_after_two_epochs(name, train, validation, best):
    assert warnings(2.3, train, validation, best) == (
        "After 2 epochs it is no better than guessing among 10 classes: "
        "look at the initial weights, the activations and the learning rate."
    )
    assert "guessing among" not in words(2.3, train[:1], validation[:1], best)
    assert "falls" not in words(2.3, train, validation, best)


def test_what_cannot_be_learnt_is_not_blamed_on_the_weights():
    said = warnings(2.36, [2.307, 2.303], [2.303, 2.302], 0.1, "data.label_noise=1.0")
    assert said.endswith("with a label noise of 1 there is next to nothing to learn.")
    said = warnings(172.0, [9e5, 2.303], [2.621, 2.621], 0.1, "data.rescale=1.0")
    assert "look at the rescaling of the pixels, the initial weights" in said


def test_of_two_classes_or_many_a_slow_learner_is_no_guesser():
    def said(classes: int, best: float) -> str:
        recorded = watched(0.7, [0.69, 0.68], [0.69, 0.68], best)
        epochs = [
            each.model_copy(update={"confusion": ((1,) * classes,) * classes}) for each in recorded.history.epochs
        ]
        history = replace(recorded.history, epochs=tuple(epochs))
        return said_of(replace(recorded, history=history)).plain

    assert "guessing among 2 classes" in said(2, 0.51)
    assert "guessing among" not in said(2, 0.58)
    assert "guessing among 200 classes" in said(200, 0.006)
    assert "guessing among" not in said(200, 0.03)


LEARNS_BY_HEART = (
    2.677,
    [1.262, 0.710, 0.594, 0.503, 0.481, 0.396, 0.377, 0.331, 0.308, 0.302, 0.254, 0.262, 0.227, 0.212, 0.214],
    [0.819, 0.781, 0.720, 0.734, 0.617, 0.623, 0.637, 0.594, 0.609, 0.609, 0.605, 0.602, 0.613, 0.658, 0.769],
    0.79,
)
"""1,000 images: validation loss is lowest after epoch 8, and goes up and down until epoch 12."""


def test_a_model_is_said_to_overfit_when_validation_loss_rises_for_good():
    first, train, validation, best = LEARNS_BY_HEART
    for epochs in range(13):
        assert warnings(first, train[:epochs], validation[:epochs], best) == ""
    assert warnings(*LEARNS_BY_HEART) == (
        "Validation loss has risen since epoch 8, while training loss falls: the model overfits."
    )
    assert words(first, train[:10], validation[:10], best) == "Validation loss was lowest after epoch 8."


def test_dropout_makes_validation_better_than_training_which_is_no_overfitting():
    train, validation = [0.9, 0.8, 0.7, 0.65, 0.6, 0.55], [0.5, 0.42, 0.44, 0.45, 0.46, 0.47]
    assert warnings(2.4, train, validation, 0.8) == ""
