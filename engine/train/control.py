"""What a person asks of a training run while it runs. The trainer looks here between two chunks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.spec.experiment import Experiment
from engine.spec.problem import Place

StopReason = Literal["stopped", "interrupted"]


class Stop(Exception):  # noqa: N818 - it is a wish, not an error
    """Leave the loops, save, and end."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason: StopReason = reason


class Ousted(Exception):  # noqa: N818 - it is a wish, too
    """Leave the loops and touch nothing: another process trains this run now."""


class Again(Exception):  # noqa: N818 - it is a wish, too
    """A wish came, and a pause or a stop, at a place where none can be fulfilled: go back to where they can."""


@dataclass(frozen=True)
class Turn:
    """Wish for another value of a knob."""

    place: Place
    value: float


@dataclass(frozen=True)
class SaveNow:
    """Wish for a checkpoint."""


Wish = Turn | SaveNow


class Control:
    """Pause, continue, stop and wishes. Callable from any thread; `heed` and `wait` only from the trainer's.

    Attributes:
        experiment: what is trained, with the changes made so far; None before it begins.
        trouble: what training waits for, where it can go on by itself; empty while all is well.
    """

    def __init__(self) -> None:
        self.experiment: Experiment | None = None
        self.trouble = ""
        self._changed = threading.Condition()
        self._paused = False
        self._stop: StopReason | None = None
        self._ousted = False
        self._wishes: list[Wish] = []

    @property
    def paused(self) -> bool:
        """A person wants it to wait."""
        return self._paused

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

    def oust(self) -> None:
        """End after the current chunk, without a word: another process trains this run now."""
        with self._changed:
            self._ousted = True
            self._changed.notify_all()

    def wish(self, wish: Wish) -> None:
        """Have something done after the current chunk, also in a pause."""
        with self._changed:
            self._wishes.append(wish)
            self._changed.notify_all()

    def heed(
        self,
        on_pause: Callable[[], None],
        on_continue: Callable[[], None],
        fulfil: Callable[[Wish], None] | None = None,
    ) -> None:
        """Do what is asked for: fulfil wishes, wait while paused, and tell when waiting begins and ends.

        Without ``fulfil``, wishes are left for the next time.

        Raises:
            Stop: the run shall end here, and no wish is open.
            Ousted: the run shall be left as it is.
            Again: there is a wish, and nothing to fulfil it, while it is paused or shall end.
        """
        waiting = False
        while True:
            with self._changed:
                if waiting:
                    self._changed.wait_for(lambda: self._ends or not self._paused or self._wishes)
                if self._ousted:
                    raise Ousted
                paused, wishes = self._paused, list[Wish]()
                if self._wishes and not fulfil and (paused or self._stop):
                    raise Again
                if fulfil:
                    wishes, self._wishes = self._wishes, []
                if self._stop and not wishes:
                    raise Stop(self._stop)
            # Outside the lock: they take their time, and nobody who asks for something else shall wait for them.
            for wish in wishes:
                fulfil(wish)  # type: ignore[misc]
            if wishes:
                continue  # a stop may have come with them
            if paused != waiting:
                (on_pause if paused else on_continue)()
                waiting = paused
            if not waiting:
                return

    def wait(self, seconds: float) -> None:
        """Wait for some time.

        Raises:
            Stop: the run shall end here.
            Ousted: the run shall be left as it is.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            self._changed.wait_for(lambda: self._ends, deadline - time.monotonic())
            if self._ousted:
                raise Ousted
            if self._stop:
                raise Stop(self._stop)

    @property
    def _ends(self) -> bool:
        return self._stop is not None or self._ousted
