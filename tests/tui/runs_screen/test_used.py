"""Place 6 is used by keys and by mouse: the cursor, what opens, the text beside the list."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui import runs
from tests.tui.at_runs import (
    HOUR,
    arrive,
    done,
    lines,
    make,
    names,
    table,
)
from tui.screens.ask import Ask
from tui.screens.diff import DiffScreen
from tui.screens.help import HelpScreen
from tui.screens.runs import RunsScreen
from tui.widgets.query_line import QueryLine
from tui.widgets.run_list import RunList


async def test_r_never_redoes_an_edit_that_is_not_seen_here(app, asked):
    done("it")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "u")
        await arrive(pilot, 1)
        draft = app.draft
        await pilot.press("r")
        assert app.draft == draft
        assert asked == []


async def test_the_cursor_moves_by_keys_and_the_text_follows(app):
    for number in range(40):
        done(f"run{number:02}", before=HOUR + number)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 40)
        page = table(app).size.height - 2
        for key, at in (
            ("down", 1), ("up", 0), ("up", 0), ("pagedown", page), ("end", 39), ("down", 39), ("pageup", 39 - page),
            ("home", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert table(app).row.run.name == f"run{at:02}-1"
            assert app.screen.query_one("#about").border_title == f"run{at:02}-1"
            (shown,) = (line for line in lines(app) if line.startswith("▸"))
            assert f"run{at:02}-1" in shown
            assert lines(app)[0].startswith("   name")


async def test_a_click_chooses_and_another_opens(app, asked):
    for name in ("a", "b", "c"):
        done(name)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        chosen = names(app)[2]
        await pilot.click(RunList, offset=(10, 3))
        assert (table(app).row.run.name, asked) == (chosen, [])
        await pilot.click(RunList, offset=(10, 3))
        assert asked == [("open", chosen)]
        await pilot.click(RunList, offset=(10, 0))
        await pilot.click(RunList, offset=(10, 6))
        assert (table(app).row.run.name, asked) == (chosen, [("open", chosen)])
        await pilot.double_click(RunList, offset=(10, 2))
        assert asked[1:] == [("open", names(app)[1])]


async def test_a_click_at_a_run_that_only_just_began_opens_nothing(app, asked):
    make("it")
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 1)
        await pilot.click(RunList, offset=(10, 1))
        assert asked == []


async def test_the_help_explains_this_place(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 0)
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "The run below" in str(app.screen.query_one("#keys", Static).content)


@pytest.mark.parametrize("owner", [RunsScreen, RunList, QueryLine, Ask, DiffScreen])
def test_every_binding_has_an_id_and_a_tooltip(owner):
    for binding in owner.BINDINGS:
        assert binding.id, binding
        assert binding.tooltip, binding


async def test_tab_goes_to_the_text_and_back_and_the_keys_work_there(app, asked):
    make("it", runs.STARTED, runs.FAILED)
    async with app.run_test(size=(40, 15)) as pilot:
        await arrive(pilot, 1)
        await pilot.press("tab")
        assert app.focused.id == "about"
        await pilot.press("down", "down", "r")
        assert app.screen.query_one("#about").scroll_offset.y
        assert asked == [("resume", "it-1")]
        await pilot.press("tab")
        assert app.focused is table(app)
