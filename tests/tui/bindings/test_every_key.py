"""Every key of every place, dialog and widget is pressed, and does what it says.

A row a binding, by its id, in the file of its place: the function brings about a situation in which the binding is
meant to be used, presses, and looks at what came of it. It is called once for each key that the binding has. Whoever
adds a binding adds a row: without one, its key fails here.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.bindings import code, data, dialogs, everywhere, forms, model, runs, train
from tests.tui.bindings.case import ROWS, Case
from tui.settings.bindings import every

PLACES = (code, data, dialogs, everywhere, forms, model, runs, train)
"""Importing them fills the table."""


def pairs() -> list[Any]:
    """Return each binding with each of its keys: once where several places declare the same."""
    once = {(bound.id, key): bound for bound in every() for key in sorted(bound.keys)}
    return [pytest.param(bound, key, id=f"{name}-{key}") for (name, key), bound in once.items()]


@pytest.mark.parametrize(("bound", "key"), pairs())
async def test_every_key_is_pressed_and_does_what_it_says(app, bound, key):
    assert bound.id in ROWS, f"no row in {__name__} presses {bound.id}"
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        case = Case(bound, key, app, pilot)
        await ROWS[bound.id](case)
        assert case.pressed


def test_every_row_is_of_a_binding_that_there_is():
    assert ROWS.keys() <= {bound.id for bound in every()}
