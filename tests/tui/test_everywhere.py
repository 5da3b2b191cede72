"""What holds in every place: a first visit is led, the palette knows all, the mouse does what keys do."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from engine.spec.document import load
from engine.spec.draft import Draft
from tests.tui import made, runs
from tests.tui.conftest import FakeSession
from tui.app import NNPlay
from tui.drafts import kept
from tui.screens.add_layer import AddLayer
from tui.screens.dialog import Dialog
from tui.screens.help import HelpScreen
from tui.screens.place import FIRST_STEPS
from tui.settings import config, preferred
from tui.settings.bindings import every
from tui.widgets.frame import Keys, Places, Subject
from tui.widgets.layer_list import LayerList
from tui.words.keys import with_keys

WIDTHS = [40, 41, 52, 80, 120, 200]
PLACES = {"1": "data", "2": "model", "3": "compile", "4": "train", "6": "runs"}


def subject(app) -> str:
    return str(app.screen.query_one(Subject).render())


def footer(app) -> str:
    return str(app.screen.query_one(Keys).render())


async def click_on(app, pilot, widget, words: str) -> None:
    """Click where a widget shows these words."""
    region = app.screen.query_one(widget).region
    lines = [strip.text for strip in app.screen._compositor.render_strips()]
    found = [(lines[y].find(words, region.x), y) for y in range(region.y, region.bottom)]
    (offset,) = ((x, y) for x, y in found if 0 <= x < region.right)
    await pilot.click(offset=offset)
    await pilot.pause()


async def test_a_first_visit_says_in_one_line_what_to_do(app):
    async with app.run_test(size=(80, 24)) as pilot:
        assert with_keys(FIRST_STEPS, app.key) in subject(app)
        await pilot.press("3")
        assert FIRST_STEPS not in subject(app)
        await pilot.press("2", "backspace")
        assert FIRST_STEPS not in subject(app)


async def test_a_first_run_ends_the_first_visit(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1))
        await pilot.pause()
        assert FIRST_STEPS not in subject(app)


@pytest.mark.parametrize(
    "before", [lambda: kept.save(Draft.new(load("notes-baseline"))), lambda: made.make(*runs.training(1))]
)
async def test_who_was_here_before_is_told_nothing(before):
    before()
    app = NNPlay(load("notes-baseline"), session=FakeSession)
    async with app.run_test(size=(80, 24)):
        assert FIRST_STEPS not in subject(app)


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_footer_of_every_place_fits_and_cuts_no_key(app, width):
    async with app.run_test(size=(width, 24)) as pilot:
        app._session.tell(*runs.training(1.5))
        for key in PLACES:
            await pilot.press(key)
            await pilot.pause()
            whole = {each.binding.description for each in app.screen.active_bindings.values()}
            line = app.screen.query_one(Keys).render()
            assert line.cell_length <= width - 2
            for part in str(line).split("  "):
                assert not part or part.partition(" ")[2] in whole, part
            assert "F1 help" in str(line)
            assert "^p more" in str(line)


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (200, 60)])
async def test_every_place_is_there_at_every_size(app, size):
    made.make(*runs.training(2), runs.DONE)
    async with app.run_test(size=size) as pilot:
        app._session.tell(*runs.training(1.5))
        for key, mode in PLACES.items():
            await pilot.press(key)
            await pilot.pause()
            assert app.current_mode == mode
            assert f"[{key} " in str(app.screen.query_one(Places).render())
            await pilot.press("tab", "down", "escape")


async def test_the_palette_goes_to_each_place_opens_presets_and_copies(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._session.tell(*runs.training(1), runs.FAILED)
        await pilot.pause()
        commands = {each.title: each for each in app.get_system_commands(app.screen)}
        assert {f"go: {mode}" for mode in PLACES.values()} <= commands.keys()
        assert {"open: cnn-small", "theme: nnplay-light", "settings: write config.toml"} <= commands.keys()
        for what, text in (
            ("path", str(app.runs / "notes-baseline-1")),
            ("command", "nnplay attach "),
            ("error", "the loss became nan"),
        ):
            commands[f"run: copy its {what}"].callback()
            assert text in app.clipboard


async def test_what_the_palette_says_of_a_command_is_never_markup(app, monkeypatch):
    monkeypatch.setenv("NNPLAY_HOME", "/[/red] [x")  # nothing is written there
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1), runs.FAILED.model_copy(update={"why": "[/] is [bold]odd"}))
        await pilot.press("ctrl+p", *"copy its error")
        await pilot.pause(0.3)
        assert "[/] is [bold]odd" in "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert "[/] is [bold]odd" in app.clipboard
        await pilot.press("ctrl+p", *"config.toml")
        await pilot.pause(0.3)
        assert "[/red] [x" in "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def test_the_readme_shows_settings_that_can_be():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    sample = text.partition("```toml\n")[2].partition("```")[0]
    config.path().parent.mkdir()
    config.path().write_text(sample, encoding="utf-8")
    assert config.read().config.keys.keys() == {"app.train", "model.add"}
    assert preferred.problems(config.read()) == ()


async def test_the_palette_has_every_key_of_the_place(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1.5))
        for key in PLACES:
            await pilot.press(key)
            await pilot.pause()
            titles = {each.title for each in app.get_system_commands(app.screen)}
            for active in app.screen.active_bindings.values():
                if active.enabled and active.binding.id:
                    place, _, name = active.binding.id.partition(".")
                    assert f"{place}: {name.replace('_', ' ')}" in titles


async def test_the_mouse_goes_to_places_and_presses_the_keys_of_the_last_line(app):
    async with app.run_test(size=(100, 24)) as pilot:
        for name, mode in (("1 Data", "data"), ("4 Train", "train"), ("6 Runs", "runs"), ("2 Model", "model")):
            await click_on(app, pilot, Places, name)
            assert app.current_mode == mode
        await click_on(app, pilot, Keys, "a add")
        assert isinstance(app.screen, AddLayer)
        await pilot.click(OptionList, offset=(3, 0))
        assert len(app.draft.layers) == 4
        await click_on(app, pilot, Keys, "undo")
        assert len(app.draft.layers) == 3
        await pilot.click(LayerList, offset=(5, 2))
        assert app.screen.cursor == 1
        await click_on(app, pilot, Keys, "help")
        assert isinstance(app.screen, HelpScreen)


async def test_the_mouse_answers_dialogs_and_closes_what_is_open(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1))
        await pilot.pause()
        await pilot.press("q")
        assert isinstance(app.screen, Dialog)
        await click_on(app, pilot, "#keys", "back")
        assert not isinstance(app.screen, Dialog)
        await pilot.press("a")
        await click_on(app, pilot, "#keys", "cancel")
        assert not isinstance(app.screen, AddLayer)
        await pilot.press("f1")
        box = app.screen.query_one("#box").region
        await pilot.click(offset=(box.right - 5, box.bottom - 1))
        await pilot.pause()
        assert not isinstance(app.screen, HelpScreen)


def test_a_name_stands_for_one_action():
    actions: dict[str, set[str]] = {}
    for bound in every():
        actions.setdefault(bound.id, set()).add(bound.binding.action)
    assert {name: found for name, found in actions.items() if len(found) > 1} == {}
