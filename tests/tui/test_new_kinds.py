"""A new layer and a new optimizer are classes and nothing else: they are found on screen with all that they declare."""

from __future__ import annotations

from typing import Literal

import pytest
from textual.widgets import Input, Static

from engine.spec.call import KerasCall
from engine.spec.knob import knob
from engine.spec.layers import Layer
from engine.spec.optimizers import Optimizer
from tests.tui.widgets.test_forms import row_at
from tui.widgets.editors import Choice, Row, Tick
from tui.widgets.form import Form
from tui.widgets.layer_list import LayerList


@pytest.fixture
def wobble():
    """A layer that is there for one test."""

    class Wobble(Layer):
        """Shakes its input.

        y = x + a·noise
        """

        strength: float = knob(0.25, title="strength", help="how far it shakes", gt=0, le=4, symbol="a")
        often: int = knob(3, title="how often", help="shakes a step", ge=1, le=9)
        shape: Literal["square", "round"] = knob("round", title="form", help="of each shake")
        loud: bool = knob(False, title="loud", help="can be heard", advanced=True)

        def output_shape(self, shape):
            return shape

    yield Wobble
    del Layer.members["wobble"]


@pytest.fixture
def leap():
    """An optimizer that is there for one test."""

    class Leap(Optimizer):
        """Leaps against the gradient.

        w ← w − lr·ζ·g
        """

        learning_rate: float = knob(0.5, title="learning rate", help="length of a leap", gt=0, le=2, symbol="lr")
        zest: float = knob(
            2.0, title="ζ", help="how gladly", ge=0, le=8, symbol="ζ", role=lambda zest: f"leaps {zest:g} times as far"
        )

        def keras_call(self, learning_rate):
            return KerasCall("optimizers.SGD", {"learning_rate": learning_rate})

    yield Leap
    del Optimizer.members["leap"]


def text(app, name: str) -> str:
    return " ".join(str(app.screen.query_one(f"#{name}", Static).content).split())


async def test_a_new_layer_is_chosen_by_keys_with_all_its_knobs(app, wobble):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", *"shakes", "enter")
        assert app.draft.layers[1] == {"type": "wobble"}
        assert "y = x + a·noise" in text(app, "explain")
        await pilot.press("enter")
        await pilot.pause()
        rows = list(app.screen.query(Row))
        assert [row.title for row in rows] == ["strength", "how often", "form", "loud"]  # the advanced one behind
        assert [type(row.editor) for row in rows] == [Input, Input, Choice, Tick]
        assert "strength: how far it shakes" in text(app, "explain")
        assert "above 0 … 4 · default 0.25 · key model.layers[1].strength" in text(app, "explain")
        await pilot.press("5")
        assert rows[0].has_class("-wrong")
        assert "less than or equal to 4" in rows[0].wrong
        await pilot.press("backspace", "2", "tab", *"7", "tab", "enter", "up", "enter", "tab", "space", "escape")
        await pilot.pause()
        assert app.draft.layers[1] == {"type": "wobble", "strength": 2, "often": 7, "shape": "square", "loud": True}
        assert app.draft.check.experiment is not None
        assert "Wobble" in str(app.screen.query_one(LayerList).get_option_at_index(2).prompt)


async def test_a_new_optimizer_is_chosen_by_keys_with_its_rule(app, leap):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab", "enter", "end", "enter")
        await pilot.pause()
        assert app.draft.document["compile"]["optimizer"] == {"type": "leap"}
        assert "w ← w − lr·ζ·g" in text(app, "rule")
        await pilot.press("tab", "tab")
        assert "0 … 8 · default 2 · key compile.optimizer.zest" in text(app, "explain")
        await pilot.press("4")
        await pilot.pause()
        assert "ζ = 4: leaps 4 times as far." in text(app, "explain")
        assert row_at(app, "optimizer", "zest").title.strip() == "ζ"
        assert app.draft.check.experiment.compile.optimizer == leap(zest=4.0)


async def test_the_cursor_stays_visible_in_a_long_form(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab")
        form = app.screen.query_one(Form)
        scrolled = []
        for row in app.screen.query(Row):
            await pilot.pause()
            assert row.editor.has_focus
            assert form.region.contains_region(row.editor.region)
            scrolled.append(form.scroll_offset.y)
            await pilot.press("down")
        assert scrolled[-1] > scrolled[0]
