"""The whole histories of some runs, to draw their curves: what was read stays, and only what is new is read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.journal import Tail

MOST_KEPT = 50
"""Histories that stay in memory; the oldest go first. A long one has thousands of points."""


class Histories:
    """Histories by run. For one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[RunDirectory, tuple[Tail, int, History]] = {}

    def of(self, runs: Sequence[RunDirectory]) -> dict[RunDirectory, History]:
        """Return the histories of runs as far as they are by now; one that cannot be read is left out."""
        found: dict[RunDirectory, History] = {}
        for run in runs:
            with suppress(OSError):
                found[run] = self._history(run)
        return found

    def _history(self, run: RunDirectory) -> History:
        tail, beginnings, history = self._known.pop(run, (run.tail(), 0, History()))
        events = tail.read_all()
        if tail.beginnings != beginnings:  # another file took the place of the first
            history = History()
        history = history.after(events)
        self._known[run] = tail, tail.beginnings, history
        while len(self._known) > MOST_KEPT:
            del self._known[next(iter(self._known))]
        return history
