"""The seconds of an epoch, pauses left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Counts the seconds of an epoch, pauses left out; a resumed epoch begins with those that it had."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._began = time.perf_counter() - seconds

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._began

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Do not count what happens meanwhile."""
        at = self.seconds
        try:
            yield
        finally:
            self._began = time.perf_counter() - at
