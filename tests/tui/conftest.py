"""The app with a session that starts no engine: tests say themselves what the engine does."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.lock import Whereabouts
from engine.spec.document import load
from engine.spec.problem import show_place
from engine.worker.protocol import Status
from tui.app import NNPlay
from tui.messages import EngineReported, RunGrew
from tui.snapshot import Watched


async def followed(pilot):
    """Wait until the screens have followed all keys: a busy machine makes an app look idle that is not."""
    app, read, deadline = pilot.app, asyncio.Event(), time.monotonic() + 60
    app.call_later(read.set)
    while app.is_running and not (
        read.is_set() and not getattr(app, "behind", False) and not getattr(app, "half_typed", False)
    ):
        assert time.monotonic() < deadline, "the screens do not follow the keys"
        await pilot.pause()


@pytest.fixture(autouse=True)
def presses_that_are_done(monkeypatch):
    """Have a press of the pilot's end when what it was for is done."""
    press = Pilot.press

    async def press_and_wait(pilot, *keys):
        await press(pilot, *keys)
        await followed(pilot)

    monkeypatch.setattr(Pilot, "press", press_and_wait)


@pytest.fixture(scope="session", autouse=True)
def sheets():
    """Parse each style sheet once for all apps; Textual does for each of them, and again when a place is entered.

    What cannot be parsed is kept by nobody, and a sheet whose text, place or colours differ is another one.
    """
    kept: dict[tuple[Any, ...], Any] = {}
    parse = Stylesheet._parse_rules

    def parse_once(self, css, read_from, *options, **named):
        key = (css, read_from, options, *sorted(named.items()), frozenset(self._variables.items()))
        if key not in kept:
            kept[key] = parse(self, css, read_from, *options, **named)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield parse


class FakeSession:
    """Remembers what the app asked for."""

    def __init__(self, owner):
        self.owner = owner
        self.asked: list[object] = []
        self.told = False

    async def engine(self):
        self.asked.append("engine")
        if not self.told:
            self.owner.post_message(EngineReported(Status(phase="idle", pid=1, seconds=3.0, device="CPU ×2")))

    async def follow(self):
        await asyncio.sleep(0)

    async def train(self, experiment, *, later=False):
        self.asked.append(("queue", experiment) if later else experiment)

    async def resume(self, run, *, later=False):
        self.asked.append(("queue" if later else "resume", run.name))

    async def command(self, run, command, **values):
        self.asked.append((command, run.name, *values.values()))

    async def turn(self, run, changes):
        for place, value in changes.items():
            self.asked.append(("turn", run.name, show_place(place), value))

    async def stop_engine(self):
        self.asked.append("stop")

    async def find_forks(self, run):
        self.asked.append(("forks", run.name))

    async def find_knobs(self, watched):
        self.asked.append(("knobs", watched.run.name))

    def watch(self, run):
        self.asked.append(("watch", run.name))

    def let_go(self, run):
        return self.owner.snapshot.run == run

    def restart(self):
        self.asked.append("restart")

    def close(self):
        self.asked.append("close")

    def tell(self, *events, name="notes-baseline-1", where=Whereabouts.HERE, queue=(), **known):
        """Have these events happen in the watched run, which trains the draft if nothing else is said."""
        self.told = True
        known.setdefault("asked", self.owner.draft.check.experiment)
        history, run = History().after(events), RunDirectory(self.owner.runs / name)
        running = None if history.state.over or where is not Whereabouts.HERE else str(run.path)
        phase = "training" if running else "idle"
        waiting = tuple(str(self.owner.runs / each) for each in queue)
        status = Status(phase=phase, pid=1, seconds=3.0, device="CPU ×2", run=running, queue=waiting)
        self.owner.post_message(EngineReported(status))
        self.owner.post_message(RunGrew(Watched(run, history, where=where, **known)))


@pytest.fixture
def app(home, monkeypatch):
    """The app on the baseline."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    app = NNPlay(load("notes-baseline"), session=FakeSession)
    app.runs = home / "runs"
    return app
