"""Keys that come in one burst, as a slow line brings them."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste

from tests.tui.conftest import followed
from tests.tui.settings.test_preferred import app_with
from tui.screens.add_layer import AddLayer
from tui.terminal.parser import Parser

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
