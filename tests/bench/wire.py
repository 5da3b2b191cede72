"""What a key costs: ``python -m tests.bench.wire``. Bytes, changed cells and milliseconds. Takes about six minutes.

A terminal emulator stands between and counts the cells that differ when a key has done its work; what those alone would
have taken is said beside what was sent. The milliseconds go from the key to the last byte and are those of the whole
machine; how long the screens' process used a CPU says more on a noisy one. Nothing is asserted.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from dataclasses import dataclass

import psutil

from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient
from tests.bench.screens import NNPLAY, leave, say, watching
from tests.e2e.terminal import Terminal
from tui.terminal.looks import Look
from tui.terminal.pen import Pen

SIZES = (120, 40), (80, 24)
QUIET_SECONDS = 1.0
"""So long nothing is sent before a key counts as done."""
WINDOW_SECONDS = 15.0
MOST_SECONDS = 2.0
"""So long until the first byte."""
BLINK_BYTES = 120
"""As much at most does the cursor of a field send twice a second."""
LOOK_SECONDS, BUSY_MS = 0.25, 50.0
"""Who uses so much of a CPU in that time is not done, though nothing is sent: the first visit of a place takes long."""
KEY_BYTES, KEY_MS, AGAIN = 5000, 80.0, 1.5
LIVE_KB, SLOW_KB = 15.0, 5.0
COMPILE = ("3", *["tab"] * 2)
MODEL = ("2", "down", "enter")
KEYS = (
    ("cursor, Compile's form", COMPILE, ("down", "down", "down", "up", "up", "up")),
    ("cursor, Model's form", ("escape", *MODEL), ("down", "down", "down", "up", "up", "up")),
    ("a digit, Model's form", (), ("4", "backspace")),
    ("first visit of Data", ("escape",), ("1",)),
    ("places opened again", ("2", "3", "2", "1"), ("2", "3", "2", "1", "3", "1")),
    ("code beside the form", ("3",), ("c", "c", "c", "c")),
    ("the palette", (), ("\x10", "escape", "\x10", "escape")),
)
"""What is measured: its name, the keys on the way to it, its own keys."""


@dataclass(frozen=True)
class Cost:
    """What one key took.

    Attributes:
        sent: bytes to the terminal.
        changed: cells that differ afterwards.
        needed: bytes for these cells alone.
        milliseconds: until the last byte.
        cpu: milliseconds that the screens' process used a CPU.
    """

    sent: int
    changed: int
    needed: int
    milliseconds: float
    cpu: float


Cells = list[list[tuple[str, Look]]]


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNPLAY_HOME"] = home
        for columns, lines in SIZES:
            for name, command in (("", [NNPLAY]), (" --slow", [NNPLAY, "--slow"])):
                print(f"\n{columns}×{lines}{name}", flush=True)
                with Terminal(command, columns, lines) as terminal:
                    terminal.wait_for("101,770", "● ")
                    go_through(terminal, (columns, lines) == SIZES[0] and not name)
                    leave(terminal)
        train()


def go_through(terminal: Terminal, bound: bool) -> None:
    """Press all keys; say how they keep to the bounds, where they shall."""
    for name, way, keys in KEYS:
        for key in way:
            cost_of(terminal, key)
        costs = [cost_of(terminal, key) for key in keys]
        sent, changed, needed, shown, cpu = (
            statistics.median(values)
            for values in zip(*((c.sent, c.changed, c.needed, c.milliseconds, c.cpu) for c in costs), strict=True)
        )
        print(
            f"{name:24} {sent:7,.0f} bytes, {changed:5,.0f} cells changed, which need {needed:6,.0f} bytes; "
            f"{shown:4.0f} ms, {cpu:4.0f} ms of CPU",
            flush=True,
        )
        if bound and name.startswith("cursor"):
            say(name, sent, "bytes", KEY_BYTES)
            say(name, shown, "ms", KEY_MS)
        if bound and name.startswith("places"):
            say(name, sum(c.sent for c in costs) / max(sum(c.needed for c in costs), 1), "", AGAIN)


def cost_of(terminal: Terminal, key: str) -> Cost:
    """Press a key, and wait until nothing more is sent."""
    terminal.text  # noqa: B018 - has the emulator take what was sent before
    before, sent, used = seen(terminal), terminal.sent, cpu(terminal)
    began = last = rests = time.perf_counter()
    terminal.press(key, pause=0)
    now, worked, looked = sent, used, began
    while time.perf_counter() - rests < (QUIET_SECONDS if last > began else MOST_SECONDS):
        before_that, now = now, terminal.sent
        if now - before_that > (BLINK_BYTES if last > began else 0):
            last = rests = time.perf_counter()
        if time.perf_counter() - looked > LOOK_SECONDS:
            worked_before, worked, looked = worked, cpu(terminal), time.perf_counter()
            rests = looked if worked - worked_before > BUSY_MS else rests
        time.sleep(0.002)
    milliseconds = 1000 * (last - began)
    spent = cpu(terminal) - used
    terminal.text  # noqa: B018 - as above
    after = seen(terminal)
    places = [(x, y) for y, line in enumerate(after) for x, cell in enumerate(line) if cell != before[y][x] and cell[0]]
    pen = Pen()
    for x, y in places:
        signs, looks = zip(*after[y], strict=True)
        pen.write(x, y, signs, looks)
    return Cost(now - sent, len(places), len(pen.text().encode()), milliseconds, spent)


def seen(terminal: Terminal) -> Cells:
    """Return what a person sees: of a blank, not the colour of the sign that is not there."""
    screen = terminal.screen
    return [[_cell(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _cell(cell: object) -> tuple[str, Look]:
    sign, ink, paper, bold, italics, underscore, strike, reverse, blink = cell  # type: ignore[misc]
    switched = {"1": bold, "3": italics, "4": underscore, "5": blink, "7": reverse, "9": strike}
    attributes = tuple(code for code, on in switched.items() if on)
    blank = sign == " " and not (underscore or strike or reverse)
    return sign, Look(() if blank else attributes, "" if blank else colour(ink, 3), colour(paper, 4))


def colour(name: str, layer: int) -> str:
    """Return a colour of the emulator as a terminal is told it."""
    if name == "default":
        return ""
    try:
        return f"{layer}8;2;{';'.join(str(part) for part in bytes.fromhex(name))}"
    except ValueError:
        return f"{layer}7"


def cpu(terminal: Terminal) -> float:
    used = psutil.Process(terminal.process.pid).cpu_times()
    return 1000 * (used.user + used.system)


def train() -> None:
    """Look at a run that trains."""
    client = EngineClient()
    client.connect()
    run = create(check(with_settings(load("notes-baseline"), ["fit.epochs=10000"])).experiment_or_raise())
    client.ask("start", run.path)
    print(f"\n{SIZES[0][0]}×{SIZES[0][1]}, while it trains", flush=True)
    for name, command, bound in (("live", [NNPLAY], LIVE_KB), ("--slow", [NNPLAY, "--slow"], SLOW_KB)):
        with watching(command) as terminal:
            time.sleep(3)
            before, used = terminal.sent, cpu(terminal)
            time.sleep(WINDOW_SECONDS)
            say(f"training, {name}", (terminal.sent - before) / 1000 / WINDOW_SECONDS, "kB/s", bound)
            print(f"    {(cpu(terminal) - used) / 10 / WINDOW_SECONDS:.1f} % of a core")
            leave(terminal)
    client.ask("stop", run.path)
    client.close()


if __name__ == "__main__":
    main()
