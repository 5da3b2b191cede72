"""Keys that come in one burst, as a slow line brings them."""

from __future__ import annotations

import asyncio

import pytest
from textual.events import Key, Paste

from tests.tui import runs
from tests.tui.busy import a_busy_machine, typed
from tests.tui.conftest import followed
from tests.tui.settings.test_preferred import app_with
from tui.screens.add_layer import AddLayer
from tui.screens.dialog import Dialog
from tui.terminal.parser import Parser

AT_WORK = runs.training(1.5)
NAMES = {"enter": "\r", "escape": "\x1b"}


async def burst(app, pilot, *events):
    """Have all of this read at once, then wait until nothing is under way."""
    for event in events:
        app.post_message(Key(event, NAMES.get(event, event)) if isinstance(event, str) else event)
    await followed(pilot)


def read(text):
    """What a terminal sends, as it is read."""
    parser = Parser()
    return [event for each in (text, "") for event in parser.feed(each)]


async def test_a_layer_is_added_and_edited_in_one_burst(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(app, pilot, "a", *"dense", "enter", "enter", *"64", "escape", "d")
        layers = [layer.get("units") for layer in app.draft.layers]
        assert layers == [None, 64, 64, 128, 10], layers


@pytest.mark.parametrize("sign", [*"2tq /=+-?:", "\r"])
def test_escape_and_a_key_that_come_at_once_are_two(sign):
    (key,) = read(f"\x1b{sign}")
    escape, other = key.apart()
    (alone,) = read(sign)
    assert (escape.key, other.key, other.character) == ("escape", alone.key, alone.character)


@pytest.mark.parametrize(
    ("sent", "key"), [("\x1b[A", "up"), ("\x1bOP", "f1"), ("\x1bf", "ctrl+right"), ("\x1b", "escape")]
)
def test_sequences_stay_what_they_are(sent, key):
    assert [each.key for each in read(sent)] == [key]


async def test_escape_leaves_a_field_before_the_key_that_came_with_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab", "tab")
        await burst(app, pilot, *read("7\x1b2\x1ba"))
        assert app.draft.check.experiment.learning_rate == 7
        assert isinstance(app.screen, AddLayer)


async def test_an_alt_key_that_a_person_has_set_is_one():
    app = app_with('keys = { "go.data" = "alt+d" }')
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(app, pilot, *read("\x1bd"))
        assert app.current_mode == "data"
        assert len(app.draft.layers) == 3


async def test_a_paste_comes_after_the_key_before_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(app, pilot, "a", Paste("dense"), "enter")
        assert app.draft.layers[1]["type"] == "dense"
        assert len(app.draft.layers) == 4


async def test_a_key_after_one_whose_place_is_gone_still_comes(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(app, pilot, "a", "escape", "3", "1", "2", "a", "escape", "s")
        assert type(app.screen).__name__ == "Summary"


@pytest.mark.parametrize("pause", [0.0, 0.12])
async def test_a_knob_is_found_by_its_name_and_typed_on_a_busy_machine(app, pause):
    async with app.run_test(size=(80, 24)) as pilot, a_busy_machine():
        await typed(app, pilot, "ctrl+p", *"learning", "enter", *"0.7", pause=pause)
        assert app.current_mode == "compile"
        assert app.draft.table(("compile", "optimizer"))["learning_rate"] == 0.7
        # From one form to another, and to a layer of the place that one has left.
        await typed(
            app, pilot, "ctrl+p", *"layer 2 units", "enter", *"77", "ctrl+p", *"epochs", "enter", *"6", pause=pause
        )
        assert app.draft.table(("fit",))["epochs"] == 6
        assert 77 in [layer.get("units") for layer in app.draft.layers]


async def test_the_palette_runs_what_was_typed_and_not_what_the_list_held_before(app):
    async with app.run_test(size=(80, 24)) as pilot, a_busy_machine():
        await typed(app, pilot, "ctrl+p", *"go: runs", "enter", pause=0.0)
        assert app.current_mode == "runs"


async def test_keys_wait_for_a_question_that_needs_a_disk_and_then_answer_it(app):
    async def find_forks(run):
        await asyncio.sleep(0.8)
        app.tell("A question", "of the disk")

    async with app.run_test(size=(80, 24)) as pilot:
        app._session.find_forks = find_forks
        app._session.tell(*AT_WORK)
        await pilot.press("4")
        await burst(app, pilot, "f", "escape", "2")
        assert app.current_mode == "model"
        assert not isinstance(app.screen, Dialog)


async def test_keys_that_wait_long_say_so_and_ctrl_c_forgets_them(app):
    async def find_forks(run):
        await asyncio.sleep(3600)

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._session.find_forks = find_forks
        app._session.tell(*AT_WORK)
        await pilot.press("4")
        for key in "f12":
            app.post_message(Key(key, key))
        while not app._notifications:
            await asyncio.sleep(0.05)
        assert [each.message for each in app._notifications] == [
            "2 keys wait until the one before is done. ^c forgets them."
        ]
        app.post_message(Key("ctrl+c", None))
        await followed(pilot)
        assert app.current_mode == "train"
        assert app.is_running
        assert "2 keys are forgotten." in [each.message for each in app._notifications]


async def test_that_keys_wait_is_said_once_while_it_can_be_read_however_many_are_slow(app, monkeypatch):
    monkeypatch.setattr("tui.terminal.typing_ahead.SAID_SECONDS", 0.0)
    monkeypatch.setattr("tui.terminal.typing_ahead.WATCH_SECONDS", 0.02)

    async def find_forks(run):
        await asyncio.sleep(0.2)

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._session.find_forks = find_forks
        app._session.tell(*AT_WORK)
        await pilot.press("4")
        for key in "ffff":
            app.post_message(Key(key, key))
        await asyncio.sleep(0.1)
        await followed(pilot)
        assert len([each for each in app._notifications if "until the one before is done" in each.message]) == 1
