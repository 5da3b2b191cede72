"""What a key costs within the process: ``python -m tests.bench.keys [80x24]``. CPU, layouts, paints, styled widgets.

Milliseconds of CPU are of this process alone, so they say something on a busy machine, too; nothing is sent to a
terminal and no engine runs. Medians of all keys of an action, in three apps, after one that warms up.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from typing import Any

from textual.events import Key
from textual.screen import Screen

from engine.spec.document import load
from engine.spec.draft import Draft
from tui.app import NNPlay
from tui.session import Session
from tui.sheets import Sheets
from tui.terminal.sparing import Sparing

APPS = 3
REST_SECONDS, REST_MS = 0.1, 4.0
"""Who uses less of a CPU in that time is done."""
COUNTED = ((Screen, "_refresh_layout", "layouts"), (Sparing, "_display", "paints"), (Sheets, "apply", "styled"))
ACTIONS = (
    ("first Compile", ("3",)),
    ("into Compile's form", ("tab",)),
    ("down, Compile's form", ("down",) * 8),
    ("up, Compile's form", ("up",) * 8),
    ("leave it", ("escape",)),
    ("first Data", ("1",)),
    ("Model again", ("2",)),
    ("Compile again", ("3",)),
    ("Data again", ("1",)),
    ("Model again", ("2",)),
    ("down, layers", ("down",) * 3),
    ("up, layers", ("up",) * 2),
    ("into Model's form", ("enter",)),
    ("down, Model's form", ("down",) * 6),
    ("up, Model's form", ("up",) * 6),
    ("a digit", ("5",)),
    ("backspace", ("backspace",)),
    ("leave it", ("escape",)),
    ("the palette", ("ctrl+p",)),
    ("close the palette", ("escape",)),
)
"""What is done in turn, each in the state that the one before it has left."""

Costs = dict[str, list[tuple[float, Counter[str]]]]


class NoEngine(Session):
    """A session whose engine never comes."""

    async def engine(self) -> None:
        await asyncio.sleep(3600)


def main() -> None:
    width, _, height = (sys.argv[1] if len(sys.argv) > 1 else "120x40").partition("x")
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNPLAY_HOME"] = home
        asyncio.run(measure((int(width), int(height))))


async def measure(size: tuple[int, int]) -> None:
    """Print what each action costs."""
    counts: Counter[str] = Counter()
    for owner, method, name in COUNTED:
        count(owner, method, name, counts)
    costs: Costs = defaultdict(list)
    await go_through(size, counts, defaultdict(list))
    gc.collect()
    gc.freeze()
    for _ in range(APPS):
        await go_through(size, counts, costs)
    for action, each in costs.items():
        said = (f"{statistics.median(counted[name] for _, counted in each):5g} {name}" for *_, name in COUNTED)
        print(f"{action:22} {statistics.median(used for used, _ in each):6.1f} ms of CPU {' '.join(said)}", flush=True)


def count(owner: type, method: str, name: str, counts: Counter[str]) -> None:
    """Count the calls of a method."""
    call = getattr(owner, method)

    def call_and_count(self: Any, *arguments: Any, **options: Any) -> Any:
        counts[name] += 1
        return call(self, *arguments, **options)

    setattr(owner, method, call_and_count)


async def go_through(size: tuple[int, int], counts: Counter[str], costs: Costs) -> None:
    """Do all actions in an app of their own."""
    app = NNPlay(Draft.new(load("notes-baseline")), session=NoEngine)
    async with app.run_test(size=size):
        await rested(app)
        for action, keys in ACTIONS:
            for key in keys:
                counts.clear()
                began = time.process_time()
                app.post_message(Key(key, key if len(key) == 1 else None))
                await rested(app)
                costs[action].append((1000 * (time.process_time() - began), counts.copy()))


async def rested(app: NNPlay) -> None:
    """Wait until nothing is done any more."""
    while True:
        await asyncio.sleep(REST_SECONDS)
        before = time.process_time()
        await asyncio.sleep(REST_SECONDS)
        if not app.behind and 1000 * (time.process_time() - before) < REST_MS:
            return


if __name__ == "__main__":
    main()
