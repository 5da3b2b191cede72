"""How a run of twelve hours opens and is looked at on Train: ``python -m tests.bench.long_run``.

It has 100,000 events. Opening is measured from asking for the run until both charts show its last step, and held
against reading the file and having ``json`` parse it. Then one zooms, pans and moves the cursor: how long does it take
to draw both charts anew, and how long does the event loop hear nothing? Budget: open within 2 s, no lag that is felt.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from engine.runs.directory import RunDirectory
from engine.runs.events import CheckpointSaved, Epoch, Finished, Progress
from engine.runs.standing import Best
from engine.spec.document import load
from tests.tui import made
from tests.tui.runs import STARTED
from tui.app import NNPlay
from tui.session import Session
from tui.widgets.chart import Chart

EVENTS = 100_000
EPOCHS = 400
SIZE = (120, 40)
ROUNDS = 3
BUDGET_SECONDS = 2.0
NAME = "sparse_categorical_accuracy"


class OnlyFollowing(Session):
    """Reads runs, and starts no engine: TensorFlow's import would disturb what is measured."""

    async def engine(self) -> None:
        """Find no engine."""


def make_run(home: Path) -> RunDirectory:
    """Write twelve hours."""
    source, confusion = random.Random(1), ((600,) * 10,) * 10
    per_epoch = EVENTS // EPOCHS - 3
    steps = per_epoch * 100
    run = made.make(STARTED.model_copy(update={"epochs": EPOCHS, "steps_per_epoch": steps}), folder=home / "runs")
    with run.events.open("ab") as file:
        for index in range(EPOCHS * per_epoch):
            step, epoch = (index + 1) * 100, index // per_epoch + 1
            loss = 0.2 + 2 / (1 + index / 50) + 0.05 * source.random()
            happened = [
                Progress(
                    time=index, step=step, epoch=epoch, steps=100, loss=loss, data_loss=loss - 0.01, penalty=0.01,
                    metrics={NAME: 1 - loss / 3}, images_per_second=1e5, learning_rate=0.001,
                )
            ]  # fmt: skip
            if step % steps == 0:
                figures = {"loss": loss + 0.02, NAME: 0.95 - loss / 3}
                best = Best(epoch=epoch, accuracy=figures[NAME], loss=figures["loss"])
                happened += [
                    Epoch(
                        time=index, step=step, epoch=epoch, train=figures, validation=figures, confusion=confusion,
                        seconds=108.0, trained=108.0 * epoch, best=best,
                    ),
                    CheckpointSaved(time=index, step=step, epoch=epoch, file="best.npz", best=True),
                    CheckpointSaved(time=index, step=step, epoch=epoch, file="last.npz"),
                ]  # fmt: skip
            file.write(b"".join(event.model_dump_json().encode() + b"\n" for event in happened))
    made.append(run, Finished(time=43_200, step=EPOCHS * steps, epoch=EPOCHS, reason="completed"))
    return run


def parse(run: RunDirectory) -> float:
    """Return the seconds that reading the file and parsing its lines take."""
    began = time.perf_counter()
    lines = [json.loads(line) for line in run.events.read_bytes().splitlines()]
    assert len(lines) >= EVENTS
    return time.perf_counter() - began


async def drawn(app: NNPlay) -> None:
    """Wait until the charts have drawn all that there is."""
    while True:
        await asyncio.sleep(0.005)
        history = app.snapshot.history
        charts = list(app.screen.query(Chart))
        done = all(
            chart._drawn and chart._drawn[0] == chart._key and chart._later is None
            and chart.view.saved == history.checkpoints
            for chart in charts
        )  # fmt: skip
        if history.finished and charts and done:
            return


async def measured(run: RunDirectory) -> tuple[float, list[float], list[float]]:
    """Return the seconds to open a run, those of each drawing, and the lags of the event loop meanwhile."""
    app = NNPlay(load("notes-baseline"), session=OnlyFollowing)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("4")
        await pilot.pause()
        began = time.perf_counter()
        app.open_run(run)
        await asyncio.wait_for(drawn(app), 60)
        opened = time.perf_counter() - began
        lags: list[float] = []

        async def listen() -> None:
            while True:
                before = time.perf_counter()
                await asyncio.sleep(0.005)
                lags.append(time.perf_counter() - before - 0.005)

        listening = asyncio.create_task(listen())
        draws = []
        keys = ["left", "plus", "left", "plus", "shift+left", "plus", "left", "m", "plus", "shift+right", "g", "right"]
        for key in [*keys, *["plus"] * 4, *["minus"] * 8, "e", "p", *["plus", "shift+left"] * 4, "0", "m", "m", "p"]:
            await pilot.press(key)
            await pilot.pause()
            for chart in app.screen.query(Chart):
                chart._drawn = None
            began = time.perf_counter()
            for chart in app.screen.query(Chart):
                chart.render()
            draws.append(time.perf_counter() - began)
        listening.cancel()
    return opened, draws, lags


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NNPLAY_HOME"] = folder
        run = make_run(Path(folder))
        print(f"{EVENTS:,} events, {run.events.stat().st_size / 1e6:.0f} MB, at {SIZE[0]}×{SIZE[1]}")
        ratios, opened, draws, lags = [], [], [], []
        for _ in range(ROUNDS):
            plain = parse(run)
            seconds, more, lag = asyncio.run(measured(run))
            ratios.append(seconds / plain)
            opened.append(seconds)
            draws += more
            lags += lag
    seconds = statistics.median(opened)
    print(f"opens in {seconds:.2f} s, {statistics.median(ratios):.2f} times as long as it takes to parse it as JSON")
    print(f"budget {BUDGET_SECONDS} s: {'kept' if seconds <= BUDGET_SECONDS else 'exceeded'}")
    print(f"both charts drawn anew: median {1000 * statistics.median(draws):.0f} ms, p95 {1000 * p95(draws):.0f} ms")
    print(f"lag of the loop meanwhile: p95 {1000 * p95(lags):.0f} ms, most {1000 * max(lags):.0f} ms")


if __name__ == "__main__":
    main()
