"""The runs of this home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine import paths
from engine.runs.directory import RunDirectory


def newest() -> RunDirectory | None:
    """Return the run in which something happened last; None where there is none."""
    return _newest("*", lambda run: run.events)


def newest_checkpoint(name: str, *, besides: RunDirectory) -> Path | None:
    """Return the last checkpoint of the newest other run of this name; None where there is none."""
    found = _newest(f"{name}-*", lambda run: run.last, besides=besides)
    return found.last if found else None


def _newest(
    pattern: str, witness: Callable[[RunDirectory], Path], besides: RunDirectory | None = None
) -> RunDirectory | None:
    """Return the run whose witness, a file, was written last."""
    last: tuple[float, RunDirectory] | None = None
    try:
        for path in paths.runs().glob(pattern):
            run = RunDirectory(path)
            if run != besides and witness(run).is_file():
                changed = witness(run).stat().st_mtime
                if last is None or changed > last[0]:
                    last = (changed, run)
    except OSError:
        return None  # no runs yet, or none that can be read: making one will say why
    return last[1] if last else None
