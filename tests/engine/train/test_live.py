"""Knobs that people turn while a run trains, and that a resumed run turns again."""

from __future__ import annotations

import threading

import pytest

from engine.runs import saved
from engine.runs.events import Changed, Finished, Started
from engine.runs.history import History
from engine.runs.making import create
from engine.runs.resuming import events
from engine.train import checkpoint
from engine.train.control import Turn
from engine.train.loop import OnDevice
from tests.engine.train.attempt import (
    LAYERS,
    LEARNING_RATE,
    RATE,
    STRENGTH,
    Attempt,
    digest,
    of,
)


@pytest.mark.parametrize("place", [LEARNING_RATE, RATE, STRENGTH])
def test_what_people_changed_is_changed_again_at_the_same_step(quick, data, place):
    experiment = quick("fit.epochs=3", layers=LAYERS)
    straight, killed, plain = create(experiment), create(experiment), create(experiment)
    change = Turn(place, 0.05)
    Attempt(straight, data, at={6: change}).go()
    Attempt(plain, data).go()
    Attempt(killed, data, at={6: change, 8: "kill"}).go()
    assert saved.read(killed.last).step == 4
    Attempt(killed, data, chunk=4, resume=True).go()
    assert digest(killed) == digest(straight) != digest(plain)
    (first, again) = of(killed, Changed)
    assert (first.step, first.value, first.number) == (again.step, again.value, again.number) == (6, 0.05, 1)
    history = History().after(events(killed))
    assert [mark.x for mark in history.marks] == [1.5]
    assert History().after(events(straight)).marks[0].change.before == again.before


def test_a_change_is_in_the_checkpoint_after_it(quick, data):
    run = create(quick("fit.epochs=3", layers=LAYERS))
    Attempt(run, data, at={2: Turn(RATE, 0.0), 4: Turn(RATE, 0.6), 6: "stop"}).go()
    kept = saved.read(run.last)
    assert kept.experiment.model.layers[3].rate == 0.6
    assert kept.standing.changes == [1, 2]
    Attempt(run, data, resume=True, at={8: Turn(STRENGTH, 0.5)}).go()
    assert [change.number for change in of(run, Changed)] == [1, 2, 3]
    assert checkpoint.restore(saved.read(run.last)).model is not None


def test_a_change_that_cannot_be_leaves_the_run_alone(quick, data, capsys):
    run = create(quick())
    Attempt(run, data, at={2: Turn(RATE, 7.0)}).go()
    assert not of(run, Changed)
    assert of(run, Finished)[0].reason == "completed"


def test_turning_knobs_copies_no_images(quick, data, monkeypatch):
    run = create(quick("fit.epochs=3", layers=LAYERS))
    copied = []
    put = OnDevice.put.__func__
    monkeypatch.setattr(OnDevice, "put", classmethod(lambda cls, *given: copied.append(1) or put(cls, *given)))
    Attempt(run, data, at={2: Turn(RATE, 0.5), 4: Turn(STRENGTH, 0.5), 6: Turn(RATE, 0.1)}).go()
    assert len(of(run, Changed)) == 3
    assert len(copied) == 2  # to train on, and to judge on


def test_a_knob_can_be_turned_in_a_pause_within_validation_and_is_turned_there_again(quick, data, monkeypatch):
    experiment = quick("fit.epochs=3", "fit.reduce_on_plateau={monitor='val_loss', patience=1, min_delta=10.0}")
    turned, killed = create(experiment), create(experiment)

    def with_a_turn(run, **options):
        attempt = Attempt(run, data, **options)
        judge, asked = type(attempt.trainer.subject.validation).judge, []

        def judge_in_a_pause(self, between_chunks):
            if attempt.trainer.standing.step == 8 and not asked:
                asked.append(attempt.control.pause())
                attempt.control.wish(Turn(LEARNING_RATE, 0.05))
                threading.Timer(0.3, attempt.control.proceed).start()
            return judge(self, between_chunks)

        with monkeypatch.context() as patch:
            patch.setattr(type(attempt.trainer.subject.validation), "judge", judge_in_a_pause)
            attempt.go()

    with_a_turn(turned)
    with_a_turn(killed, at={10: "kill"})
    changed = of(turned, Changed)[0]
    assert (changed.step, changed.epoch, changed.value) == (8, 2, 0.05)
    assert of(turned, Changed)[1].before == pytest.approx(0.05)  # the plateau lowers what was turned
    killed.last.unlink()  # the checkpoint of the end of epoch 2
    killed.best.unlink(missing_ok=True)
    Attempt(killed, data, resume=True).go()
    assert of(killed, Started)[-1].step == 4
    assert digest(killed) == digest(turned)
