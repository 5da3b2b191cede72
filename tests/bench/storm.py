"""A storm: terminals that are closed at random moments, in all places, in every way.

``python -m tests.bench.storm [NUMBER] [SEED]`` closes 200 and takes some ten minutes. Ten seconds later no process
of the screens may be left, and what trained trains on: a run trains in the one engine of the storm's home all the time,
and some of the screens ask for another, which waits behind it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from engine.runs.events import Progress
from engine.runs.lock import Whereabouts, whereabouts
from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient
from tests.e2e.terminal import KEYS, Terminal

NNPLAY = str(Path(sys.executable).with_name("nnplay"))
NUMBER, AT_ONCE = 200, 3
LEFT_SECONDS = 10.0
START_SECONDS = 60.0
ENDS = ("close", "term, close", "close, term", "hup", "term", "term, hup", "int", "quit, close", "kill", "stall, close",
        "stall, term, close", "resize, close", "close, cont", "q")  # fmt: skip
PLACES = {
    "start": [],
    "drawing": None,
    "data": ["1"],
    "model": ["2"],
    "compile": ["3"],
    "train": ["4"],
    "runs": ["6"],
    "code": ["2", "c"],
    "palette": ["\x10"],
    "a list": ["a"],
    "help": ["\x1bOP"],
    "a dialog": ["\x0f"],
    "an edit": ["2", "backspace"],
    "a form": ["3", "tab", "1", "2"],
    "another run": ["t", "enter"],
}
"""Keys that lead to where the terminal is closed; None presses all of them while it closes."""


@dataclass(frozen=True)
class Closed:
    """A terminal that was closed.

    Attributes:
        seed: of its choices.
        where: it was closed.
        how: it was.
        seconds: till its process was gone; infinite where that was not in time.
        status: of its exit.
    """

    seed: int
    where: str
    how: str
    seconds: float
    status: int | None


def close_one(seed: int) -> Closed:
    """Open the screens, go somewhere, and take the terminal away."""
    chance = random.Random(seed)
    where, how = chance.choice(list(PLACES)), chance.choice(ENDS)
    size = chance.choice([(80, 24), (120, 40)])
    with Terminal([NNPLAY], *size) as terminal:
        if where == "start":
            time.sleep(chance.uniform(0.0, 1.5))
        else:
            wait_for_screens(terminal)
            keys = PLACES[where]
            if keys is None:
                presser = threading.Thread(target=keep_pressing, args=(terminal, chance.randrange(1000)), daemon=True)
                presser.start()
                time.sleep(chance.uniform(0.1, 1.0))
            else:
                terminal.press(*keys, pause=chance.choice([0.0, 0.05, 0.2]))
                time.sleep(chance.uniform(0.0, 0.6))
        take_away(terminal, how, chance)
        began = time.monotonic()
        while terminal.process.poll() is None and time.monotonic() < began + LEFT_SECONDS:
            time.sleep(0.02)
        gone = terminal.process.poll() is not None
        return Closed(seed, where, how, time.monotonic() - began if gone else float("inf"), terminal.process.poll())


def wait_for_screens(terminal: Terminal) -> None:
    """Wait until something is drawn."""
    deadline = time.monotonic() + START_SECONDS
    while terminal.sent < 2000 and terminal.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def keep_pressing(terminal: Terminal, seed: int) -> None:
    """Go from place to place until nobody listens."""
    chance = random.Random(seed)
    try:
        while True:
            os.write(
                terminal.file, KEYS.get(key := chance.choice(["1", "2", "3", "4", "6", "down", "up"]), key).encode()
            )
            time.sleep(0.02)
    except OSError:
        return


def take_away(terminal: Terminal, how: str, chance: random.Random) -> None:
    """Do what `how` says, step by step, a moment apart or not."""
    for step in how.split(", "):
        match step:
            case "close":
                terminal.hang_up()
            case "stall":
                terminal.stop_reading()
                for key in "1234" * 20:
                    os.write(terminal.file, key.encode())
                    time.sleep(0.01)
            case "resize":
                for _ in range(20):
                    terminal.resize(chance.randrange(20, 200), chance.randrange(5, 60))
                    time.sleep(0.01)
            case "q":
                terminal.press("escape", "escape", "q", "k", "q", pause=0.2)
                if terminal.process.poll() is None:
                    terminal.hang_up()
            case name:
                terminal.process.send_signal(getattr(signal, f"SIG{name.upper()}"))
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0.0, 0.2))


def screens_left(home: str) -> list[int]:
    """Return the processes of this home's screens."""
    return [process.pid for process in of_home(home) if "engine.worker" not in " ".join(process.cmdline())]


def of_home(home: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("NNPLAY_HOME") == home and process.cmdline():
                yield process
        except psutil.Error:
            continue


def storm(number: int, seed: int, home: str, at_once: int = AT_ONCE) -> tuple[list[Closed], list[int], int]:
    """Close so many terminals of a home in which a run trains.

    Returns:
        What was closed, the processes that are left ten seconds later, and the steps that the run has made since.
    """
    client = EngineClient()
    client.connect(60.0)
    asked = ["name=storm", "fit.epochs=10000", "compile.jit_compile=off"]
    run = create(check(with_settings(load("notes-baseline"), asked)).experiment_or_raise())
    client.ask("start", run.path)
    tail = run.tail()
    wait_for_steps(tail)
    try:
        with ThreadPoolExecutor(at_once) as pool:
            closed = list(pool.map(close_one, range(seed, seed + number)))
        deadline = time.monotonic() + LEFT_SECONDS
        while screens_left(home) and time.monotonic() < deadline:
            time.sleep(0.2)
        left = screens_left(home)
        while tail.behind or tail.read():
            pass
        return closed, left, wait_for_steps(tail)
    finally:
        client.ask("clear")
        client.ask("stop", run.path)
        while whereabouts(run)[0] is Whereabouts.HERE:
            time.sleep(0.1)
        client.close()


def wait_for_steps(tail: object) -> int:
    """Wait until a run has made steps, and return how many it tells of; 0 where it makes none."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        steps = sum(event.steps for event in tail.read() if isinstance(event, Progress))  # type: ignore[attr-defined]
        if steps:
            return steps
        time.sleep(0.1)
    return 0


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"{number} terminals, seeds {seed} to {seed + number - 1}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["NNPLAY_HOME"] = home
        began = time.monotonic()
        closed, left, steps = storm(number, seed, home)
        crashes = list(Path(home, "crashes").glob("*"))
        for report in crashes:
            print(report.read_text())
    for each in closed:
        if each.seconds == float("inf"):
            print("LEFT", each)
    late = sorted((each for each in closed if each.seconds < float("inf")), key=lambda each: -each.seconds)[:3]
    print(f"closed in {time.monotonic() - began:.0f} s: {sorted(Counter(each.how for each in closed).items())}")
    print(f"where: {sorted(Counter(each.where for each in closed).items())}")
    print(f"exit statuses: {sorted(Counter(str(each.status) for each in closed).items())}")
    print(f"the slowest to go: {[(f'{each.seconds:.1f} s', each.where, each.how, each.seed) for each in late]}")
    print(f"screens left after {LEFT_SECONDS:.0f} s: {len(left)}; crash reports: {len(crashes)}")
    print(f"the run that trained has told of {steps} more steps since")
    sys.exit(1 if left or crashes or not steps else 0)


if __name__ == "__main__":
    main()
