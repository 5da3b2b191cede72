"""From where a run can go on: its newest checkpoint that is whole, and the changes that were made after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.runs import saved
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import AnyEvent, Changed, Started
from engine.runs.library import Condition, Overview
from engine.runs.making import forkable
from engine.runs.saved import CheckpointError, DamagedError, Saved
from engine.shown import visible


def newest_whole(run: RunDirectory) -> tuple[Saved | None, str, list[str]]:
    """Return the newest checkpoint of a run that can be read whole. Damaged ones are put aside, under another name.

    Returns:
        What it holds, None where there is none; the name of its file; and what a person should know: which newer files
        are damaged.

    Raises:
        CheckpointError: one cannot be read now, or all hold weights only.
    """
    found: list[tuple[int, Path]] = []
    notes = list[str]()
    incomplete: Path | None = None
    for path in _all(run):
        try:
            heading = saved.read_heading(path)
        except DamagedError as error:
            notes.append(_put_aside(path, error))
        else:
            if heading.complete:
                found.append((heading.step, path))
            else:
                incomplete = path
    # Of equal ones, the first of all.
    for _, path in sorted(found, key=lambda each: -each[0]):
        try:
            return saved.read(path), path.name, notes
        except DamagedError as error:
            notes.append(_put_aside(path, error))
    if incomplete is not None:
        raise CheckpointError(f"{incomplete} holds weights only: {_WEIGHTS_ONLY}")
    return None, "", notes


_WEIGHTS_ONLY = "without the optimizer's state a run cannot go on as if nothing had happened"


def _all(run: RunDirectory) -> list[Path]:
    """Return the checkpoints that are there."""
    paths = (run.last, run.previous, run.best, *sorted(run.checkpoints.glob("epoch-*.npz")))
    return [path for path in paths if path.exists()]


def _put_aside(path: Path, error: DamagedError) -> str:
    """Give a damaged file another name, so that nothing takes it for a checkpoint; return what to say of it."""
    path.replace(path.with_name(path.name + ".damaged"))
    return f"passed over: {error}"


def later_changes(told: Sequence[AnyEvent], made: list[int]) -> list[Changed]:
    """Return the changes that people made and a checkpoint does not hold yet, in the order in which they are made."""
    changes = {event.number: event for event in told if isinstance(event, Changed) and event.number}
    return sorted(
        (event for number, event in changes.items() if number not in made), key=lambda event: (event.step, event.number)
    )


def first_start(told: Sequence[AnyEvent]) -> Started | None:
    """Return how a run was begun; None where it never was, or that cannot be read any more."""
    return next((event for event in told if isinstance(event, Started)), None)


def events(run: RunDirectory) -> list[AnyEvent]:
    """Return all events of a run."""
    return run.tail().read_all()


def check_resumable(overview: Overview) -> None:
    """Make sure that a run can go on.

    Raises:
        RunError: it trains, or is done, or keeps weights only.
    """
    run, condition = overview.run, overview.condition
    if condition is Condition.QUEUED:
        raise RunError(f"{run.name} is in a queue already, and trains when its turn comes")
    if condition.live:
        where = f" on {overview.host}" if overview.host else ""
        # Of another machine one knows only what it wrote.
        stale = f". If that is no longer so, remove {visible(str(run.lock))}" if overview.host else ""
        raise RunError(f"{run.name} is being trained{where}: 'nnplay attach {run.argument}' shows it{stale}")
    if condition is Condition.DONE:
        epoch = max(forkable(run), default=0)
        remedy = f"To train on: nnplay fork {run.argument} --epochs {epoch + 5}" if epoch else "Train a new run"
        raise RunError(f"{run.name} is done. {remedy}")
    headings = [heading for heading in map(saved.heading_of, _all(run)) if heading is not None]
    if headings and not any(heading.complete for heading in headings):
        raise RunError(
            f"{run.name} keeps weights only (checkpoint.save_weights_only): {_WEIGHTS_ONLY}. "
            f"'nnplay fork {run.argument}' continues with a new optimizer"
        )
