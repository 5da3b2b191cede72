"""Keys that a file has too much: said where they are, taken out by a key or a click, and brought back by undo."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui.screens.test_data_screen import settle
from tui.screens.dialog import Dialog
from tui.widgets.frame import Keys
from tui.widgets.layer_list import LayerList

FOO, UNTS = ("fit", "foo"), ("model", "layers", 1, "unts")


def text(app, name: str) -> str:
    return " ".join(str(app.screen.query_one(f"#{name}", Static).content).split())


def keys(app) -> str:
    return str(app.screen.query_one(Keys).render())


async def test_a_key_takes_them_all_out_and_is_offered_for_as_long_as_there_is_one(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert "x fix" not in keys(app)
        before = app.draft = app.draft.set(FOO, 3).set(UNTS, 5)
        await pilot.pause()
        row = " ".join(str(app.screen.query_one(LayerList).get_option_at_index(2).prompt).split())
        assert "unts: unknown key; did you mean 'units'?" in row
        assert "x removes it" in row
        assert "3 Compile · fit.foo: unknown key" in text(app, "verdict")
        assert "x fix" in keys(app)
        await pilot.press("x")
        await pilot.pause()
        assert app.draft.check.problems == ()
        assert "x fix" not in keys(app)
        (said,) = (each.message for each in app._notifications)
        assert said == "Removed: layer 2 (Dense) · unts, 3 Compile · fit.foo. u undoes that."
        await pilot.press("u")
        assert app.draft.document == before.document


@pytest.mark.parametrize("way", ["click", "dialog", "palette"])
async def test_other_ways_to_take_one_out(app, way):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(FOO, 3)
        await pilot.press("3")
        await pilot.pause()
        assert "✗ fit.foo: unknown key" in text(app, "amounts")
        if way == "click":
            await pilot.click(Keys, offset=(keys(app).index("fix") + 1, 0))
        elif way == "dialog":
            await pilot.press("t")
            assert isinstance(app.screen, Dialog)
            await pilot.press("x")
        else:
            await pilot.press("tab", "tab")  # letters are for the field, but not the palette
            assert "x fix" not in keys(app)
            commands = {each.title: each.callback for each in app.get_system_commands(app.screen)}
            await commands["draft: fix"]()
        await pilot.pause()
        assert app.draft.check.problems == ()


async def test_what_one_hides_is_said_once_it_is_gone(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("colour",), "red").set(FOO, 3)
        await pilot.press("x")
        assert [each.place for each in app.draft.check.problems] == [FOO]
        await pilot.press("x")
        assert app.draft.check.problems == ()


async def test_one_of_the_data_is_said_on_data_and_one_of_the_model_on_model(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("data", "augment", "rot"), 3)
        await pilot.press("1")
        await settle(app, pilot)
        assert text(app, "mend").startswith("✗ data.augment.rot: unknown key")
        await pilot.press("x")
        await settle(app, pilot)
        assert not app.screen.query_one("#mend").display
        app.draft = app.draft.set(("model", "depth"), 3)
        await pilot.press("2")
        await pilot.pause()
        assert "✗ model.depth: unknown key" in text(app, "verdict")


async def test_without_one_the_dialog_offers_nothing(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("fit", "epochs"), 0)
        await pilot.press("t", "x", "enter")
        assert not isinstance(app.screen, Dialog)
        assert app.draft.value(("fit", "epochs")) == 0


async def test_the_same_key_does_what_the_error_under_the_cursor_asks_for_then_the_others(app):
    dense = {"type": "dense", "units": 10, "activation": "softmax"}
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.draft = app.draft.with_layers([{"type": "conv2d"}, {"type": "flatten"}, dense]).set(FOO, 3)
        await pilot.pause()
        row = " ".join(str(app.screen.query_one(LayerList).get_option_at_index(1).prompt).split())
        assert "put Reshape 28×28×1 before it (x does that)" in row
        await pilot.press("x")
        assert [layer["type"] for layer in app.draft.layers] == ["reshape", "conv2d", "flatten", "dense"]
        assert FOO[1] in app.draft.document["fit"]
        await pilot.press("x")
        assert app.draft.check.experiment is not None
        said = [each.message for each in app._notifications]
        assert "Fixed layer 1 (Conv2D): put Reshape 28×28×1 before it. u undoes that." in said


async def test_a_convolution_that_is_added_first_brings_its_reshape_along_and_says_so(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("home", "a", *"conv", "enter")
        await pilot.pause()
        assert [layer["type"] for layer in app.draft.layers][:2] == ["reshape", "conv2d"]
        assert app.screen.cursor == 1
        assert text(app, "explain").startswith("A Reshape came along: Conv2D needs height × width × channels")
