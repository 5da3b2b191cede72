"""The keys of Train, of its charts, and of turning a knob while it trains."""

from __future__ import annotations

from textual.widgets import Input

from engine.runs.directory import RunDirectory
from tests.tui import made, runs
from tests.tui.bindings.case import NAME, STOPPED, row
from tui.messages import KnobsFound
from tui.screens.turn import TurnScreen
from tui.widgets.chart import Chart


@row("train.pause", "train.stop", "train.save")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    assert case.asked == (case.bound.id.partition(".")[2], NAME)


@row("train.continue")
async def _(case):
    await case.tell(*runs.training(1.5), runs.PAUSED)
    await case.press()
    assert case.asked == ("continue", NAME)


@row("train.turn")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    assert case.asked == ("knobs", NAME)


@row("train.resume")
async def _(case):
    await case.tell(*runs.training(2), STOPPED)
    await case.press()
    assert case.asked == ("resume", NAME)


@row("train.fork")
async def _(case):
    await case.tell(*runs.training(2), STOPPED)
    await case.press()
    assert case.asked == ("forks", NAME)


@row("train.log")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    assert case.app.screen.has_class("-log")


@row("train.parts")
async def _(case):
    await case.tell(*runs.training(1.5, penalty=0.02))
    await case.press()
    assert [line.name for line in case.app.screen.query_one("#loss", Chart).view.lines] == ["loss", "data", "penalty"]


@row("chart.log_axis", "chart.zoom_y", "chart.steps", "chart.smoothing")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    look = case.app.screen.look
    changed = {"log_axis": look.log, "zoom_y": look.fitted, "steps": look.by_step, "smoothing": look.smoothing > 0}
    assert changed[case.bound.binding.action]


@row("chart.closer", "chart.wider", "chart.all", "chart.pan_left", "chart.pan_right")
async def _(case):
    await case.tell(*runs.training(2.5))
    await case.go("plus", "plus")
    (begin, end), name = case.app.screen.look.window, case.bound.id.partition(".")[2]
    await case.press()
    window = case.app.screen.look.window
    if name == "all":
        assert window is None
    elif name.startswith("pan"):
        assert window[0] - begin == window[1] - end
        assert (window[0] < begin) == (name == "pan_left")
    else:
        assert (window[1] - window[0]) / (end - begin) == {"closer": 0.5, "wider": 2.0}[name]


@row("chart.left", "chart.right", "chart.no_cursor")
async def _(case):
    await case.tell(*runs.training(2.5))
    await case.go("left", "left")
    before, name = case.app.screen.look.cursor, case.bound.id.partition(".")[2]
    await case.press()
    after = case.app.screen.look.cursor
    assert after is None if name == "no_cursor" else (after < before) == (name == "left")


async def _turning(case):
    await case.tell(*runs.training(1.5))
    case.app.post_message(KnobsFound(RunDirectory(case.app.runs / NAME), made.experiment()))
    await case.pilot.pause()
    assert isinstance(case.app.screen, TurnScreen)


@row("turn.apply")
async def _(case):
    await _turning(case)
    await case.go(*["backspace"] * 8, *"0.5")
    await case.press()
    await case.pilot.pause()
    assert case.asked == ("turn", NAME, "compile.optimizer.learning_rate", 0.5)


@row("turn.back")
async def _(case):
    await _turning(case)
    await case.press()
    assert not isinstance(case.app.screen, TurnScreen)
    assert case.asked == "engine"


@row("turn.up", "turn.down")
async def _(case):
    await _turning(case)
    before = case.focused
    await case.press()
    assert case.focused is not before or len(case.app.screen.query(Input)) == 1
