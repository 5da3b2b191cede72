"""The runs of this home."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from engine import paths
from engine.runs.directory import RunDirectory


def newest() -> RunDirectory | None:
    """Return the run in which something happened last; None where there is none."""
    events = _newest(run.events for run in _runs())
    return RunDirectory(events.parent) if events else None


def newest_checkpoint(name: str, *, besides: RunDirectory) -> Path | None:
    """Return the checkpoint of the newest other run of a name: its last or, if only that was kept, its best.

    None where there is none.
    """
    mine = re.compile(re.escape(name) + r"-\d+")
    others = (run for run in _runs() if mine.fullmatch(run.name) and run != besides)
    return _newest(run.last if run.last.is_file() else run.best for run in others)


def _runs() -> list[RunDirectory]:
    try:
        return [RunDirectory(path) for path in paths.runs().iterdir()]
    except OSError:
        return []  # no runs yet, or none that can be read: making one will say why


def _newest(files: Iterable[Path]) -> Path | None:
    """Return the file that was written last, of those that exist."""
    found: list[tuple[float, Path]] = []
    for file in files:
        with suppress(OSError):  # gone, or never there
            found.append((file.stat().st_mtime, file))
    return max(found)[1] if found else None
