"""The files that drafts were saved in or opened from, wherever they lie: ``recent.json`` in the home, the newest first.

It spares a person some typing, and no more: where it is damaged or cannot be written, nothing is remembered.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from engine import disk, paths

NAME = "recent.json"
MOST = 20
"""So many are remembered."""
MOST_BYTES = 200_000


def files() -> list[Path]:
    """Return those that are still there, the newest first."""
    return [path for path in _remembered() if os.path.isfile(path)]  # noqa: PTH113 - where one may not look, there is none


def remember(path: Path) -> None:
    """Put a file first."""
    newest = [path, *(each for each in _remembered() if each != path)][:MOST]
    file = paths.home() / NAME
    with suppress(OSError, ValueError):  # ValueError: a name that is not text
        file.parent.mkdir(parents=True, exist_ok=True)
        with disk.replaced(file) as new:
            new.write(json.dumps([str(each) for each in newest], indent=1).encode())


def _remembered() -> list[Path]:
    try:
        told = json.loads(disk.read(paths.home() / NAME, MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return []
    names = [each for each in told if isinstance(each, str) and "\0" not in each] if isinstance(told, list) else []
    return [path for path in map(Path, names) if path.is_absolute()][:MOST]
