"""What is told of the steps: each chunk at first, then sums of them; nothing is lost or told twice."""

from __future__ import annotations

import numpy as np
import pytest

from engine.runs.events import Changed, Paused, Progress
from engine.runs.journal import Journal, Tail
from engine.runs.standing import Standing
from engine.train import gathering
from engine.train.control import Control
from engine.train.loop import Sums
from engine.train.telling import Telling

LATE = gathering.FINE_SECONDS + 1


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when a test says so."""
    now = [1000.0]
    monkeypatch.setattr(gathering.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def telling(tmp_path):
    journal = Journal(tmp_path / "events.jsonl")
    yield Telling(journal, Control(), Standing(), ["accuracy"])
    journal.close()


@pytest.fixture
def told(tmp_path):
    return Tail(tmp_path / "events.jsonl").read


def chunk(telling, trained, loss=1.0, seconds=0.1):
    telling._standing.step += 10
    telling.chunk(10, Sums(320, np.array([320 * loss, 32.0, 160.0])), seconds, 0.01, trained=trained)


def test_in_the_first_minutes_each_chunk_is_told(telling, told, clock):
    for trained in (0.0, 0.1, gathering.FINE_SECONDS - 0.1):
        chunk(telling, trained)
    assert [event.steps for event in told()] == [10, 10, 10]


def test_later_they_are_told_once_a_second_as_their_mean(telling, told, clock):
    chunk(telling, LATE)
    assert len(told()) == 1
    for loss in (1.0, 2.0, 3.0):
        clock[0] += 0.3
        chunk(telling, LATE, loss)
    assert not told()
    clock[0] += 0.3
    chunk(telling, LATE, 4.0, seconds=0.0)  # this one compiled something
    (event,) = told()
    assert (event.step, event.steps) == (50, 40)
    assert event.loss == pytest.approx(2.5)
    assert (event.data_loss, event.penalty) == (pytest.approx(2.4), pytest.approx(0.1))
    assert event.metrics == {"accuracy": pytest.approx(0.5)}
    assert event.images_per_second == pytest.approx(3 * 320 / 0.3)


def test_whatever_else_is_told_comes_after_the_steps_before_it(telling, told, clock):
    chunk(telling, LATE)
    told()
    chunk(telling, LATE)
    telling.tell(Paused(**telling.stamp))
    assert [type(event) for event in told()] == [Progress, Paused]
    telling.tell(Changed(**telling.stamp, place="x", value=1.0, why="by hand"))
    assert [type(event) for event in told()] == [Changed]


def test_a_loss_that_is_no_number_is_told_at_once(telling, told, clock):
    chunk(telling, LATE)
    chunk(telling, LATE, float("nan"))
    assert [event.loss for event in told()] == [1.0, None]


def test_an_hour_of_tenths_of_a_second_is_some_thousand_events(telling, clock, monkeypatch):
    events = []
    monkeypatch.setattr(telling._journal, "append", events.append)
    for tenths in range(36_000):
        clock[0] += 0.1
        chunk(telling, tenths / 10)
    assert sum(event.steps for event in events) >= 10 * 36_000 - 100
    assert len(events) * 12 < 100_000


def test_of_chunks_that_are_told_together_the_lowest_and_the_highest_are_told_too(telling, told, clock):
    chunk(telling, 1.0, loss=3.0)
    (alone,) = [event for event in told() if isinstance(event, Progress)]
    assert alone.spread == {}  # its mean is all that there is
    for loss in (1.0, 4.0, 2.5):
        chunk(telling, LATE, loss=loss)
    clock[0] += gathering.COARSE_SECONDS
    chunk(telling, LATE, loss=2.0)
    (together,) = [event for event in told() if isinstance(event, Progress)]
    assert together.spread["loss"] == (1.0, 4.0)
    assert together.loss == pytest.approx(2.375)
    assert set(together.spread) == {"loss", "accuracy"}
