"""From TensorFlow being ready to both charts moving, and from a cold start: ``python -m tests.bench.first_move``.

Nothing is asserted: a noisy machine decides. The issue's wish is 2 s after TensorFlow is ready.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.terminal import Terminal

NNPLAY = [str(Path(sys.executable).with_name("nnplay"))]


def main() -> None:
    for columns, lines in ((80, 24), (120, 40)):
        with tempfile.TemporaryDirectory() as home:
            os.environ["NNPLAY_HOME"] = home
            began = time.perf_counter()
            with Terminal([*NNPLAY, "--start"], columns, lines) as terminal:
                terminal.wait_for("[4 Train]")
                painted = time.perf_counter()
                terminal.wait_for("● ")
                ready = time.perf_counter()
                half = columns // 2
                terminal.wait_until(lambda t=terminal, h=half, c=columns: t.braille(0, h) and t.braille(h, c), "charts")
                moving = time.perf_counter()
                terminal.wait_for("✓ Done")
                done = time.perf_counter()
                terminal.press("q")
                terminal.process.wait(10)
            print(
                f"{columns}×{lines}: first screen {painted - began:.2f} s, TensorFlow ready {ready - began:.2f} s, "
                f"both charts {moving - ready:+.2f} s after that, 5 epochs done {done - began:.2f} s"
            )


if __name__ == "__main__":
    main()
