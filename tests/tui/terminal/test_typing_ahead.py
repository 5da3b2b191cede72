"""Keys that come in one burst, as a slow line brings them."""

from __future__ import annotations

from textual._xterm_parser import XTermParser
from textual.events import Key

from tests.tui.conftest import followed
from tui.screens.add_layer import AddLayer

NAMES = {"enter": "\r", "escape": "\x1b"}


async def burst(app, pilot, *keys):
    """Have all these keys read at once, then wait until nothing is under way."""
    for key in keys:
        app.post_message(Key(key, NAMES.get(key, key.removeprefix("alt+"))))
    await followed(pilot)


async def test_a_layer_is_added_and_edited_in_one_burst(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(app, pilot, "a", *"dense", "enter", "enter", *"64", "escape", "d")
        layers = [layer.get("units") for layer in app.draft.layers]
        assert layers == [None, 64, 64, 128, 10], layers


async def test_escape_and_a_letter_are_no_alt_key(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab")
        await burst(app, pilot, "alt+2", "alt+a")
        assert isinstance(app.screen, AddLayer)


async def test_a_key_after_one_whose_place_is_gone_still_comes(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(app, pilot, "a", "escape", "3", "1", "2", "a", "escape", "s")
        assert type(app.screen).__name__ == "Summary"


def test_escape_and_a_digit_are_no_sign():
    parser = XTermParser()
    keys = [event.key for text in ("4\x1b3", "") for event in parser.feed(text) if isinstance(event, Key)]
    assert keys == ["4", "alt+3"]
