"""Paths: nothing is read while one is half typed, tab completes it, and its end is seen."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from textual.widgets import Input

from engine.data import source
from tests.tui.busy import key
from tests.tui.conftest import followed
from tests.tui.widgets.test_forms import row_at
from tui import draft_actions
from tui.screens.ask import Ask
from tui.screens.open_draft import OpenDraft


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = np.zeros((30, 8, 8), np.uint8), np.arange(30, dtype=np.uint8) % 3
    for name in ("three.npz", "three-more.npz"):
        np.savez(tmp_path / name, x_train=x, y_train=y, x_test=x, y_test=y)
    return tmp_path


@pytest.fixture
def looked_for(monkeypatch):
    """The sources that were looked for."""
    found, facts = [], source.facts

    def noted(name):
        found.append(name.rpartition("/")[2])
        return facts(name)

    monkeypatch.setattr(source, "facts", noted)
    return found


def value(app):
    return app.draft.value(("data", "source"))


async def test_nothing_is_looked_for_while_a_path_is_half_typed(app, folder, looked_for):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "tab")
        looked_for.clear()
        for sign in "three.npz":
            app.post_message(key(sign))
            await asyncio.sleep(0.01)
        await followed(pilot)
        assert set(looked_for) <= {"fashion-mnist", "three.npz"}
        assert "three.npz" in looked_for
        assert value(app) == "three.npz"


@pytest.mark.parametrize("leave", ["escape", "down", "ctrl+p", "f1"])
async def test_what_was_typed_is_in_the_draft_when_the_field_is_left(app, folder, leave, monkeypatch):
    monkeypatch.setattr(draft_actions, "REST_SECONDS", 3600)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "tab")
        for each in [*"three.npz", leave]:
            app.post_message(key(each))
        await followed(pilot)
        assert value(app) == "three.npz"


async def test_what_was_typed_is_kept_when_one_quits_at_once(app, folder):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "tab", *"three.npz")
        app.post_message(key("x"))
        app.exit()
        await pilot.pause()
    assert value(app).startswith("three.npz")


async def test_tab_completes_a_source_names_what_can_follow_and_then_goes_on(app, folder):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("1", "tab", "t", "tab")
        line = row_at(app, "source").editor
        assert line.value == "three"
        assert "three-more.npz   three.npz" in [each.message for each in app._notifications]
        await pilot.press(".", "tab")
        assert line.value == "three.npz" == value(app)
        assert app.focused is line
        await pilot.press("tab")
        assert app.focused is row_at(app, "validation").editor


@pytest.mark.parametrize("opening", ["ctrl+s", "ctrl+o"])
async def test_tab_completes_in_the_dialogs_of_files(app, folder, opening):
    (folder / "mine.toml").write_text("")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(opening)
        assert isinstance(app.screen, Ask | OpenDraft)
        await pilot.press(*"mi", "tab")
        assert app.screen.query_one(Input).value == "mine.toml"


async def test_the_end_of_a_long_path_is_seen(app, folder):
    path = f"/{'long/' * 20}end.npz"
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("data", "source"), path)
        await pilot.press("1")
        await pilot.pause()
        line = row_at(app, "source").editor
        assert "end.npz" in "".join(segment.text for segment in line.render_line(0))
        await pilot.press("tab", "end", "escape")
        assert "end.npz" in "".join(segment.text for segment in line.render_line(0))
