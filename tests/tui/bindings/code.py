"""The keys of the code beside a form."""

from __future__ import annotations

from tests.tui.bindings.case import row
from tui.screens.ask import Ask
from tui.widgets.code import CodePanel


def _code_is_open(case) -> bool:
    return any(each.display for each in case.app.screen.query(CodePanel))


@row("code.show")
async def _(case):
    await case.press()
    assert _code_is_open(case)
    await case.press()
    assert not _code_is_open(case)


@row("code.copy", "code.save_script", "code.close", "code.leave")
async def _(case):
    await case.go("3", "c")
    if case.bound.id == "code.leave":
        case.app.screen.set_focus(None)
    assert _code_is_open(case)
    await case.press()
    assert case.app.clipboard.startswith("# notes-baseline") == (case.bound.id == "code.copy")
    assert isinstance(case.app.screen, Ask) == (case.bound.id == "code.save_script")
    assert _code_is_open(case) == (case.bound.id == "code.copy")
