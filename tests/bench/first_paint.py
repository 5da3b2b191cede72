"""How soon the first screen is there, against importing Textual: ``python -m tests.bench.first_paint``.

Both are measured in turn, each in a new process, so that a noisy machine disturbs both alike. Budget: 2×. nnplay's own
modules are compiled by then, as Textual's are: an installer does it, or the first start.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.terminal import Terminal

ROUNDS = 9
BUDGET = 2.0
NNPLAY = [str(Path(sys.executable).with_name("nnplay"))]


def import_textual() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import textual.app"], check=True)
    return time.perf_counter() - began


def first_paint() -> float:
    began = time.perf_counter()
    with Terminal(NNPLAY, 80, 24) as terminal:
        while b"Dense 128 relu" not in terminal.raw:  # what the program sent: drawing it would be the test's own work
            time.sleep(0.002)
        seconds = time.perf_counter() - began
        terminal.press("q")
        terminal.process.wait(10)
    return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNPLAY_HOME"] = home
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        first_paint()  # leaves an engine that has read its files, so that the rounds are alike
        time.sleep(10)
        pairs = []
        for _ in range(ROUNDS):
            pairs.append((import_textual(), first_paint()))
            time.sleep(1)
    ratios = [paint / base for base, paint in pairs]
    base, paint = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import textual.app {base:.3f} s, first paint {paint:.3f} s")
    print(
        f"ratio: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}; budget {BUDGET}"
    )


if __name__ == "__main__":
    main()
