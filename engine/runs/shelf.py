"""All runs with what was asked of each: how they are, what sets them apart, what a query can ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.runs.apart import Apart, Family
from engine.runs.asked import Asked
from engine.runs.library import Library, Overview
from engine.runs.query import Knobs, Query, knobs_of
from engine.spec.experiment import Experiment


@dataclass(frozen=True)
class Known:
    """A run, and what is known of what was asked of it: nothing, as long as that was not read, or cannot be."""

    overview: Overview
    apart: Apart | None = None
    experiment: Experiment | None = None

    @cached_property
    def knobs(self) -> Knobs:
        """What a query compares; only a query needs it."""
        return knobs_of(self.experiment)

    def matches(self, query: Query) -> bool:
        """Say whether it fulfils a query."""
        return query.matches(self.overview, self.knobs)


class Shelf:
    """Looks at all runs again and again, and reads only what has changed. For one thread at a time."""

    def __init__(self) -> None:
        self._library = Library()
        self._asked = Asked()
        self._family = Family(self._asked)
        self._known: dict[Path, Known] = {}

    def look(self) -> list[Overview]:
        """Return all runs, the one that changed last first."""
        return self._library.look()

    def unread(self, overviews: Sequence[Overview]) -> bool:
        """Say whether there are runs whose experiments are still to be read, which takes a while."""
        return not all(self._asked.knows(each.run) for each in overviews)

    def remembered(self, overviews: Sequence[Overview]) -> list[Known]:
        """Return what is known of runs without reading what was asked of them."""
        self._family.meet(each.run for each in overviews)
        return [self.known(each) if self._asked.knows(each.run) else Known(each) for each in overviews]

    def read(self, overviews: Sequence[Overview]) -> list[Known]:
        """Return all that is known of runs, once what was asked of them is read."""
        self._family.meet(each.run for each in overviews)
        return [self.known(each) for each in overviews]

    def known(self, overview: Overview) -> Known:
        """Return what is known of one of them."""
        experiment = self._asked.experiment(overview.run)
        if experiment is None:
            return Known(overview)
        known = Known(overview, self._family.apart(overview.run, experiment), experiment)
        if known != self._known.get(overview.run.path):
            self._known[overview.run.path] = known
        return self._known[overview.run.path]  # with its knobs, where a query asked for them before
