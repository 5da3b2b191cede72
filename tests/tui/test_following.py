"""What follows an edit by itself is said below the form, for as long as that is the newest edit."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui.widgets.test_forms import row_at


def said(app) -> str:
    return " ".join(str(app.screen.query_one("#explain", Static).content).split())


@pytest.mark.parametrize("steps", [1, 2])
async def test_the_metric_that_follows_the_loss_is_said(app, steps):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        app.screen.set_focus(row_at(app, "loss", "type").editor)
        await pilot.press("enter", *["down"] * steps, "enter")
        await pilot.pause()
        assert app.draft.check.problems == ()
        assert said(app).startswith("The metrics followed the loss: sparse_categorical_accuracy became")
        assert row_at(app, "metrics").editor.value == "categorical_accuracy"
        await pilot.press("u")
        await pilot.pause()
        assert "followed" not in said(app)
        assert row_at(app, "metrics").editor.value == "sparse_categorical_accuracy"
        assert row_at(app, "loss", "type").editor.value == "sparse_categorical_crossentropy"
