"""Forms from specs: knobs within knobs, tables that are switched on, lists and ranges."""

from __future__ import annotations

import pytest

from engine.spec.draft import Draft
from engine.spec.fit import EarlyStopping
from engine.spec.optimizers import Adam
from tui.widgets.editors import Row


def row_at(app, *end: str) -> Row:
    """Return the row whose place ends so."""
    (row,) = (row for row in app.screen.query(Row) if row.place[-len(end) :] == end)
    return row


async def test_a_kind_within_a_layer_is_chosen_and_brings_its_knobs(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2", "down", "enter")
        await pilot.pause()
        regularizer = row_at(app, "kernel_regularizer", "type")
        app.screen.set_focus(regularizer.editor)
        await pilot.press("enter", "down", "down", "enter")
        await pilot.pause()
        assert app.draft.layers[1]["kernel_regularizer"] == {"type": "l2"}
        strength = row_at(app, "kernel_regularizer", "strength")
        assert strength.editor.value == "0.0001"
        app.screen.set_focus(strength.editor)
        await pilot.press(*"-1")
        assert row_at(app, "kernel_regularizer", "strength").has_class("-wrong")
        app.screen.set_focus(row_at(app, "kernel_regularizer", "type").editor)
        await pilot.press("enter", "up", "up", "enter")
        await pilot.pause()
        assert "kernel_regularizer" not in app.draft.layers[1]
        assert app.draft.check.experiment is not None


async def test_a_knob_of_a_default_kind_writes_the_kind_down(app):
    app.draft = Draft({**app.draft.document, "compile": {}})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "tab", "down")
        await pilot.press(*"0.5")
        assert app.draft.check.experiment.compile.optimizer == Adam(learning_rate=0.5)


async def test_a_table_is_switched_on_and_off(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        app.screen.set_focus(row_at(app, "fit", "early_stopping").editor)
        await pilot.press("space")
        await pilot.pause()
        assert app.draft.check.experiment.fit.early_stopping == EarlyStopping()
        assert row_at(app, "early_stopping", "patience").editor.value == "3"
        await pilot.press("space")
        await pilot.pause()
        assert app.draft.check.experiment.fit.early_stopping is None


async def test_lists_and_ranges_are_typed_as_they_are_read(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("1")
        await pilot.pause()
        for typed, expected in (("0.2", (0.8, 1.2)), ("0.5, 1.5", (0.5, 1.5)), ("[1, 2]", (1.0, 2.0))):
            app.screen.set_focus(row_at(app, "zoom_range").editor)
            await pilot.press(*typed, "escape")
            assert app.draft.check.experiment.data.augment.zoom_range == pytest.approx(expected)
        await pilot.press("escape", "3")
        await pilot.pause()
        app.screen.set_focus(row_at(app, "metrics").editor)
        await pilot.press(*"accuracy")
        assert app.draft.check.experiment.compile.metrics == ("accuracy",)


async def test_letters_search_what_can_be_chosen_however_slowly_they_come(app, monkeypatch):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab", "enter")
        for sign in "adag":
            await pilot.press(sign)
            await pilot.pause(0.8)  # longer than Textual remembers letters
        await pilot.press("enter")
        assert app.draft.table(("compile", "optimizer"))["type"] == "adagrad"
        await pilot.press("enter", *"xsgd", "enter")
        assert app.draft.table(("compile", "optimizer"))["type"] == "sgd"
