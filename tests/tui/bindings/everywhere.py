"""The keys that are everywhere."""

from __future__ import annotations

from textual.command import CommandPalette

from tests.tui.bindings.case import row
from tui.screens.ask import Ask
from tui.screens.help import HelpScreen
from tui.screens.open_draft import OpenDraft


@row("app.train")
async def _(case):
    await case.press()
    assert case.app.current_mode == "train"
    assert case.asked.name == "notes-baseline"


@row("app.undo", "app.redo")
async def _(case):
    await case.go("backspace")
    if case.bound.id == "app.redo":
        await case.go("u")
    before = len(case.layers)
    await case.press()
    assert {before, len(case.layers)} == {2, 3}


@row("draft.fix")
async def _(case):
    case.app.draft = case.app.draft.set(("fit", "foo"), 3)
    await case.press()
    assert "foo" not in case.app.draft.document["fit"]


@row("app.save")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, Ask)


@row("app.open")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, OpenDraft)


@row("go.data", "go.model", "go.compile", "go.train", "go.runs")
async def _(case):
    place = case.bound.id.partition(".")[2]
    await case.go("3" if place != "compile" else "2")
    await case.press()
    assert case.app.current_mode == place


@row("app.quit")
async def _(case):
    await case.press()
    assert case.app._leaving


@row("app.help")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, HelpScreen)


@row("app.redraw")
async def _(case):
    drawn = []
    case.app.post_display_hook = lambda: drawn.append(case.app.screen)
    await case.press()
    assert drawn


@row("app.palette")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, CommandPalette)


@row("small.quit")
async def _(case):
    await case.pilot.resize_terminal(30, 10)
    await case.pilot.pause(0.1)
    await case.press()
    assert case.app._leaving
