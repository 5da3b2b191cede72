"""What is told of the steps: each chunk at first, later the sum of some once a second, so that a long run stays short.

Ten events a second would be half a million in twelve hours, and every reader would have to wade through them. A mean of
ten chunks varies less than a chunk: that it may not look as if the model had learnt something, the lowest and the
highest of the chunks are told with it.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from engine.runs.events import Progress
from engine.train.loop import Sums

FINE_SECONDS = 180.0
"""So long each chunk is told: the beginning is looked at closely, and most runs are short."""
COARSE_SECONDS = 1.0
"""After that, about so often."""


class Gathering:
    """Gathers chunks until it is time to tell of them."""

    def __init__(self, metrics: list[str]) -> None:
        self._metrics = metrics
        self._told = -math.inf
        self._clear()

    def _clear(self) -> None:
        self._steps = self._timed_images = 0
        self._seconds = 0.0
        self._sums = Sums.none(len(self._metrics))
        self._rest: dict[str, Any] = {}
        self._chunks = 0
        self._low, self._high = (np.full(1 + len(self._metrics), math.nan) for _ in range(2))

    def add(self, steps: int, sums: Sums, seconds: float, **rest: Any) -> None:
        """Add a chunk.

        Args:
            steps: how many it had.
            sums: what they came to.
            seconds: how long it took; 0 where something was compiled, which says nothing about speed.
            rest: what the event says beside it, as it is after this chunk.
        """
        self._steps += steps
        self._sums = Sums(self._sums.images + sums.images, np.add(self._sums.values, sums.values))
        if seconds:
            self._timed_images, self._seconds = self._timed_images + sums.images, self._seconds + seconds
        self._rest = rest
        loss, _, *metrics = sums.means
        self._chunks += 1
        self._low, self._high = np.fmin(self._low, [loss, *metrics]), np.fmax(self._high, [loss, *metrics])

    def due(self, trained: float) -> bool:
        """Say whether it is time to tell, after so many seconds of training."""
        return trained < FINE_SECONDS or time.monotonic() - self._told >= COARSE_SECONDS

    def take(self) -> Progress | None:
        """Return what was gathered, and begin anew; None where that is nothing."""
        if not self._steps:
            return None
        loss, penalty, *metrics = self._sums.means
        event = Progress(
            **self._rest,
            steps=self._steps,
            loss=finite(loss),
            data_loss=finite(loss - penalty),
            penalty=finite(penalty),
            metrics=dict(zip(self._metrics, map(finite, metrics), strict=True)),
            spread=self._spread if self._chunks > 1 else {},
            images_per_second=self._timed_images / self._seconds if self._seconds else 0.0,
        )
        self._told = time.monotonic()
        self._clear()
        return event

    @property
    def _spread(self) -> dict[str, tuple[float, float]]:
        each = zip(["loss", *self._metrics], self._low.tolist(), self._high.tolist(), strict=True)
        return {name: (low, high) for name, low, high in each if math.isfinite(low) and math.isfinite(high)}


def finite(value: float) -> float | None:
    """Return a number as events hold it: None where it is not finite."""
    return value if math.isfinite(value) else None
