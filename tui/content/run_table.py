"""The table of runs: its columns, what stands in them, and the order of its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from engine.runs.apart import SEPARATOR
from engine.runs.directory import RunDirectory
from engine.runs.library import Condition, Overview
from engine.runs.shelf import Known
from tui.words.clock import moment
from tui.words.run import SIGNS, figures, source, state

HEADINGS = ("name", "state", "val acc", "epochs", "params", "time", "changed", "differs")
NAME, STATE, ACCURACY, EPOCHS, PARAMETERS, TIME, CHANGED, DIFFERS = range(len(HEADINGS))
WORDS = (NAME, STATE, DIFFERS)
"""The columns of words, which stand to the left, and are sorted from a to z first; numbers from the largest first."""
SORTS = {heading.replace("val ", ""): column for column, heading in enumerate(HEADINGS)}
"""The columns by the names that a command takes."""
STATES = tuple(Condition)
"""As the table is sorted by them."""


@dataclass(frozen=True)
class Row:
    """A run as the table shows it: what is known of it, a text a column, and its place in the queue, or 0."""

    known: Known
    cells: tuple[str, ...]
    turn: int = 0

    @property
    def overview(self) -> Overview:
        """How the run is."""
        return self.known.overview

    @property
    def run(self) -> RunDirectory:
        """The run."""
        return self.overview.run

    @classmethod
    def of(cls, known: Known, apart: str, now: float, turn: int = 0) -> Row:
        """Put into words what is known of a run.

        Args:
            known: the run.
            apart: what sets it apart from the others.
            now: Unix seconds.
            turn: its place in the queue, or 0.
        """
        seen = known.overview
        cells = (seen.run.name, _state(seen, turn), *figures(seen.history), moment(seen.changed, now), apart)
        return cls(known, cells, turn)


def _state(overview: Overview, turn: int) -> str:
    """Return the sign and the word; where another machine trains it, that machine: there is not room for all."""
    if turn:
        return f"{state(overview)} {turn}"
    training = overview.condition is Condition.TRAINING
    return f"{SIGNS[overview.condition]} on {overview.host}" if overview.host and training else state(overview)


def differs(known: Sequence[Known]) -> list[str]:
    """Return what sets each of these runs apart, and what a person noted.

    What the fewest of them have stands first: there may not be room for all, and it tells them from each other.
    """
    parts = [_parts(each) for each in known]
    having = Counter(chain.from_iterable(parts))
    words = [SEPARATOR.join(sorted(each, key=having.__getitem__)) for each in parts]
    notes = [f'"{each.overview.note}"' if each.overview.note else "" for each in known]
    return [" ".join(filter(None, both)) for both in zip(words, notes, strict=True)]


def _parts(known: Known) -> tuple[str, ...]:
    first, knobs = known.overview.first, known.apart.parts if known.apart else ()
    return (*knobs, f"weights of {source(first)}") if first and source(first) else knobs


@dataclass(frozen=True)
class Order:
    """By which column the rows stand, and whether that is turned round. By none: those in progress, then the newest."""

    column: int | None = None
    turned: bool = False

    @property
    def next(self) -> Order:
        """By the next column; after the last, by none again."""
        column = 0 if self.column is None else self.column + 1
        return Order(column if column < len(HEADINGS) else None)

    @property
    def other_way(self) -> Order:
        """The same, turned round."""
        return replace(self, turned=not self.turned)

    def chosen(self, column: int) -> Order:
        """By a column; where it is that already, turned round."""
        return self.other_way if column == self.column else Order(column)

    @property
    def rising(self) -> bool:
        """The smallest, or what begins with a, stands first."""
        return (self.column in WORDS) != self.turned

    def heading(self, column: int) -> str:
        """Return the heading of a column, with a sign where the rows stand by it."""
        sign = ("↑" if self.rising else "↓") if column == self.column else ""
        return f"{HEADINGS[column]}{sign}"

    def of(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Return rows in this order; what has no value in the column stands last."""
        newest = sorted(rows, key=_newest, reverse=True)
        if self.column is None:
            return tuple(reversed(newest)) if self.turned else tuple(newest)
        keys = [(_key(row, self.column), row) for row in newest]
        there = [(key, row) for key, row in keys if key is not None]
        there.sort(key=lambda each: each[0], reverse=not self.rising)
        return tuple(row for _, row in there) + tuple(row for key, row in keys if key is None)


def _newest(row: Row) -> tuple[int, float, str]:
    """Return what puts first those in progress, the last to begin first, then the queue, then what changed last.

    Two runs that train at once change all the time: by that, they would change places all the time.
    """
    seen = row.overview
    if seen.condition.live:
        return 2, seen.began, seen.run.name
    if seen.condition is Condition.QUEUED:
        # By its turn, which people may change; in the queue of another engine, by when it was put there.
        return 1, -(row.turn or (seen.holder.since if seen.holder else 0.0)), seen.run.name
    return 0, seen.changed, seen.run.name


def _key(row: Row, column: int) -> Any:
    seen = row.overview
    history = seen.history
    match column:
        case 0:
            return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", seen.run.name)]
        case 1:
            return STATES.index(seen.condition)
        case 2:
            return history.best.accuracy if history.best else None
        case 3:
            return history.whole_epochs if history.started else None
        case 4:
            return history.started.parameters if history.started else None
        case 5:
            return history.epoch.trained if history.epoch and history.epoch.trained else None
        case 6:
            return seen.changed or None
    return row.cells[column].casefold() or None


def rows_of(known: Sequence[Known], now: float, queue: Sequence[str] = ()) -> tuple[Row, ...]:
    """Return runs as rows, at a time in Unix seconds.

    Args:
        known: the runs.
        now: Unix seconds.
        queue: the directories of those that wait, the next one first.
    """
    turns = {path: turn for turn, path in enumerate(queue, 1)}
    return tuple(
        Row.of(each, apart, now, turns.get(str(each.overview.run.path), 0))
        for each, apart in zip(known, differs(known), strict=True)
    )
