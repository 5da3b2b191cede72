"""The keys of Runs, and of what it opens."""

from __future__ import annotations

from textual.widgets import Input

from engine.runs.directory import RunDirectory
from engine.runs.lock import Holder, held
from tests.tui import made, runs
from tests.tui.bindings.case import NAME, STOPPED, row
from tui.screens.ask import Ask
from tui.screens.dialog import Dialog
from tui.screens.diff import DiffScreen
from tui.widgets.chart import Chart
from tui.widgets.run_list import RunList


@row("runs.open")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.asked == ("watch", NAME)
    assert case.app.current_mode == "train"


@row("runs.fork")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.asked == ("forks", NAME)


@row("runs.resume")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.asked == ("resume", NAME)


@row("runs.stop")
async def _(case):
    run = made.make(*runs.training(1.5))
    with held(run, Holder.me(None)):
        await case.go("6")
        await case.until(lambda: case.app.screen.query_one(RunList).row is not None)
        await case.press()
    assert case.asked == ("stop", NAME)


@row("runs.mark")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert [run.name for run in case.app.screen._marks.runs] == [NAME]


@row("runs.mark_all", "runs.reset")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 3)
    marks_all = case.bound.id == "runs.mark_all"
    await case.go(*([] if marks_all else ["a"]))
    await case.press()
    assert len(case.app.screen._marks.runs) == (3 if marks_all else 0)


@row("runs.filter")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert isinstance(case.focused, Input)


@row("filter.done", "filter.down", "filter.clear")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.go("slash", *"zz", "backspace", "backspace", *"base")
    await case.press()
    assert isinstance(case.focused, RunList)
    assert case.app.screen._query.text == ("" if case.bound.id == "filter.clear" else "base")


@row("runs.diff")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 2)
    await case.go("a")
    await case.press()
    await case.until(lambda: isinstance(case.app.screen, DiffScreen))


@row("diff.back", "diff.copy")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 2)
    await case.go("a", "equals_sign")
    await case.until(lambda: isinstance(case.app.screen, DiffScreen))
    await case.press()
    if case.bound.id == "diff.copy":
        assert NAME in case.app.clipboard
    else:
        assert case.app.current_mode == "runs"
        assert not isinstance(case.app.screen, DiffScreen)


@row("runs.view")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.app.screen.has_class("-curves")


@row("runs.zoom_y")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.go("v")
    assert case.app.screen.has_class("-curves")
    await case.press()
    assert all(chart.look.fitted for chart in case.app.screen.query(Chart))


@row("runs.order", "runs.turn_order")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 2)
    before = case.app.screen._order
    await case.press()
    assert case.app.screen._order == (before.next if case.bound.id == "runs.order" else before.other_way)


@row("runs.export")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert "as code that trains it" in case.app.screen._text


@row("runs.delete")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    await case.until(lambda: isinstance(case.app.screen, Dialog))
    assert case.app.screen._title == f"Delete {NAME}?"


@row("runs.clone")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    await case.until(lambda: case.app.current_mode == "model")
    assert case.app.draft.past


@row("runs.note", "runs.rename")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert isinstance(case.app.screen, Ask)


@row("ask.take", "ask.back")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.go("n", *"good")
    await case.press()
    note = RunDirectory(case.app.runs / NAME).note
    if case.bound.id == "ask.take":
        await case.until(note.exists)
    assert note.exists() == (case.bound.id == "ask.take")


@row("runs.first_in_queue")
async def _(case):
    run = made.make()
    with held(run, Holder.me(None, queued=True)):
        await case.go("6")
        await case.until(lambda: case.app.screen.query_one(RunList).row is not None)
        await case.press()
    assert case.asked == ("first", NAME)


@row("runs.up", "runs.down", "runs.page_up", "runs.page_down", "runs.first", "runs.last")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 3)
    towards_the_end = case.bound.id in ("runs.down", "runs.page_down", "runs.last")
    await case.go("home" if towards_the_end else "end")
    table = case.app.screen.query_one(RunList)
    before = table._at
    await case.press()
    assert table._at > before if towards_the_end else table._at < before
