"""A stranger's file that would steer the terminal is opened in all places: only what nnplay itself may send is sent."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from engine.shown import STEERING
from tests.e2e.program import NNPLAY
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow
EVIL = r"\u001b]0;PWNED\u0007\u001b[2J\u009b31m\u202ex\u2028"
FILE = rf"""
format = 1
name = "{EVIL}"
"{EVIL}" = 1
[data]
source = "{EVIL}"
[[model.layers]]
type = "flatten"
[[model.layers]]
type = "{EVIL}"
[[model.layers]]
type = "dense"
units = "{EVIL}"
activation = "{EVIL}"
[compile.optimizer]
type = "{EVIL}"
[compile.loss]
type = "{EVIL}"
"""
OURS = re.compile(
    r"""
      \x1b\[ (?: [\d;]* [HGm] | \?(?:1049|1000|1003|1015|1006|1016|25|1004|2004|2048|2026|7)[hl]
               | [<>]\d*u | \?(?:2026|2048)\$p )
    | \x1b\]22;[a-z-]+\x07       # the pointer's shape
    | \r?\n                      # at the end, before what is said of a run
    """,
    re.VERBOSE,
)
"""Moves and colours; modes that are switched, and asked for."""


def test_nothing_is_sent_but_what_nnplay_sends_itself(tmp_path: Path):
    file = tmp_path / "evil.toml"
    file.write_text(FILE)
    with Terminal([*NNPLAY, "--open", str(file)], 120, 40) as terminal:
        terminal.wait_for("[2 Model]", "PWNED")
        for keys, words in (
            (("down", "down", "enter"), "esc"), (("escape", "1"), "[1 Data]"), (("tab",), "esc"), (("tab",), "esc"),
            (("escape", "3"), "[3 Compile]"), (("tab", "enter"), "esc"), (("escape", "escape", "c"), "[3 Compile]"),
            (("4",), "[4 Train]"), (("t",), "[4 Train]"), (("escape", "6"), "[6 Runs]"), (("2", "f1"), "help"),
            (("escape", "\x10"), "Search"),
        ):  # fmt: skip
            terminal.press(*keys)
            terminal.wait_for(words)
        terminal.press("escape", "escape", "q")
        terminal.wait_until(lambda: terminal.process.poll() is not None or "quit" in terminal.text, "an answer")
        sent = terminal.raw.decode()
    left = OURS.sub("", sent)
    steering = {character for character in left if unicodedata.category(character) in STEERING}
    where = min((left.index(character) for character in steering), default=0)
    assert not steering, left[max(where - 60, 0) : where + 60]
    assert "PWNED" in left
