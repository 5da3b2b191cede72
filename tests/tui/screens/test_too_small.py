"""A terminal in which nothing could be read says so, and all is there again when it is larger."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui import runs
from tui.screens.dialog import Dialog
from tui.screens.too_small import TooSmall


@pytest.mark.parametrize(("size", "small"), [((39, 24), True), ((80, 14), True), ((40, 15), False)])
async def test_it_says_how_large_it_must_be(app, size, small):
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, TooSmall) is small
        if small:
            said = str(app.screen.query_one(Static).content)
            assert f"{size[0]}×{size[1]}" in said
            assert "40×15" in said


async def test_a_larger_one_shows_what_was_there(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        app.tell("Title", "text")
        await pilot.pause()
        await pilot.resize_terminal(30, 10)
        await pilot.pause(0.1)
        assert isinstance(app.screen, TooSmall)
        app._session.tell(*runs.training(1))
        await pilot.press("1", "t", "escape")  # nothing that cannot be seen is done
        await pilot.resize_terminal(30, 12)
        await pilot.pause(0.1)
        assert "30×12" in str(app.screen.query_one(Static).content)
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.1)
        assert isinstance(app.screen, Dialog)
        assert app.current_mode == "compile"


async def test_another_place_that_comes_to_the_front_is_covered_too(app):
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.pause(0.1)
        app.switch_mode("train")
        await pilot.pause(0.1)
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.1)
        assert not isinstance(app.screen, TooSmall)
        app.switch_mode("model")
        await pilot.pause(0.1)
        assert not isinstance(app.screen, TooSmall)
