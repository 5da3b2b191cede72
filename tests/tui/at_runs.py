"""What the tests of place 6 share: runs with their times, the way there, and what the place shows."""

from __future__ import annotations

import time

from textual.widgets import Static

from engine.runs.directory import RunDirectory
from engine.runs.events import Epoch
from engine.runs.standing import Best
from tests.tui import made, runs
from tui.screens.runs import RunsScreen
from tui.widgets.frame import Keys
from tui.widgets.run_list import RunList

NOW = time.mktime((2025, 3, 4, 14, 3, 0, 0, 0, -1))
HOUR = 3600.0
EARLY = runs.DONE.model_copy(update={"reason": "early_stopped", "why": "val_loss no better for 3 epochs"})
STOPPED = runs.DONE.model_copy(update={"reason": "stopped", "epoch": 2, "step": 3750})


def epoch(number, accuracy=0.8):
    figures = {"loss": 0.3, "sparse_categorical_accuracy": accuracy}
    return Epoch(
        time=0.0, step=number * 1875, epoch=number, train=figures, validation=figures, seconds=4.0,
        trained=number * 4.0, best=Best(epoch=number, accuracy=accuracy, loss=0.3),
    )  # fmt: skip


def make(name, *events, before=HOUR) -> RunDirectory:
    """Make a run whose last event was so many seconds before now."""
    return made.make(*_at(events, before), settings=(f"name={name}",))


def _at(events, before):
    count = len(events)
    return [event.model_copy(update={"time": NOW - before - count + 1 + at}) for at, event in enumerate(events)]


def done(name, before=HOUR, accuracy=0.8):
    return make(name, runs.STARTED, epoch(5, accuracy), runs.DONE, before=before)


def table(app) -> RunList:
    return app.screen.query_one(RunList)


def lines(app) -> list[str]:
    return [table(app).render_line(y).text.rstrip() for y in range(table(app).size.height)]


def names(app) -> list[str]:
    return [row.run.name for row in table(app)._rows]


def words(app) -> str:
    return str(app.screen.query_one("#words", Static).content)


def keys(app) -> str:
    return str(app.screen.query_one(Keys).render())


async def until(pilot, condition):
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await pilot.pause(0.01)
    await pilot.pause()


async def until_seen(pilot, condition):
    """Have the runs looked at until something is so."""
    await until(pilot, lambda: pilot.app.screen.look() or condition())


async def arrive(pilot, count):
    """Go to the place, and wait until it shows so many runs."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen) and len(names(pilot.app)) == count)


def put(app, name):
    table(app)._put(names(app).index(name))
