"""The numbers of runs: each name counts its own, and none is given out twice, also when its run is gone.

A run that goes leaves a mark among the others, an empty file ``.gone-<name>-<n>``; of a name only the highest is kept.
To make one needs no lock, and where one is lost no more happens than that a number comes again.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MARK = ".gone-"
"""No name of a run begins so, and a file is no run."""


def claim(runs: Path, name: str) -> Path:
    """Make the directory of the next number of a name, and return it.

    Raises:
        OSError: it cannot be made.
    """
    number = max(_taken(runs, name), default=0) + 1
    while True:
        path = runs / f"{name}-{number}"
        try:
            path.mkdir()  # atomic: two programs never get the same one
        except FileExistsError:
            number += 1
        else:
            return path


def retire(path: Path) -> None:
    """Keep the number of a run from being given out again; to be called before its directory goes.

    Raises:
        OSError: no mark can be made.
    """
    name, _, number = path.name.rpartition("-")
    if not re.fullmatch(r"\d+", number, re.ASCII):
        return
    (path.parent / f"{MARK}{path.name}").touch()
    marks = _taken(path.parent, f"{MARK}{name}")
    for lower in marks - {max(marks)}:
        (path.parent / f"{MARK}{name}-{lower}").unlink(missing_ok=True)


def _taken(runs: Path, name: str) -> set[int]:
    """Return the numbers of a name that there are or were."""
    numbered = re.compile(rf"(?:{re.escape(MARK)})?{re.escape(name)}-(\d+)", re.ASCII)
    # Read twice: a run that goes while the folder is read the first time has left its mark before the second.
    there = [*os.listdir(runs), *os.listdir(runs)]  # noqa: PTH208 - names are all that is needed
    return {int(found[1]) for entry in there if (found := numbered.fullmatch(entry))}
