"""How many steps to make in one call: as many as take about a tenth of a second, found by measuring."""

from __future__ import annotations

TARGET_SECONDS = 0.1
"""Long enough that calling costs nothing, short enough that pause and stop feel immediate."""


class Pace:
    """Begins with one step a chunk and at most doubles, so the first, steep part of the loss curve is drawn finely."""

    def __init__(self) -> None:
        self.steps = 1

    def measured(self, steps: int, seconds: float) -> None:
        """Learn from a chunk of ``steps`` that took ``seconds``. Leave out chunks that compiled something."""
        fitting = int(steps * TARGET_SECONDS / max(seconds, 1e-6))
        self.steps = max(1, min(fitting, 2 * self.steps))
