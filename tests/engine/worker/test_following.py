"""Headless training follows the run's events, also over moments in which they cannot be read."""

from __future__ import annotations

import asyncio
import errno
import io
import json

import pytest

from engine import disk
from engine.worker import headless
from engine.worker.report import JsonReport
from tests.tui import made, runs


class FakeThread:
    """Trains until it was looked at so many times."""

    def __init__(self, run, looks):
        self._run, self._looks = run, looks
        self.trouble = ""
        self.kept = 0

    @property
    def current(self):
        self._looks -= 1
        return self._run if self._looks > 0 else None

    def is_alive(self):
        return True

    def keep(self):
        self.kept += 1


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EMFILE])
@pytest.mark.parametrize("looks", [9, 2])
def test_events_that_cannot_be_read_for_a_while_are_printed_later(monkeypatch, code, looks):
    run = made.make(*runs.training(1), runs.DONE)
    reading, times, told, out = disk.reading, [], [], io.StringIO()

    def refusing(path):
        times.append(path)
        if len(times) <= 5:
            raise OSError(code, "not now", str(path))
        return reading(path)

    monkeypatch.setattr(disk, "reading", refusing)
    monkeypatch.setattr(headless, "LOOK_SECONDS", 0.001)
    report = JsonReport(out)
    report.trouble = told.append
    thread, tail = FakeThread(run, looks), run.tail()
    history = asyncio.run(headless._follow(tail, thread, report, None))
    assert history.finished == runs.DONE
    assert [json.loads(line)["kind"] for line in out.getvalue().splitlines()][-1] == "finished"
    assert any("cannot be read (not now)" in words for words in told)
    assert told[-1] == ""
    assert thread.kept


def test_the_end_of_a_run_whose_events_stay_out_of_reach_is_not_waited_for_for_ever(monkeypatch):
    def refusing(path):
        raise OSError(errno.EIO, "not now", str(path))

    run = made.make(*runs.training(1))
    monkeypatch.setattr(disk, "reading", refusing)
    monkeypatch.setattr(headless, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(headless, "PATIENCE_SECONDS", 0.05)
    assert not asyncio.run(headless._follow(run.tail(), FakeThread(run, 2), JsonReport(io.StringIO()), None)).finished
