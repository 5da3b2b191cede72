"""The runs of this home."""

from __future__ import annotations

from engine import paths
from engine.runs.directory import RunDirectory


def newest() -> RunDirectory | None:
    """Return the run in which something happened last; None where there is none."""
    last: tuple[float, RunDirectory] | None = None
    try:
        for path in paths.runs().iterdir():
            run = RunDirectory(path)
            if run.events.is_file():
                changed = run.events.stat().st_mtime
                if last is None or changed > last[0]:
                    last = (changed, run)
    except OSError:
        return None  # no runs yet, or none that can be read: making one will say why
    return last[1] if last else None
