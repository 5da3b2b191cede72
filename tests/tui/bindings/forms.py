"""The keys of forms, and of what stands in them."""

from __future__ import annotations

from tests.tui.bindings.case import row
from tui.widgets.editors import Choice, Row
from tui.widgets.path_input import PathInput


@row("form.next", "form.tab", "form.down")
async def _(case):
    await case.go("3")
    if case.bound.id != "form.next":
        case.knob("fit", "batch_size")
    before = case.focused
    await case.press()
    assert isinstance(case.focused.parent.parent, Row)
    assert case.focused is not before


@row("form.up")
async def _(case):
    await case.go("3")
    case.knob("fit", "batch_size")
    before = case.focused
    await case.press()
    case.app.screen.focus_next()
    assert case.focused is before


@row("form.leave")
async def _(case):
    await case.go("3", "tab")
    assert case.focused is not None
    await case.press()
    assert case.focused is None


@row("choice.open")
async def _(case):
    await case.go("3")
    case.knob("compile", "optimizer", "type")
    assert isinstance(case.focused, Choice)
    choice = case.focused
    await case.press()
    assert choice.expanded


@row("path.complete")
async def _(case):
    await case.go("1")
    case.knob("data", "source")
    case.focused.value = "/de"
    await case.press()
    assert case.app.screen.query_one(PathInput).value == "/dev/"
