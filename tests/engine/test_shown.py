"""Text that would steer a terminal is written out; all other text stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runs.events import Failed, parse
from engine.shown import visible
from engine.spec.check import check
from engine.spec.toml import loads


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202eevil", "\\u202eevil"),
        ("Ψ — [red] ×2 \\x1b 服装", "Ψ — [red] ×2 \\x1b 服装"),
    ],
)
def test_control_characters_are_written_out(text, shown):
    assert visible(text) == shown


@given(st.text())
def test_what_is_shown_steers_nothing_and_is_shown_the_same_again(text):
    shown = visible(text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    assert visible(shown) == shown


def test_events_are_read_as_they_may_be_shown():
    line = Failed(time=1.0, why="x").model_dump_json().replace('"x"', '"\\u001b[2J[red]"')
    assert parse(line).why == "\\x1b[2J[red]"


def test_problems_quote_what_they_complain_about_harmlessly():
    document = loads('name = "\\u001b[2J"\n"\\u001b]0;x" = 1\n', "spec.toml")
    problems = [str(problem) for problem in check(document).problems]
    assert problems
    assert not any("\x1b" in problem for problem in problems)
