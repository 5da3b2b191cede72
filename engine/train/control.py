"""What a person asks of a training run while it runs. The trainer looks here between two chunks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

StopReason = Literal["stopped", "interrupted"]


class Stop(Exception):  # noqa: N818 - it is a wish, not an error
    """Leave the loops, save, and end."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason: StopReason = reason


class Control:
    """Pause, continue and stop. Callable from any thread; `checkpoint` only from the trainer's."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stop: StopReason | None = None

    def pause(self) -> None:
        """Wait after the current chunk."""
        with self._changed:
            self._paused = True

    def proceed(self) -> None:
        """Go on after a pause."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def stop(self, reason: StopReason = "stopped") -> None:
        """End after the current chunk, also out of a pause."""
        with self._changed:
            self._stop = reason
            self._changed.notify_all()

    def between_chunks(self, on_pause: Callable[[], None], on_continue: Callable[[], None]) -> None:
        """Wait while paused, and tell when waiting begins and ends.

        Raises:
            Stop: the run shall end here.
        """
        with self._changed:
            if self._paused and not self._stop:
                on_pause()
                self._changed.wait_for(lambda: self._stop or not self._paused)
                if not self._stop:
                    on_continue()
            if self._stop:
                raise Stop(self._stop)
