"""Which checkpoints a run keeps: the last and the one before it, the best, and every n-th epoch."""

from __future__ import annotations

from pathlib import Path

from engine.runs import saved as file
from engine.runs.directory import RunDirectory
from engine.runs.saved import Saved


def after_epoch(run: RunDirectory, saved: Saved, *, best: bool) -> list[str]:
    """Write what an epoch leaves behind, and return the names of the files.

    Args:
        run: whose files they are.
        saved: all state at the epoch's end.
        best: it is the best epoch so far.

    Raises:
        OSError: the disk is full or read-only; what was there is unharmed.
    """
    knobs = saved.experiment.checkpoint
    written: list[Path] = []

    def keep(path: Path) -> None:
        if written:
            file.copy(written[0], path)
        else:
            file.write(path, saved)
        written.append(path)

    # The last comes last: were it killed before, the epoch would be made once more, and so would these.
    if best:
        keep(run.best)
    if knobs.every_epochs and saved.epoch % knobs.every_epochs == 0:
        keep(run.of_epoch(saved.epoch))
    if not knobs.save_best_only:
        _step_back(run)
        keep(run.last)
    return [path.name for path in written]


def now(run: RunDirectory, saved: Saved) -> None:
    """Write the last checkpoint, wherever training stands.

    Raises:
        OSError: the disk is full or read-only; what was there is unharmed.
    """
    _step_back(run)
    file.write(run.last, saved)


def _step_back(run: RunDirectory) -> None:
    """Keep the last checkpoint as the one before the last: there is never a moment without one."""
    if run.last.exists():
        file.copy(run.last, run.previous)
