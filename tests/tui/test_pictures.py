"""Pictures of the screens, deterministic: what they show changes only when someone means it to.

Each place with nothing, with something, and with an error. After a change that is meant:
``pytest -n 0 tests/tui/test_pictures.py --snapshot-update``, then look at the pictures.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from engine.runs.lock import Holder, held
from tests.tui import made, runs
from tests.tui.at_runs import EARLY, HOUR, NOW, STOPPED, arrive, done, epoch, make, put, until
from tui.theme import OURS

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """It is always the same moment."""
    monkeypatch.setattr("tui.screens.runs.time", SimpleNamespace(time=lambda: NOW))


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


@pytest.mark.parametrize("size", SIZES)
def test_model_with_nothing(app, snap_compare, size):
    assert snap_compare(app, terminal_size=size, press=["backspace"] * 3)


@pytest.mark.parametrize("size", SIZES)
def test_model_where_a_layer_is_added(app, snap_compare, size):
    assert snap_compare(app, terminal_size=size, press=["a", *"conv"])


@pytest.mark.parametrize("size", SIZES)
def test_data(app, snap_compare, size):
    async def read(pilot):
        await pilot.press("1")
        await shown(pilot)

    assert snap_compare(app, terminal_size=size, run_before=read)


@pytest.mark.parametrize("size", SIZES)
def test_data_that_cannot_be_read(app, snap_compare, size):
    async def fail(pilot):
        pilot.app.draft = pilot.app.draft.set(("data", "source"), "/nowhere")
        await pilot.press("1")
        await shown(pilot)

    assert snap_compare(app, terminal_size=size, run_before=fail)


@pytest.mark.parametrize("size", SIZES)
def test_compile_with_an_error(app, snap_compare, size):
    async def fail(pilot):
        pilot.app.draft = pilot.app.draft.set(("compile", "optimizer"), {"type": "adam", "learning_rate": 0})
        await pilot.press("3", "tab")
        await pilot.pause(0.2)

    assert snap_compare(app, terminal_size=size, run_before=fail)


@pytest.mark.parametrize("size", SIZES)
def test_train_with_nothing(app, snap_compare, size, monkeypatch):
    monkeypatch.setenv("NNPLAY_HOME", "/nnplay")  # it is shown
    assert snap_compare(app, terminal_size=size, press=["4"])


@pytest.mark.parametrize("size", SIZES)
def test_runs_with_nothing(app, snap_compare, size):
    async def look(pilot):
        await pilot.press("6")
        await shown(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)


@pytest.mark.parametrize("size", SIZES)
def test_runs_with_one_that_failed(app, snap_compare, size):
    done("notes", before=2 * HOUR, accuracy=0.8)
    make("diverged", runs.STARTED, epoch(1), runs.FAILED)

    async def look(pilot):
        await pilot.press("6")
        await shown(pilot)

    assert snap_compare(app, terminal_size=size, run_before=look)


@pytest.mark.parametrize("size", SIZES)
def test_help_on_a_knob(app, snap_compare, size):
    async def ask(pilot):
        await pilot.press("down", "enter", "f1")
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=size, run_before=ask)


def test_train_in_ascii(app, snap_compare):
    app.ascii = True
    assert snap_compare(app, terminal_size=(80, 24), run_before=_train)


@pytest.mark.parametrize("theme", [theme.name for theme in OURS[1:]])
def test_train_in_other_colours(app, snap_compare, theme):
    app.theme = theme
    assert snap_compare(app, terminal_size=(80, 24), run_before=_train)


def test_a_terminal_that_is_too_small(app, snap_compare):
    assert snap_compare(app, terminal_size=(39, 14))


async def _train(pilot):
    await pilot.press("4")
    pilot.app._session.tell(*runs.training(3.4))
    await pilot.pause(0.8)


async def shown(pilot):
    """Wait until what is read on other threads is on the screen."""
    await pilot.app.workers.wait_for_complete(
        [each for each in pilot.app.workers if each.name in ("_draw", "_read", "_read_all")]
    )
    await pilot.pause(0.2)


def test_a_picture_of_runs_of_all_kinds(app, snap_compare):
    day = 24 * HOUR
    done("dense-adam", before=2 * HOUR, accuracy=0.8812)
    make("dense-sgdm", runs.STARTED, epoch(3, 0.8755), EARLY, before=3 * HOUR)
    done("cnn-bn", before=day)
    make(
        "cnn-bn", runs.STARTED.model_copy(update={"parameters": 421_642}), epoch(1, 0.7), runs.FAILED, before=0.2 * HOUR
    )
    make("cnn-bn", runs.STARTED, epoch(2), STOPPED, before=30 * day)
    make("dense-adam", runs.STARTED, epoch(2), before=90 * day)
    made.lock(make("far", runs.STARTED, epoch(4, 0.8901), before=0.1 * HOUR), host="gpu-box", boot="another")

    async def choose(pilot):
        await arrive(pilot, 9)
        put(app, "cnn-bn-2")
        await until(pilot, lambda: not app.screen._looking)  # what sets them apart is read after the list is shown

    with held(make("here", runs.STARTED, epoch(2), before=1), Holder.me(None)), held(make("new"), Holder.me(None)):
        os.utime(app.runs / "new-1", (NOW, NOW))
        assert snap_compare(app, terminal_size=(80, 24), run_before=choose)
