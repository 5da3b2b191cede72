"""A fork goes on with what still means something under other knobs, and says what does not."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.runs import saved
from engine.runs.directory import RunError
from engine.runs.events import Started
from engine.runs.history import History
from engine.runs.making import create
from engine.runs.resuming import events
from engine.spec.problem import SpecError
from engine.train import checkpoint
from tests.engine.train.attempt import (
    LAYERS,
    Attempt,
    begin,
    digest,
    fork,
    of,
)


@pytest.fixture
def parent(quick, data):
    run = create(quick("fit.epochs=2", layers=LAYERS))
    Attempt(run, data).go()
    return run


def test_a_fork_with_nothing_changed_is_the_parent_that_trains_on(quick, data, parent):
    longer = create(quick("fit.epochs=3", layers=LAYERS))
    Attempt(longer, data).go()
    run = fork(quick, parent, 2, layers=LAYERS)
    parent.last.unlink()  # the fork has a copy
    Attempt(run, data).go()
    assert digest(run) == digest(longer)
    start = of(run, Started)[0]
    assert (start.parent, start.step, start.epochs_done, start.notes) == (f"{parent.name}@2", 8, 2, ())
    assert run.experiment().fork.run == parent.name
    assert History().after(events(run)).train_loss.x[0] > 2


def test_a_fork_takes_what_still_means_something(quick, data, parent):
    theirs = checkpoint.by_path(saved.read(parent.last).state)
    run = fork(quick, parent, 2, "compile.optimizer.type=sgd", "fit.batch_size=50", layers=LAYERS)
    begun = begin(run, data.train)
    for variable in begun.built.model.variables:
        np.testing.assert_array_equal(variable, theirs[variable.path])
    assert begun.notes == ["what adam remembers of old gradients means nothing to sgd: the optimizer begins anew"]
    assert begun.standing.step == 4  # two epochs of two batches
    slower = fork(quick, parent, 2, "compile.optimizer.learning_rate=0.5", layers=LAYERS)
    begun = begin(slower, data.train)
    assert float(begun.built.optimizer.learning_rate) == 0.5
    moments = [variable for variable in begun.built.optimizer.variables if "momentum" in variable.path]
    assert moments
    for variable in moments:
        np.testing.assert_array_equal(variable, theirs[variable.path])


def test_a_schedule_stands_where_the_fork_begins(quick, data, parent):
    run = fork(quick, parent, 2, "compile.schedule.type=cosine", "fit.batch_size=50", layers=LAYERS)
    begun = begin(run, data.train)
    experiment = run.experiment()
    expected = experiment.compile.schedule.rate(experiment.learning_rate, 4, experiment.length)
    assert float(begun.built.optimizer.learning_rate) == pytest.approx(expected)


def test_a_fork_with_other_layers_is_refused(quick, data, parent):
    run = fork(quick, parent, 2)
    with pytest.raises(saved.CheckpointError, match="other layers: .*batch_normalization.*Give it the same layers"):
        begin(run, data.train)


def test_what_cannot_be_forked_is_refused_before_anything_is_made(quick, parent, home):
    before = sorted((home / "runs").iterdir())
    with pytest.raises(RunError, match=r"no checkpoint of epoch 7: there are those of 1, 2|those of 2"):
        fork(quick, parent, 7, "fit.epochs=9")
    with pytest.raises(SpecError, match=r"fit\.epochs: nothing is left to train after epoch 2 of .*more than 2"):
        fork(quick, parent, 2, "fit.epochs=2")
    with pytest.raises(RunError, match="there is no run"):
        create(quick("fork={run='elsewhere', epoch=1}"))
    assert sorted((home / "runs").iterdir()) == before


def test_a_fork_that_was_killed_before_its_first_checkpoint_forks_again(quick, data, parent):
    one, other = (fork(quick, parent, 2, layers=LAYERS) for _ in range(2))
    Attempt(one, data).go()
    Attempt(other, data, at={9: "kill"}, chunk=1).go()
    Attempt(other, data, resume=True).go()
    assert digest(other) == digest(one)


def test_a_fork_never_takes_what_a_parent_that_trains_on_put_in_the_place_of_its_epoch(quick, parent, monkeypatch):
    def overtaken(path, to):
        monkeypatch.setattr(saved, "copy", copy)
        later = saved.read(path)
        later.standing.epoch += 1  # it saves in the middle of its next epoch
        copy(parent.last, parent.previous)
        saved.write(parent.last, later)
        copy(path, to)

    copy = saved.copy
    parent.best.unlink()
    monkeypatch.setattr(saved, "copy", overtaken)
    heading = saved.read_heading(fork(quick, parent, 2, layers=LAYERS).parent)
    assert (heading.between_epochs, heading.epoch) == (True, 2)


def test_a_learning_rate_that_a_plateau_lowered_is_what_a_fork_begins_with(quick, data):
    run = create(quick("fit.reduce_on_plateau={monitor='val_loss', patience=1, min_delta=10.0, factor=0.1}"))
    Attempt(run, data).go()
    experiment = saved.read_heading(run.last).experiment
    assert experiment.learning_rate == pytest.approx(1e-4)
    kept, asked = fork(quick, run, 2, "compile.optimizer.learning_rate=0.0001"), fork(quick, run, 2)
    assert float(begin(kept, data.train).built.optimizer.learning_rate) == pytest.approx(1e-4)
    assert float(begin(asked, data.train).built.optimizer.learning_rate) == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("settings", "note"),
    [
        (("compile.schedule.type=one_cycle",), ""),
        (("compile.schedule.type=one_cycle", "fit.epochs=6"), r"goes on with 0\.0\d+; that of .*@1 had come to 0\.0"),
        (("compile.schedule.type=one_cycle", "compile.optimizer.type=sgd"), r"goes on from its start with 0\.0004; "),
        (("compile.schedule.type=cosine",), "goes on with .*; that of"),
        (("compile.schedule.type=constant",), r"goes on with 0\.001; that of"),
    ],
)
def test_a_fork_whose_learning_rate_jumps_says_so_with_both_rates(quick, data, settings, note):
    parent = create(quick("fit.epochs=3", "compile.schedule.type=one_cycle"))
    Attempt(parent, data, at={6: "stop"}).go()
    run = fork(quick, parent, 1, *settings)
    begun = begin(run, data.train)
    told = [each for each in begun.notes if "learning rate" in each]
    assert len(told) == bool(note)
    assert not note or re.search(note, told[0])
