"""Headless training follows the run's events, also over moments in which they cannot be read."""

from __future__ import annotations

import asyncio
import errno
import io
import json

import pytest

from engine import disk
from engine.worker import headless, printing
from engine.worker.printing import Printer
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


class FakeStream(io.StringIO):
    """Takes all that is written."""

    moved, failure, unread = 0.0, None, False


def printer_of(run, out):
    """Return who prints the run, and what it says that it waits for."""
    told, report = [], JsonReport(out)
    report.trouble = told.append
    return Printer(run, run.tail(), report, out, FakeStream(), lambda: ""), told


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    for module in (headless, printing):
        monkeypatch.setattr(module, "LOOK_SECONDS", 0.001)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EMFILE])
@pytest.mark.parametrize("looks", [9, 2])
def test_events_that_cannot_be_read_for_a_while_are_followed_and_printed_later(monkeypatch, code, looks):
    run = made.make(*runs.training(1), runs.DONE)
    reading, times, out = disk.reading, [], FakeStream()

    def refusing(path):
        times.append(path)
        if len(times) <= 5:
            raise OSError(code, "not now", str(path))
        return reading(path)

    monkeypatch.setattr(disk, "reading", refusing)
    thread = FakeThread(run, looks)
    assert asyncio.run(headless._follow(run.tail(), thread, None)).finished == runs.DONE
    assert thread.kept

    times.clear()
    printer, told = printer_of(run, out)
    printer.start()
    printer.finish()
    assert not printer.is_alive()
    assert [json.loads(line)["kind"] for line in out.getvalue().splitlines()][-1] == "finished"
    assert any("cannot be read (not now)" in words for words in told)
    assert told[-1] == ""


def test_the_end_of_a_run_whose_events_stay_out_of_reach_is_not_waited_for_for_ever(monkeypatch):
    def refusing(path):
        raise OSError(errno.EIO, "not now", str(path))

    run = made.make(*runs.training(1))
    monkeypatch.setattr(disk, "reading", refusing)
    monkeypatch.setattr(headless, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(printing, "UNREADABLE_SECONDS", 0.05)
    assert not asyncio.run(headless._follow(run.tail(), FakeThread(run, 2), None)).finished
    printer, told = printer_of(run, FakeStream())
    printer.start()
    printer.finish()
    assert not printer.is_alive()
    assert "training goes on" in told[-1]
