"""F1 explains what has the focus before it explains the place."""

from __future__ import annotations

import re

import pytest
from textual.widgets import Markdown, Static

from engine.spec.data import Data
from engine.spec.experiment import Checkpoint, Compile
from engine.spec.fit import EarlyStopping, Fit
from engine.spec.initializers import Initializer
from engine.spec.knob import knobs
from engine.spec.layers import Layer
from engine.spec.losses import Loss
from engine.spec.optimizers import Optimizer
from engine.spec.regularizers import Regularizer
from tests.tui import runs
from tui.screens.help import PAGES, HelpScreen
from tui.widgets.editors import Row


def thing(app) -> str:
    assert isinstance(app.screen, HelpScreen)
    found = app.screen.query("#thing")
    return str(found.first(Static).content) if found else ""


async def ask(app, pilot, *place) -> str:
    """Go to the knob at a place, and press F1."""
    (row,) = (row for row in app.screen.query(Row) if row.place == place)
    app.screen.set_focus(row.editor)
    await pilot.press("f1")
    return thing(app)


async def test_a_knob_is_explained_with_its_bounds_its_key_and_how_to_set_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        said = await ask(app, pilot, "fit", "batch_size")
        assert "batch size" in said
        assert "default 32" in said
        assert "--set fit.batch_size=32" in said
        await pilot.press("f1")
        assert not isinstance(app.screen, HelpScreen)
        assert app.screen.focused is not None  # where it was


async def test_a_choice_explains_all_that_can_be_chosen(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        said = await ask(app, pilot, "compile", "optimizer", "type")
        assert "--set compile.optimizer.type=adam" in said
        for name, member in Optimizer.members.items():
            assert f"\n{name}\n{(member.__doc__ or '').strip().splitlines()[0]}" in said


async def test_a_knob_of_a_few_words_names_them_all(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
        said = await ask(app, pilot, "model", "layers", 1, "activation")
        assert "one of " in said
        for word in ("relu", "softmax", "tanh", "leaky_relu"):
            assert word in said


async def test_the_layer_under_the_cursor_is_explained(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "f1")
        said = thing(app)
        assert "The layers" in said
        assert "\ndense\n" in said
        await pilot.press("f1", "enter", "f1")
        assert "--set 'model.layers[1].units=128'" in thing(app)


@pytest.mark.parametrize("place", ["1", "3", "4"])
async def test_without_a_focus_only_the_place_is_explained(app, place):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(place)
        app._session.tell(*runs.training(1))
        await pilot.pause()
        app.screen.set_focus(None)
        await pilot.press("f1")
        assert thing(app) == ""
        assert "app.help" in str(app.screen.query_one("#keys", Static).content)


def test_the_walk_through_calls_everything_by_the_name_that_the_screens_have():
    walk = (PAGES / "walkthrough.md").read_text(encoding="utf-8")
    families = [
        member for family in (Layer, Initializer, Regularizer, Loss, Optimizer) for member in family.members.values()
    ]
    specs = [Data, Compile, Fit, EarlyStopping, Checkpoint, *families]
    known = {field.title for spec in specs for field in knobs(spec).values()} | {kind.__name__ for kind in families}
    assert set(re.findall(r"\*([^*|]+)\*", walk.replace("**", ""))) <= known
    assert {member.__name__.lower() for member in Optimizer.members.values()} <= set(re.findall(r"\w+", walk.lower()))


async def test_the_walk_through_is_in_the_palette_and_behind_the_help(app):
    async with app.run_test(size=(80, 24)) as pilot:
        commands = {each.title: each.callback for each in app.get_system_commands(app.screen)}
        commands["help: walk-through"]()
        await pilot.pause()
        assert "Every idea of the notes" in app.screen.query_one(Markdown).source
        assert not app.screen.query("#thing")
        await pilot.press("w", "escape")  # it is there already
        assert len(app.screen_stack) == 1
