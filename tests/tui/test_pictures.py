"""Pictures of the screens, few and deterministic: what they show changes only when someone means it to.

After a change that is meant: ``pytest tests/tui/test_pictures.py --snapshot-update``, then look at the pictures.
"""

from __future__ import annotations

import pytest

from tests.tui import runs

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
def test_model(app, snap_compare, size):
    assert snap_compare(app, terminal_size=size, press=["down"])


@pytest.mark.parametrize("size", SIZES)
def test_model_with_an_error(app, snap_compare, size):
    assert snap_compare(app, terminal_size=size, press=["backspace"])


@pytest.mark.parametrize("size", SIZES)
def test_compile(app, snap_compare, size):
    assert snap_compare(app, terminal_size=size, press=["3"])


@pytest.mark.parametrize("size", SIZES)
def test_train_while_it_trains(app, snap_compare, size):
    async def train(pilot):
        await pilot.press("4")
        app._session.tell(*runs.training(3.4))
        await pilot.pause(0.8)

    assert snap_compare(app, terminal_size=size, run_before=train)


@pytest.mark.parametrize("size", SIZES)
def test_train_that_failed(app, snap_compare, size):
    async def fail(pilot):
        await pilot.press("4")
        app._session.tell(*runs.training(1.2), runs.FAILED)
        await pilot.pause(0.8)

    assert snap_compare(app, terminal_size=size, run_before=fail)
