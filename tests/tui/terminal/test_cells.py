"""Strangers' text as cells: as wide as the screens take it to be, and nothing in it steers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.shown import STEERING
from tui.terminal.cells import cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dense 128", tuple("Dense 128")),
        ("字a", ("字", "", "a")),
        ("e\u0301a", ("e\u0301", "a")),
        ("\x1b[31mred\x07", tuple("[31mred")),
        ("\x9b2J\x7f", tuple("2J")),
        ("a\u202eb\u2028c\u200bd", tuple("abcd")),
        ("a\n\tb", tuple("ab")),
        ("a\xadb\ud800c\ue000", tuple("a?b?c?")),
        ("\u0301a", ("a",)),
        ("👩\u200d🚀a", ("👩", "", "a")),
        ("👍🏽a", ("👍", "", "a")),
        ("❤\ufe0fa", ("❤\ufe0f", "", "a")),
    ],
)
def test_a_text_in_cells(text, expected):
    assert cells(text) == expected


@given(st.text())
def test_it_is_as_wide_as_it_was_and_nothing_steers(text):
    found = cells(text)
    assert len(found) == cell_len(text)
    assert not {unicodedata.category(character) for cell in found for character in cell} & STEERING


@given(st.sampled_from("\x1b\x9b\x07\x7f\u202e\u2066\ud800"), st.text(max_size=5), st.text(max_size=5))
def test_what_steers_is_never_sent(steering, before, after):
    assert steering not in "".join(cells(before + steering + after))
