"""A file is named, and never replaced by accident."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.widgets import Input, Static

from tests.tui import made
from tests.tui.at_runs import until
from tests.tui.settings.test_preferred import app_with
from tui.screens.ask import Ask, a_file
from tui.screens.dialog import Dialog
from tui.screens.turn import TurnScreen


def said(app) -> str:
    return str(app.screen.query_one("#explain", Static).content)


async def ask(app, pilot, answers: list, **options) -> None:
    app.push_screen(Ask("save as", "run.toml", a_file(".toml", **options)), answers.append)
    await pilot.pause()


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_enter_takes_the_name_and_escape_none(app, here):
    answers: list = []
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, answers)
        assert f"writes {here}/run.toml" in said(app).replace("\n", "")
        await pilot.press("enter")
        await ask(app, pilot, answers)
        await pilot.press("escape")
    assert answers == [here / "run.toml", None]


async def test_another_file_is_replaced_only_when_that_is_confirmed(app, here):
    (here / "run.toml").write_text("precious")
    answers: list = []
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, answers)
        assert "it exists" in said(app)
        await pilot.press("enter")
        assert isinstance(app.screen, Dialog)
        await pilot.press("enter", "escape")
        assert isinstance(app.screen, Ask)
        assert answers == []
        await pilot.press("enter", "o")
        assert answers == [here / "run.toml"]
        await ask(app, pilot, answers, own=here / "run.toml")
        await pilot.press("enter")
        assert answers == [here / "run.toml"] * 2


async def test_what_cannot_be_a_file_is_said_and_not_taken(app, here):
    answers: list = []
    async with app.run_test(size=(40, 15)) as pilot:
        await ask(app, pilot, answers)
        for typed, words in (("", "type a name"), (".", "folder"), ("no/such/x", "no folder"), ("~nobody-x/a", "home")):
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            assert words in said(app)
            assert app.screen.query_one("#explain").has_class("-wrong")
        app.screen.query_one(Input).value = "other"
        await pilot.press("enter")
    assert answers == [here / "other.toml"]


async def at_once(app, pilot, *keys):
    """Have keys come in one piece, as over a slow line."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))
    await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_enter_takes_all_that_came_with_it_at_once(app, here):
    answers: list = []
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, answers)
        await at_once(app, pilot, *"new", "enter")
        app.push_screen(TurnScreen(made.experiment()), answers.append)
        await pilot.pause()
        await at_once(app, pilot, "7", "enter")
    assert answers == [here / "new.toml", {("compile", "optimizer", "learning_rate"): 7.0}]


async def test_the_help_lists_enter(app, here):
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, [])
        await pilot.press("f1")
        assert "ask.take" in str(app.screen.query_one("#keys", Static).content)


async def test_another_key_takes_it_where_that_is_set(home, here):
    app, answers = app_with("[keys]\nask.take = 'f9'"), []
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, answers)
        await pilot.press("enter")
        assert isinstance(app.screen, Ask)
        await pilot.press("f9")
    assert answers == [here / "run.toml"]
