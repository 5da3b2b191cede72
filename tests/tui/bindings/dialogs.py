"""The keys of dialogs, of the help, and of lists to choose from."""

from __future__ import annotations

from textual.widgets import Markdown, OptionList

from tests.tui.bindings.case import row
from tui.screens.dialog import Dialog
from tui.screens.help import HelpScreen


async def _dialog(case):
    case.app.tell("Title", "the text")
    await case.pilot.pause()


@row("dialog.back", "dialog.enter")
async def _(case):
    await _dialog(case)
    await case.press()
    assert not isinstance(case.app.screen, Dialog)


@row("dialog.copy")
async def _(case):
    await _dialog(case)
    await case.press()
    assert case.app.clipboard == "Title\nthe text"


@row("help.close")
async def _(case):
    await case.go("f1")
    await case.press()
    assert not isinstance(case.app.screen, HelpScreen)


@row("help.walk")
async def _(case):
    await case.go("f1")
    await case.press()
    assert "Every idea of the notes" in case.app.screen.query_one(Markdown).source


@row("choose.take")
async def _(case):
    await case.go("a")
    await case.press()
    assert len(case.layers) == 4


@row("choose.cancel")
async def _(case):
    await case.go("a")
    await case.press()
    assert len(case.app.screen_stack) == 1


@row("choose.up", "choose.down")
async def _(case):
    await case.go("a", "down")
    before = case.app.screen.query_one(OptionList).highlighted
    await case.press()
    assert case.app.screen.query_one(OptionList).highlighted == before + (1 if case.key == "down" else -1)
