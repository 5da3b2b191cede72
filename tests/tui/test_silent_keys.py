"""No key is silent: one that does nothing says so; and a sign stands for one key, a letter for one meaning."""

from __future__ import annotations

import pytest

from tui.settings.bindings import every


def said(app):
    return [note.message for note in app._notifications]


@pytest.mark.parametrize(
    ("way", "pressed"),
    [
        ("1", "home"), ("1", "enter"), ("3", "enter"), ("3", "end"), ("3", "w"), ("4", "enter"), ("4", "home"),
        ("6", "j"), ("2", "w"), ("2", "s f7"), ("2", "f1 j"), ("2", "ctrl+s tab ctrl+g"),
    ],
)  # fmt: skip
async def test_a_key_that_does_nothing_says_so(app, way, pressed):
    *before, key = pressed.split()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(way, *before, key)
        (text,) = (each for each in said(app) if "does nothing here" in each)
        assert text == f"{app.sign(key)} does nothing here. F1 lists the keys that do."


async def test_enter_in_a_field_says_what_it_took_and_how_one_goes_on(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("3", "tab", "tab", *"0.7", "enter")
        assert "learning rate: 0.7. tab goes on, esc leaves the field." in said(app)
        await pilot.press("backspace", "x", "enter")
        assert any("must be a number" in each for each in said(app))


async def test_whoever_comes_back_to_a_form_begins_at_its_first_knob(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "down", "down", "down", "escape", "2", "3", "down")
        first = next(iter(app.screen.query("Row")))
        assert app.focused is first.editor


@pytest.mark.parametrize(("key", "do"), [("r", {"resume"}), ("q", {"quit", "close"}), ("U", {"redo"})])
def test_a_letter_has_one_meaning(key, do):
    assert {bound.id.partition(".")[2] for bound in every() if key in bound.keys} == do


def test_a_sign_stands_for_one_key(app):
    for bound in every():
        signs = [app.get_key_display(each) for each in bound.binding.make_bindings([bound.binding])]
        assert len(set(signs)) == len(signs), bound.id
