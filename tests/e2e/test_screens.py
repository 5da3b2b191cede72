"""The screens in real terminals of every kind, all on one run that trains: sizes, poor terminals, a resize."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
import tomli_w

from engine.spec.document import load, with_settings
from tests.e2e.program import NNPLAY, SMALL
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow
COLOUR = re.compile(rb"[34]8;5;(\d+)")
"""One of the 256 that a slow line is sent."""
HUES = range(17, 231)
"""The others are greys."""
KINDS = {
    "linux": (80, 24, {"TERM": "linux", "COLORTERM": ""}),
    "lang-c": (80, 24, {"LANG": "C"}),
    "no-color, lc-all": (80, 24, {"NO_COLOR": "1", "LC_ALL": "C"}),
    "screen": (120, 40, {"TERM": "screen"}),
    "small, ascii-output": (40, 15, {"PYTHONIOENCODING": "ascii"}),
}


def go_through(terminal: Terminal) -> None:
    """Look at every place."""
    for key, words in (("1", "1 Data]"), ("2", "2 Model]"), ("3", "3 Compile]"), ("6", "6 Runs]"), ("4", "4 Train]")):
        terminal.press(key)
        terminal.wait_for(words)
        # Whatever the size: the way to help is on the last line.
        terminal.wait_until(lambda: "help" in terminal.text.splitlines()[-1], "the last line")


def test_one_run_in_terminals_of_every_kind(tmp_path: Path):
    settings = [setting for setting in SMALL if setting != "--set"]
    file = tmp_path / "long.toml"
    file.write_text(tomli_w.dumps(with_settings(load("notes-baseline"), [*settings, "fit.epochs=10000"])))
    with ExitStack() as stack:
        first = stack.enter_context(Terminal([*NNPLAY, "--open", str(file), "--start"], 80, 24))
        others = {  # slow: they leave the machine to each other
            name: stack.enter_context(Terminal([*NNPLAY, "--slow"], columns, lines, **environment))
            for name, (columns, lines, environment) in KINDS.items()
        }
        first.wait_for("img/s")
        for terminal in others.values():
            terminal.press("4")
            terminal.wait_for("4 Train]", "epoch ")
        resized_while_it_trains(first)
        first.press("space")  # from here on the machine is theirs
        first.wait_for("‖ Paused")

        for name, terminal in others.items():
            go_through(terminal)
            if name != "screen":
                assert terminal.text.isascii(), name
                assert terminal.text.replace("?", "") == terminal.text, name
            if name.startswith(("no-color", "small")):
                hues = any(int(number) in HUES for number in COLOUR.findall(terminal.raw))
                assert hues is name.startswith("small")

        for terminal in (*others.values(), first):
            terminal.press("q")
            terminal.wait_for("keep training")
            terminal.press("s" if terminal is first else "k")
            assert terminal.process.wait(20) == 0


def whole(terminal: Terminal) -> bool:
    """Say whether the frame is there, from the first line to the last."""
    first, *_, last = terminal.text.splitlines()
    return first.startswith(" nnplay") and "4 Train]" in first and last.startswith(" space pause") and "help" in last


def resized_while_it_trains(terminal: Terminal) -> None:
    for columns, lines in ((120, 40), (40, 15), (80, 24)):
        terminal.resize(columns, lines)
        terminal.wait_until(lambda: whole(terminal) and terminal.braille(0, columns), f"{columns}×{lines}")  # noqa: B023
        before = terminal.text
        terminal.wait_until(lambda before=before: terminal.text != before, "the numbers to move on")
    terminal.resize(30, 10)
    terminal.wait_for("30×10", "40×15")
    terminal.resize(80, 24)
    terminal.wait_for("4 Train]", "img/s")


@pytest.mark.parametrize("command", [["presets"], ["check", "notes-baseline"]])
def test_commands_print_ascii_where_nothing_else_can_be_written(command):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*NNPLAY, *command], env=environment, capture_output=True, check=True)
    assert done.stdout.isascii()
    assert b"?" not in done.stdout
