"""The marked runs: each keeps the colour and the glyph that it got when it was marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.runs.directory import RunDirectory

LINES = 6
"""So many runs can be told apart in a chart; those that are marked beyond have no line."""


@dataclass(frozen=True)
class Marks:
    """Runs in the order of marking, each with its line, or None."""

    lines: tuple[tuple[RunDirectory, int | None], ...] = ()

    @property
    def runs(self) -> tuple[RunDirectory, ...]:
        """The marked runs."""
        return tuple(run for run, _ in self.lines)

    def __contains__(self, run: RunDirectory) -> bool:
        return run in self.runs

    def line(self, run: RunDirectory) -> int | None:
        """Return which line a run has."""
        return dict(self.lines).get(run)

    def toggled(self, run: RunDirectory) -> Marks:
        """Return the marks with a run marked, or not marked any more."""
        return self.among(each for each in self.runs if each != run) if run in self else self.with_all([run])

    def with_all(self, runs: Iterable[RunDirectory]) -> Marks:
        """Return the marks with these runs marked, too. A line that is free goes to the next."""
        there = dict(self.lines)
        free = iter(sorted(set(range(LINES)) - set(there.values())))
        new = [run for run in dict.fromkeys(runs) if run not in there]
        return Marks((*self.lines, *((run, next(free, None)) for run in new)))

    def among(self, runs: Iterable[RunDirectory]) -> Marks:
        """Return the marks of those runs only: those that are gone lose theirs."""
        there = set(runs)
        kept = tuple(each for each in self.lines if each[0] in there)
        return self if kept == self.lines else Marks(kept)

    def renamed(self, before: RunDirectory, after: RunDirectory) -> Marks:
        """Return the marks where a run has another name."""
        return Marks(tuple((after if run == before else run, line) for run, line in self.lines))
