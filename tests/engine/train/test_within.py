"""Validation points while an epoch runs: at fixed steps, seen in the curves, and without a trace in what is learnt."""

from __future__ import annotations

import pytest

from engine.data.dataset import Dataset
from engine.runs.events import Epoch, Validated
from engine.runs.history import History
from engine.runs.journal import Journal
from engine.runs.making import create
from engine.train import checkpoint
from engine.train.control import Control, Stop
from engine.train.evaluation import points_within
from engine.train.trainer import Trainer
from tests.engine.train.conftest import split

DROPPED_AND_NORMALISED = (
    {"type": "flatten"},
    {"type": "dense", "units": 16, "activation": "relu"},
    {"type": "batch_normalization"},
    {"type": "dropout", "rate": 0.3},
)


def trained(experiment, data, run=None, *, resume=False, stop_at=None):
    """Train, up to a step if asked; return the trainer and the run's events."""
    run = run or create(experiment)
    journal = Journal(run.events)
    subject = Trainer(experiment, data, run, journal, Control(), resume=resume)
    if stop_at:
        heed = subject.control.heed

        def stop(*arguments):
            if subject.standing.step >= stop_at:
                raise Stop("stopped")
            heed(*arguments)

        subject.control.heed = stop
    subject.run()
    journal.close()
    return subject, run.tail().read_all()


def bits(subject):
    return {
        name: value.tobytes()
        for name, value in checkpoint.capture(subject.built, subject.experiment, subject.standing).state.items()
    }


@pytest.mark.parametrize(
    ("count", "steps", "points"),
    [(0, 10, set()), (1, 10, {5}), (3, 4, {1, 2, 3}), (9, 3, {1, 2}), (2, 1, set()), (4, 100, {20, 40, 60, 80})],
)
def test_the_points_stand_evenly_within_the_epoch(count, steps, points):
    assert points_within(count, steps) == points


def test_the_weights_are_the_same_bits_with_points_and_without(quick, data):
    plain, before = trained(quick(layers=DROPPED_AND_NORMALISED), data)
    pointed, after = trained(quick("fit.validations_within=3", layers=DROPPED_AND_NORMALISED), data)
    assert bits(plain) == bits(pointed)
    assert not [event for event in before if isinstance(event, Validated)]
    assert [event.step for event in after if isinstance(event, Validated)] == [1, 2, 3, 5, 6, 7]
    ends = [[event.validation for event in events if isinstance(event, Epoch)] for events in (before, after)]
    assert ends[0] == ends[1]
    history = History().after(after)
    assert history.validation_loss.x == (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
    assert history.best.epoch in (1, 2)  # of whole epochs alone


def test_a_run_that_was_stopped_within_an_epoch_has_each_point_once(quick):
    experiment, data = quick("fit.validations_within=3"), Dataset(split(400, 0), split(40, 1), None)
    whole, straight = trained(experiment, data)
    points = History().after(straight).validation_loss
    for step in (3, 5):
        first, _ = trained(experiment, data, stop_at=step)
        again, events = trained(experiment, data, first.run_directory, resume=True)
        assert History().after(events).validation_loss == points
        assert bits(again) == bits(whole)
