"""How many steps to make in one call: as many as take about a tenth of a second, found by measuring."""

from __future__ import annotations

import math

TARGET_SECONDS = 0.1
"""Long enough that calling costs nothing, short enough that pause and stop feel immediate."""


class Pace:
    """Begins with one step a chunk and at most doubles, so the first, steep part of the loss curve is drawn finely."""

    def __init__(self, steps: int = 1) -> None:
        """Begin with so many steps a chunk: 1, or what was found before a run was resumed."""
        self.steps = steps

    def next(self, left: int) -> int:
        """Return the length of the next chunk of ``left`` steps: what is left is shared out, so that no chunk is tiny.

        A mean over few steps would stand in the chart as a spike that means nothing.
        """
        return math.ceil(left / math.ceil(left / self.steps))

    def measured(self, steps: int, seconds: float) -> None:
        """Learn from a chunk of ``steps`` that took ``seconds``. Leave out chunks that compiled something."""
        fitting = int(steps * TARGET_SECONDS / max(seconds, 1e-6))
        self.steps = max(1, min(fitting, 2 * self.steps))
