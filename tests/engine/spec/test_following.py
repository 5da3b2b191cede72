"""A metric follows the loss that is chosen, in the same edit, and says so."""

from __future__ import annotations

import typing

import pytest

from engine.spec.document import load
from engine.spec.draft import Draft
from engine.spec.losses import Loss
from engine.spec.metrics import COUNTERPARTS, Metric, fitting

LOSS, METRICS = ("compile", "loss"), ("compile", "metrics")
SPARSE, ONE_HOT = "sparse_categorical_accuracy", "categorical_accuracy"


@pytest.fixture
def draft():
    return Draft.new(load("notes-baseline"))


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_a_metric_follows_there_and_back_and_each_is_one_edit(draft, loss):
    there = draft.choose(LOSS, loss)
    assert there.value(METRICS) == [ONE_HOT]
    assert there.check.problems == ()
    assert there.followed == f"The metrics followed the loss: {SPARSE} became {ONE_HOT}."
    back = there.choose(LOSS, "sparse_categorical_crossentropy")
    assert back.value(METRICS) == [SPARSE]
    assert back.check.problems == ()
    assert back.undo().undo().document == draft.document
    assert back.undo().followed == ""


def test_between_losses_of_the_same_labels_nothing_follows(draft):
    there = draft.choose(LOSS, "categorical_crossentropy").choose(LOSS, "mean_squared_error")
    assert there.value(METRICS) == [ONE_HOT]
    assert there.followed == ""


@pytest.mark.parametrize(
    ("metrics", "after"),
    [
        (["accuracy"], ["accuracy"]),  # it fits any loss
        (["accuracy", SPARSE], ["accuracy", ONE_HOT]),
        ([SPARSE, ONE_HOT], [ONE_HOT]),  # none stands there twice
        (SPARSE, [ONE_HOT]),  # one name is a list of one
        ([ONE_HOT], [ONE_HOT]),  # it did not fit, now it does
        (["acc", 3], ["acc", 3]),
        (None, None),
    ],
)
def test_what_does_not_need_to_follow_stays(draft, metrics, after):
    there = draft.set(METRICS, metrics).choose(LOSS, "categorical_crossentropy")
    assert there.value(METRICS) == after


def test_a_mistake_that_was_there_before_stays_to_be_seen(draft):
    wrong = draft.set(METRICS, [ONE_HOT]).choose(("compile", "optimizer"), "sgd")
    assert wrong.value(METRICS) == [ONE_HOT]
    assert "class numbers as labels" in wrong.check.problems[0].message


def test_the_next_edit_has_nothing_to_say_of_it(draft):
    there = draft.choose(LOSS, "mean_squared_error")
    for edit in (
        there.set(("seed",), 3, typing=True),
        there.choose(("compile", "optimizer"), "sgd"),
        there.undo().redo(),
    ):
        assert edit.followed == ""


def test_every_metric_has_one_that_fits_each_loss():
    for loss in Loss.members.values():
        for metric in typing.get_args(Metric):
            assert fitting(fitting(metric, loss), loss) == fitting(metric, loss)
    assert {each for pair in COUNTERPARTS for each in pair} <= set(typing.get_args(Metric))
