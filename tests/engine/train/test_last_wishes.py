"""What was asked for just before a stop is done before the run ends: whoever asked was told that it would be."""

from __future__ import annotations

import pytest

from engine.runs import saved
from engine.runs.events import Changed, CheckpointSaved, Finished
from engine.runs.making import create
from engine.train.control import Again, Control, SaveNow, Stop, Turn
from tests.engine.train.attempt import LAYERS, LEARNING_RATE, Attempt, digest, of

CHANGE = Turn(LEARNING_RATE, 0.05)


def test_wishes_come_before_a_stop_and_where_none_can_be_fulfilled_it_goes_back_first():
    control, done = Control(), []
    control.wish(CHANGE)
    control.pause()
    control.stop()
    with pytest.raises(Again):
        control.heed(lambda: None, lambda: None)
    with pytest.raises(Stop):
        control.heed(lambda: done.append("paused"), lambda: done.append("continued"), done.append)
    assert done == [CHANGE]
    with pytest.raises(Stop):
        control.heed(lambda: None, lambda: None)


@pytest.mark.parametrize("when", ["a chunk", "validation"])
def test_a_knob_turned_just_before_a_stop_stays_turned_and_resuming_is_exact(quick, data, monkeypatch, when):
    step = 6 if when == "a chunk" else 8
    experiment = quick("fit.epochs=3", layers=LAYERS)
    straight, stopped = create(experiment), create(experiment)
    Attempt(straight, data, at={step: CHANGE}).go()
    attempt = Attempt(stopped, data)

    def then(real):
        def do(self, *given):
            if attempt.trainer.standing.step == step and not of(stopped, Changed):
                for wish in (CHANGE, SaveNow()):
                    attempt.control.wish(wish)
                attempt.control.stop()
            return real(self, *given)

        return do

    where, name = {
        "a chunk": (type(attempt.trainer._saving), "sometimes"),
        "validation": (type(attempt.trainer.subject.validation), "judge"),
    }[when]
    with monkeypatch.context() as patch:
        patch.setattr(where, name, then(getattr(where, name)))
        attempt.go()
    assert [(change.step, change.value) for change in of(stopped, Changed)] == [(step, 0.05)]
    assert [event.file for event in of(stopped, CheckpointSaved)][-2:] == ["last.npz", "last.npz"]
    assert of(stopped, Finished)[0].reason == "stopped"
    assert saved.read(stopped.last).experiment.learning_rate == 0.05
    Attempt(stopped, data, resume=True).go()
    assert len(of(stopped, Changed)) == 1
    assert digest(stopped) == digest(straight)
