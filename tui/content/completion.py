"""A path that is half typed, completed from what lies on the disk. Slow where that is: called off the event loop."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.shown import visible

MOST_ENTRIES = 10_000
"""So many entries of a folder are looked at."""
MOST_NAMES = 8
"""So many candidates are named; of more it is said how many."""


@dataclass(frozen=True)
class Completion:
    """What a path can become.

    Attributes:
        text: the path, as far as it is clear.
        names: what would fit; folders end with a slash.
    """

    text: str
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The candidates, in a line."""
        more = len(self.names) - MOST_NAMES
        return "   ".join(map(visible, self.names[:MOST_NAMES])) + (f"   and {more:,} more" if more > 0 else "")


def complete(typed: str, ends: Sequence[str]) -> Completion:
    """Complete a path with a folder, or with a file whose name ends with one of these.

    What is typed stays as it is, a ``~`` in it too. Hidden names are found by their dot.
    """
    folder, _, begin = typed.rpartition("/")
    folder += "/" * ("/" in typed)
    names = tuple(sorted(_fitting(os.path.expanduser(folder) or ".", begin, tuple(ends))))  # noqa: PTH111 - no such user: as typed
    if typed == "~":
        return Completion("~/")
    common = os.path.commonprefix(names)  # noqa: RUF071 - of names, sign by sign
    return Completion(folder + common if len(common) > len(begin) else typed, names)


def _fitting(folder: str, begin: str, ends: tuple[str, ...]) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, MOST_ENTRIES):
                hidden = entry.name.startswith(".") and not begin.startswith(".")
                if not entry.name.startswith(begin) or hidden:
                    continue
                if entry.is_dir():
                    yield f"{entry.name}/"
                elif entry.name.endswith(ends):
                    yield entry.name
    except (OSError, ValueError):  # there is no such folder, or it may not be read: nothing fits; ValueError: a NUL
        return
