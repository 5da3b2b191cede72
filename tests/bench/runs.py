"""How long ``nnplay runs`` takes for 1,000 runs, against its imports: ``python -m tests.bench.runs``.

Every tenth run has 100 epochs, the others 5; one in ten crashed. Both are measured in turn, each in a new process, so
that a noisy machine disturbs both alike: with no runs it takes as long as its imports. Budget: 1 s more than those.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.tui import made
from tests.tui.runs import DONE, training

RUNS = 1000
ROUNDS = 9
BUDGET_SECONDS = 1.0
NNPLAY = str(Path(sys.executable).with_name("nnplay"))


def make_runs(home: Path) -> None:
    long, short = training(100), training(5)
    for number in range(RUNS):
        events = long if number % 10 == 0 else short
        made.make(*events, *([] if number % 10 == 1 else [DONE]), folder=home / "runs")


def listing(home: Path, runs: int) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [NNPLAY, "runs"], env={**os.environ, "NNPLAY_HOME": str(home)}, capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - began
    assert done.stdout.count("notes-baseline-") == runs or not runs
    return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        empty, full = Path(folder, "empty"), Path(folder, "full")
        make_runs(full)
        listing(full, RUNS)  # the first reads the program and the runs from the disk
        pairs = [(listing(empty, 0), listing(full, RUNS)) for _ in range(ROUNDS)]
    ratios = [(both - base) / base for base, both in pairs]
    base, more = statistics.median(base for base, _ in pairs), statistics.median(both - base for base, both in pairs)
    print(f"imports {base:.3f} s, {RUNS:,} runs {more:.3f} s more; budget {BUDGET_SECONDS} s")
    print(f"ratio to the imports: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
