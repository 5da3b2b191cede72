"""Making the directory of a new run: from nothing, or as a fork that goes on from another run's checkpoint."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine import disk, paths
from engine.runs import numbers, saved
from engine.runs.directory import RunDirectory, RunError
from engine.runs.library import find
from engine.runs.saved import CheckpointError, Heading
from engine.spec.document import dumps
from engine.spec.experiment import Experiment


def create(experiment: Experiment, folder: Path | None = None) -> RunDirectory:
    """Make the directory of a new run, ``<name>-<n>`` with a number that none before it had, and write what was asked.

    A fork's directory holds the checkpoint that it goes on from: the parent may train on, or be removed.

    Args:
        experiment: what is asked.
        folder: where the directory is made; None: among the runs of this home.

    Raises:
        RunError: the folder cannot be written, or there is nothing to fork.
    """
    if experiment.fork:
        fork_point(experiment)  # before anything is made
    runs = folder or paths.runs()
    directory = None
    try:
        runs.mkdir(parents=True, exist_ok=True)
        directory = RunDirectory(numbers.claim(runs, experiment.name))
        directory.checkpoints.mkdir()
        if experiment.fork:
            _take_parent(experiment, directory)
        # Made to last, as its checkpoints will be: neither is of use without the other.
        with disk.replaced(directory.path / "experiment.toml") as file:
            file.write(dumps(experiment).encode())
        disk.sync_folder(runs)
    except (RunError, CheckpointError, OSError) as error:
        if directory is not None:
            shutil.rmtree(directory.path, ignore_errors=True)
        if not isinstance(error, OSError):
            raise RunError(str(error)) from None
        raise RunError(
            f"cannot write to {runs}: {error.strerror}. Set {paths.HOME_VARIABLE} to a folder that you can write"
        ) from None
    return directory


def fork_point(experiment: Experiment) -> Path:
    """Return the checkpoint that a fork goes on from.

    Raises:
        RunError: there is no such run, or no checkpoint of that epoch.
    """
    fork = experiment.fork
    assert fork is not None  # noqa: S101 - the caller's case
    return after_epoch(find(fork.run), fork.epoch).path


def _take_parent(experiment: Experiment, run: RunDirectory) -> None:
    """Copy the checkpoint that a fork goes on from.

    While its parent trains, another checkpoint may take the place of the one that was found, before it is copied.

    Raises:
        RunError: there is no checkpoint of that epoch any more.
    """
    fork = experiment.fork
    assert fork is not None  # noqa: S101 - the caller's case
    while True:
        saved.copy(fork_point(experiment), run.parent)
        heading = saved.read_heading(run.parent)
        if heading.between_epochs and heading.epoch == fork.epoch:
            return


@dataclass(frozen=True)
class Forkable:
    """A checkpoint at the end of an epoch, and what it says of itself."""

    path: Path
    heading: Heading


def after_epoch(run: RunDirectory, epoch: int) -> Forkable:
    """Return the checkpoint at the end of an epoch.

    Raises:
        RunError: there is none.
    """
    there = forkable(run)
    if epoch not in there:
        known = ", ".join(map(str, sorted(there)))
        remedy = f"there are those of {known}" if known else "it has none of a whole epoch"
        raise RunError(f"{run.name} has no checkpoint of epoch {epoch}: {remedy}{_unusable(run)}")
    return there[epoch]


def forkable(run: RunDirectory) -> dict[int, Forkable]:
    """Return the checkpoints at the end of an epoch, by the number of the epoch."""
    there: dict[int, Forkable] = {}
    for path in _candidates(run):
        heading = saved.heading_of(path)
        if heading is not None and heading.between_epochs and heading.epoch:
            there[heading.epoch] = Forkable(path, heading)
    return there


def _candidates(run: RunDirectory) -> tuple[Path, ...]:
    return *sorted(run.checkpoints.glob("epoch-*.npz")), run.best, run.previous, run.last


def _unusable(run: RunDirectory) -> str:
    """Say why the newest of the checkpoints that cannot be used cannot; empty where all can."""
    for path in filter(Path.exists, reversed(_candidates(run))):
        try:
            saved.read_heading(path)
        except CheckpointError as error:
            return f". {error}"
    return ""


def check_forkable(run: RunDirectory) -> dict[int, Forkable]:
    """Return what `forkable` does.

    Raises:
        RunError: there is none.
    """
    there = forkable(run)
    if not there:
        unusable = _unusable(run)
        remedy = f" that can be used{unusable}" if unusable else ": let it train for one"
        raise RunError(f"{run.name} has no checkpoint of a whole epoch{remedy}")
    return there
