"""What the screens cost while the baseline trains: ``python -m tests.bench.screens``. Takes about six minutes.

Printed with its budget: the lag of the event loop, bytes to the terminal (idle, live, with --slow), the memory of the
UI process, and how fast training goes with screens attached against without, in turn within one run, so that a noisy
machine disturbs both alike. What noise leaves unsure, the UI's own use of the CPU says. Nothing is asserted: a noisy
machine decides.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from engine.runs.events import Finished, Progress
from engine.runs.journal import Tail
from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient
from tests.e2e.terminal import Terminal
from tui.app import NNPlay

ROUNDS = 12
SETTLE_SECONDS, ROUND_SECONDS = 1.0, 8.0
WINDOW_SECONDS = 15.0
TICK_SECONDS = 0.005
BATCH = 32
SIZE = 120, 40
NNPLAY = str(Path(sys.executable).with_name("nnplay"))
BUDGETS = {"idle": 0.05, "live": 15.0, "slow": 5.0}  # KB/s
LAG_MS, MEMORY_MB, SHARE = 50.0, 150.0, 0.95


class Lagging(NNPlay):
    """The app, which keeps how late its event loop comes back to it."""

    def on_mount(self) -> None:
        self.lags: list[float] = []
        self.run_worker(self._measure(), name="lag")

    async def _measure(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self.lags.append(time.perf_counter() - began - TICK_SECONDS)


def run_lagging(file: str) -> None:
    """Be the app in another process; write its lags when it is left."""
    app = Lagging(load("notes-baseline"))
    app.run()
    Path(file).write_text("\n".join(map(str, app.lags)))


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNPLAY_HOME"] = home
        idle()
        client = EngineClient()
        client.connect()
        run = create(check(with_settings(load("notes-baseline"), ["fit.epochs=10000"])).experiment_or_raise())
        client.ask("start", run.path)
        tail = run.tail()
        while not any(isinstance(event, Progress) and event.epoch > 2 for event in tail.read()):
            time.sleep(0.1)
        live("live", [NNPLAY])
        live("slow", [NNPLAY, "--slow"])
        lag(Path(home, "lags"))
        share(tail)
        client.ask("stop", run.path)
        while not any(isinstance(event, Finished) for event in tail.read()):
            time.sleep(0.1)
        client.close()


def idle() -> None:
    with Terminal([NNPLAY], *SIZE) as terminal:
        terminal.wait_for("● ")
        time.sleep(2)
        say_bytes("idle", terminal)
        leave(terminal)


def live(name: str, command: list[str]) -> None:
    with watching(command) as terminal:
        time.sleep(3)
        say_bytes(name, terminal)
        status = Path(f"/proc/{terminal.process.pid}/status").read_text()
        megabytes = int(status.partition("VmRSS:")[2].split()[0]) / 1024
        say(f"memory, {name}", megabytes, "MB", MEMORY_MB)
        leave(terminal)


def lag(file: Path) -> None:
    code = f"from tests.bench.screens import run_lagging; run_lagging({str(file)!r})"
    with watching([sys.executable, "-c", code]) as terminal:
        time.sleep(WINDOW_SECONDS)
        leave(terminal)
    lags = [1000 * float(line) for line in file.read_text().split()]
    after = lags[len(lags) // 4 :]  # the first second opens the screens
    p95 = statistics.quantiles(after, n=20)[-1]
    say("event loop's lag, 95th percentile", p95, "ms", LAG_MS)
    print(f"    median {statistics.median(after):.1f} ms, worst {max(after):.0f} ms")


def share(tail: Tail) -> None:
    """Compare how fast it trains with screens and without, in turn."""
    pairs, used = [], 0.0
    for _ in range(ROUNDS):
        without = speed(tail)
        with watching([NNPLAY]) as terminal:
            before = psutil.Process(terminal.process.pid).cpu_times()
            with_screens = speed(tail)
            after = psutil.Process(terminal.process.pid).cpu_times()
            used += after.user + after.system - before.user - before.system
            leave(terminal)
        pairs.append((with_screens, without))
    ratios = [attached / headless for attached, headless in pairs]
    columns = list(zip(*pairs, strict=True))
    attached, headless = map(statistics.median, columns)
    sum_of_attached, sum_of_headless = map(sum, columns)
    print(
        f"training {headless:,.0f} images/s without screens, {attached:,.0f} with: "
        f"from {min(ratios):.3f} to {max(ratios):.3f}; all rounds together {sum_of_attached / sum_of_headless:.3f}; "
        f"the screens use {100 * used / (ROUNDS * (SETTLE_SECONDS + ROUND_SECONDS)):.1f} % of a core"
    )
    say("with screens against without, median", statistics.median(ratios), "", SHARE, least=True)


def speed(tail: Tail) -> float:
    """Return the images a second over the next seconds, validation and checkpoints included."""
    time.sleep(SETTLE_SECONDS)
    tail.read()
    time.sleep(ROUND_SECONDS)
    events = [event for event in tail.read() if isinstance(event, Progress)]
    return BATCH * (events[-1].step - events[0].step) / (events[-1].time - events[0].time)


def watching(command: list[str]) -> Terminal:
    """Open the screens on the run that trains."""
    terminal = Terminal(command, *SIZE)
    terminal.wait_for("notes-baseline-1")
    terminal.press("4")
    terminal.wait_for("loss by", "img/s")
    time.sleep(1)
    return terminal


def leave(terminal: Terminal) -> None:
    terminal.press("q", "k", pause=0.3)
    terminal.process.wait(10)


def say_bytes(name: str, terminal: Terminal) -> None:
    before = terminal.sent
    time.sleep(WINDOW_SECONDS)
    say(f"bytes to the terminal, {name}", (terminal.sent - before) / 1024 / WINDOW_SECONDS, "KB/s", BUDGETS[name])


def say(what: str, value: float, unit: str, budget: float, *, least: bool = False) -> None:
    bound = "at least" if least else "at most"
    print(f"{what:40} {value:8.2f} {unit:5} {bound} {budget:g}: {value / budget:.2f} of it", flush=True)


if __name__ == "__main__":
    main()
