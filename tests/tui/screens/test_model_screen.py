"""Building a model by keys alone."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from engine.spec.knob import knob
from engine.spec.layers import Layer
from tests.tui.conftest import FakeSession, followed
from tui.app import NNPlay
from tui.screens.add_layer import AddLayer
from tui.screens.dialog import Dialog
from tui.widgets.editors import KnobRow
from tui.widgets.layer_list import LayerList


def labels(app) -> list[str]:
    return [row.label for row in app.draft.check.rows]


def shown(app) -> str:
    layers = app.screen.query_one(LayerList)
    rows = (str(layers.get_option_at_index(index).prompt) for index in range(layers.option_count))
    return "\n".join(" ".join(row.split()) for row in rows)


async def test_the_network_of_the_issue_is_built_by_keys(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            await pilot.press("backspace")
        assert labels(app) == []
        assert "a adds one; x adds Flatten" in str(app.screen.query_one("#verdict").content)
        for name in ("flatten", "dense", "dropout", "dense"):
            await pilot.press("a", *name, "enter")
        assert labels(app) == ["Flatten", "Dense 128 relu", "Dropout 0.3", "Dense 128 relu"]
        assert "set its units to 10" in shown(app)
        await pilot.press("enter", "1", "0", "tab", "enter", *["down"] * 1, "enter", "escape")
        assert labels(app)[3] == "Dense 10 softmax"
        await pilot.press("up", "up", "enter", "6", "4", "escape")
        assert labels(app)[1] == "Dense 64 relu"
        assert app.draft.check.problems == ()
        assert app.draft.check.parameters == 50_890
        assert "50,240" in shown(app)


async def test_counts_and_errors_change_while_one_types(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter", "backspace")
        assert "✗ 2 Dense" in shown(app)
        assert "got nothing" in shown(app)
        row = app.screen.query(KnobRow).first()
        assert row.has_class("-wrong")
        await pilot.press("3")
        assert "2,355" in shown(app)
        await pilot.press("2")
        assert "25,120" in shown(app)
        assert not row.has_class("-wrong")
        await pilot.press("x")
        assert "must be a whole number, got '32x'" in shown(app)
        assert row.query_one(Input).value == "32x"


async def test_layers_move_are_copied_deleted_and_undone(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "shift+up")
        assert labels(app)[0] == "Dense"[:5] + " 128 relu"
        assert "put Flatten before it" in shown(app)
        await pilot.press("]")
        assert labels(app)[0] == "Flatten"
        await pilot.press("[", "shift+down", "d")
        assert labels(app) == ["Flatten", "Dense 128 relu", "Dense 128 relu", "Dense 10 softmax"]
        await pilot.press("delete")
        assert len(labels(app)) == 3
        await pilot.press("u")
        assert len(labels(app)) == 4
        await pilot.press("U")
        assert len(labels(app)) == 3


async def test_a_model_that_cannot_train_explains_instead_of_starting(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "t")
        assert isinstance(app.screen, Dialog)
        assert "put Flatten before it" in app.screen._text
        await pilot.press("escape")
        assert app.current_mode == "model"
        assert not any(hasattr(asked, "model") for asked in app._session.asked)


async def test_the_list_of_layers_is_searched(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", *"pool")
        assert isinstance(app.screen, AddLayer)
        options = app.screen.query_one(OptionList)
        assert options.get_option_at_index(0).id == "max_pooling2d"
        await pilot.press("escape")
        assert len(labels(app)) == 3
        await pilot.press("a", "down", "down", "up", "enter")
        assert len(labels(app)) == 4
        await pilot.press("a", *"nothing like it", "enter")
        assert isinstance(app.screen, AddLayer)


async def test_layers_are_added_by_mouse(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(LayerList, offset=(5, 4))  # the invitation, below the three layers
        assert isinstance(app.screen, AddLayer)
        await pilot.click(OptionList, offset=(3, 0))
        assert len(labels(app)) == 4


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (40, 15)])
async def test_it_fits(app, size):
    async with app.run_test(size=size) as pilot:
        await pilot.press("down")
        assert app.screen.query_one(LayerList).size.height >= 3
        assert "Dense" in shown(app)


async def test_a_new_layer_class_needs_no_screen_code(app):
    class Whirl(Layer):
        """Turns everything around."""

        turns: int = knob(2, title="turns", help="how often", ge=1)

        def output_shape(self, shape):
            return shape

    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("a", *"whirl", "enter")
            assert labels(app)[1] == "Whirl"
            await pilot.press("enter", "7", "escape")
            assert app.draft.layers[1] == {"type": "whirl", "turns": 7}
    finally:
        del Layer.members["whirl"]


async def test_a_document_that_is_no_experiment_can_be_opened_and_mended():
    app = NNPlay({"model": {"layers": [{"type": "dens"}, 3]}, "seed": "x"}, session=FakeSession)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "'dens' is no layer" in shown(app)
        await pilot.press("backspace", "backspace", "a", *"flatten", "enter")
        assert labels(app) == ["Flatten"]


@pytest.mark.parametrize(
    ("activation", "says"), [("selu", "1.0507·x where x > 0"), (["relu"], "activation"), ({}, "activation")]
)
async def test_the_rule_of_an_activation_is_shown_whatever_the_draft_has_there(app, activation, says):
    app.draft = app.draft.set(("model", "layers", 1, "activation"), activation)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.go_to(("model", "layers", 1, "activation"))
        await pilot.pause(0.2)
        await followed(pilot)
        assert app.screen.row.place == ("model", "layers", 1, "activation")
        assert says in app.screen._explained
