"""From where a run can go on: its newest checkpoint that is whole, and the changes that were made after it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from engine.runs import saved
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import AnyEvent, Changed, Started
from engine.runs.library import Condition, Overview
from engine.runs.making import forkable
from engine.runs.saved import CheckpointError, DamagedError, ForeignError, Heading, Saved, UnreadableError
from engine.shown import visible

DAMAGED = ".damaged"
"""What is put behind the name of a damaged file."""


@dataclass
class _Found:
    """The checkpoints of a run, as far as each says of itself what it is.

    Attributes:
        whole: what can be gone on from, by what they say.
        light: those that hold weights only.
        damaged, foreign: those that cannot be used, and why; see `engine.runs.saved`.
        put_aside: damaged ones that have another name since.
    """

    whole: list[tuple[Heading, Path]] = field(default_factory=list)
    light: list[Path] = field(default_factory=list)
    damaged: list[tuple[Path, DamagedError]] = field(default_factory=list)
    foreign: list[ForeignError] = field(default_factory=list)
    put_aside: list[Path] = field(default_factory=list)

    def check(self, run: RunDirectory) -> None:
        """Make sure that the run can go on, or that there is nothing yet that would be lost if it began anew.

        Raises:
            CheckpointError: another version's files would be written over, or none of them can be gone on from.
        """
        if self.foreign:
            raise ForeignError(f"{self.foreign[0]}. {_foreign_remedy(run)}")
        if self.whole:
            return
        if self.light:
            raise CheckpointError(
                f"{run.name} keeps weights only (checkpoint.save_weights_only): {_WEIGHTS_ONLY}. "
                f"'nnplay fork {run.argument}' continues with a new optimizer"
            )
        if unusable := [path.name for path, _ in self.damaged] or [path.name for path in self.put_aside]:
            raise DamagedError(
                f"no checkpoint of {run.name} can be gone on from, for all are damaged: {', '.join(unusable)}. "
                f"{_anew(run)}"
            )


def newest_whole(run: RunDirectory) -> tuple[Saved | None, str, list[str]]:
    """Return the newest checkpoint of a run that can be read whole. Damaged ones are put aside, under another name.

    Returns:
        What it holds, None where there is none of any kind; the name of its file; and what a person should know: which
        newer files are damaged.

    Raises:
        CheckpointError: there are some, and none can be gone on from; or one is another version's. Nothing is renamed.
    """
    found = _look(run)
    while True:
        found.check(run)
        if not found.whole:
            return None, "", []
        # Of equal ones, the first of all.
        newest = max(found.whole, key=lambda each: each[0].step)
        try:
            saved_there = saved.read(newest[1])
        except DamagedError as error:
            found.damaged.append((newest[1], error))
            found.whole.remove(newest)
        else:
            return saved_there, newest[1].name, [_put_aside(path, error) for path, error in found.damaged]


_WEIGHTS_ONLY = "without the optimizer's state a run cannot go on as if nothing had happened"


def _look(run: RunDirectory) -> _Found:
    """Look at all checkpoints of a run.

    Raises:
        CheckpointError: one cannot be read now.
    """
    found = _Found(put_aside=sorted(run.checkpoints.glob(f"*{DAMAGED}*")))
    for path in (run.last, run.previous, run.best, *sorted(run.checkpoints.glob("epoch-*.npz"))):
        if not path.exists():
            continue
        try:
            heading = saved.read_heading(path)
        except DamagedError as error:
            found.damaged.append((path, error))
        except ForeignError as error:
            found.foreign.append(error)
        else:
            if heading.complete:
                found.whole.append((heading, path))
            else:
                found.light.append(path)
    return found


def _put_aside(path: Path, error: DamagedError) -> str:
    """Give a damaged file another name, so that nothing takes it for a checkpoint; return what to say of it."""
    names = (path.with_name(f"{path.name}{DAMAGED}{f'-{number}' * (number > 1)}") for number in count(1))
    path.replace(next(name for name in names if not name.exists()))
    return f"passed over: {error}"


def _foreign_remedy(run: RunDirectory) -> str:
    """Say how a run goes on whose files another version wrote: they are never written over."""
    epochs = forkable(run)
    fork = f", or 'nnplay fork {run.argument}@{max(epochs)}' goes on from epoch {max(epochs)}" if epochs else ""
    return f"Resume {run.name} with that version{fork}"


def _anew(run: RunDirectory) -> str:
    """Say how to train once more what was asked of a run; its files stay."""
    asked = shlex.quote(visible(str(run.path / "experiment.toml")))
    return f"'nnplay train {asked}' trains the same once more, as a new run"


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
        RunError: it trains, or is done, or no checkpoint of it can be gone on from.
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
    try:
        _look(run).check(run)
    except UnreadableError:
        pass  # the engine waits for it, and says so
    except CheckpointError as error:
        raise RunError(str(error)) from None
