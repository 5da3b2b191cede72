"""From "It cannot train yet" to the knob that has to be mended."""

from __future__ import annotations

import pytest

from engine.spec.draft import Draft
from tui.screens.dialog import Dialog
from tui.widgets.key_line import KeyLine
from tui.widgets.layer_list import LayerList


@pytest.mark.parametrize(
    ("place", "value", "mode"),
    [
        (("model", "layers", 1, "units"), -3, "model"),
        (("model", "layers", 1, "kernel_initializer"), {"type": "oops"}, "model"),
        (("fit", "epochs"), 0, "compile"),
        (("compile", "optimizer", "learning_rate"), "fast", "compile"),
        (("data", "limit"), -1, "data"),
    ],
)
async def test_enter_leads_to_the_knob_that_is_wrong(app, place, value, mode):
    async with app.run_test(size=(80, 24)) as pilot:
        app.edit(lambda draft: draft.set(place, value))
        await pilot.press("6", "t")
        assert isinstance(app.screen, Dialog)
        await pilot.press("enter")
        await pilot.pause()
        assert app.current_mode == mode
        assert app.screen.row is not None
        assert app.screen.row.place[: len(place)] == place
        assert app.screen.row.wrong


async def test_enter_leads_to_the_layer_that_cannot_stand_there(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.edit(lambda draft: Draft.add_layer(draft, 2, "conv2d"))
        await pilot.press("4", "t", "enter")
        assert app.current_mode == "model"
        assert isinstance(app.focused, LayerList)
        assert app.screen.cursor == 2


@pytest.mark.parametrize("key", ["format", "foo"])
async def test_what_no_screen_has_is_nowhere_to_go(app, key):
    async with app.run_test(size=(80, 24)) as pilot:
        app.edit(lambda draft: draft.set((key,), 99))
        await pilot.press("6", "t")
        assert isinstance(app.screen, Dialog)
        assert key in app.screen._text
        assert "go " not in str(app.screen.query_one(KeyLine).content)
        await pilot.press("enter", "escape")
        assert app.current_mode == "runs"


async def test_enter_leads_past_it_to_the_first_that_a_screen_has(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.edit(lambda draft: draft.set(("format",), 99).set(("data", "limit"), -1))
        await pilot.press("6", "t")
        assert "go to the first" in str(app.screen.query_one(KeyLine).content)
        await pilot.press("enter")
        await pilot.pause()
        assert app.current_mode == "data"
        assert app.screen.row.place == ("data", "limit")
