"""Run directories as training leaves them, made in a moment: events, checkpoints, locks."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.journal import Journal
from engine.runs.lock import Holder
from engine.runs.making import create
from engine.runs.saved import Saved
from engine.runs.standing import Standing
from engine.spec.check import check
from engine.spec.document import load, with_settings


def experiment(*settings: str):
    return check(with_settings(load("notes-baseline"), settings)).experiment_or_raise()


def make(*events, settings: tuple[str, ...] = (), folder: Path | None = None) -> RunDirectory:
    """Make a run in which this happened."""
    run = create(experiment(*settings), folder)
    append(run, *events)
    return run


def append(run: RunDirectory, *events) -> None:
    if events:
        with closing(Journal(run.events)) as journal:
            for event in events:
                journal.append(event)


def save(path: Path, asked, epoch: int, *, batches: int = 0, step: int | None = None, complete: bool = True) -> None:
    """Write a checkpoint at the end of an epoch, or within the one after it."""
    step = epoch * 1875 + batches if step is None else step
    standing = Standing(step=step, epoch=epoch + bool(batches), epochs_done=epoch, batches=batches)
    state = {"0000:kernel": np.full(3, step, np.float32)}
    saved.write(path, Saved(asked, standing, jit=True, weights=1, complete=complete, state=state))


def lock(run: RunDirectory, **changes) -> None:
    """Say that a process trains it; without a lock on the file, that process is gone."""
    run.lock.write_text(Holder.me(None).model_copy(update=changes).model_dump_json() + "\n")
