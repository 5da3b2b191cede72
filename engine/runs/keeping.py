"""What can be done to the directory of a run that nobody trains: it gets another name, or is removed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from engine import disk, paths
from engine.runs import numbers
from engine.runs.directory import RunDirectory, RunError
from engine.runs.library import Condition, Overview, overview
from engine.runs.lock import Holder, held
from engine.shown import visible
from engine.spec.experiment import NAME_PATTERN

LONGEST_NAME = 80
"""Characters: of an experiment 60, and a number."""


def name_problem(run: RunDirectory, name: str) -> str:
    """Say why a run cannot get a name; empty where it can."""
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > LONGEST_NAME:
        return f"a name has letters, digits, '.', '_' or '-', at most {LONGEST_NAME}, the first a letter or a digit"
    if name != run.path.name and (run.path.parent / name).exists():
        return f"there is a run {name} already"
    return ""


def rename(run: RunDirectory, name: str) -> RunDirectory:
    """Give the directory of a run another name, and return it. Its forks go on working: they hold what they came from.

    Raises:
        RunError: it is being trained, or not of this home, or the name cannot be.
    """
    problem = name_problem(run, name)
    if problem:
        raise RunError(problem)
    target = RunDirectory(run.path.parent / name)
    if target == run:
        return run
    with _still(run):
        try:
            # A directory of that name is made first: that fails where there is one, and an empty one may be replaced.
            target.path.mkdir()
        except FileExistsError:
            raise RunError(f"there is a run {name} already") from None
        except OSError as error:
            if error.errno not in disk.FULL:
                raise  # a full disk has no room for it, and needs none to rename: whether there is one was asked before
        _retire(run)
        try:
            run.path.rename(target.path)
        except OSError:
            with suppress(OSError):
                target.path.rmdir()
            raise
    return target


def remove(run: RunDirectory) -> None:
    """Remove a run with all that it came to.

    Raises:
        RunError: it is being trained, or not of this home, or it is no run.
    """
    if not (run.path / "experiment.toml").is_file():
        raise RunError(f"{visible(str(run.path))} is no run: it has no experiment.toml. Remove it yourself")
    with _still(run):
        _retire(run)
        shutil.rmtree(run.path)


def _retire(run: RunDirectory) -> None:
    """Keep its number from being given out again. A full disk takes no mark: at worst the number comes again."""
    with suppress(OSError):
        numbers.retire(run.path)


def size(run: RunDirectory) -> int:
    """Return how many bytes the files of a run have."""
    total = 0
    for path in run.path.rglob("*"):
        facts = path.lstat()
        total += facts.st_size
    return total


def forks_of(run: RunDirectory, runs: Iterable[Overview]) -> list[str]:
    """Return the names of those runs that were forked from a run."""
    begins = f"{run.name}@"
    return [each.run.name for each in runs if each.history.started and each.history.started.parent.startswith(begins)]


def check_still(seen: Overview) -> None:
    """Make sure that nobody trains a run, nor will in a moment.

    Raises:
        RunError: someone does.
    """
    if seen.condition.live or seen.condition is Condition.QUEUED:
        where = f" on {seen.host}" if seen.host else ""
        raise RunError(f"{seen.run.name} is {seen.condition.value}{where}: stop it first")


@contextmanager
def _still(run: RunDirectory) -> Iterator[None]:
    """Have a run of this home left alone by all others.

    Raises:
        RunError: it is being trained, or no directory among the runs of this home.
    """
    if run.path.parent != paths.runs():
        raise RunError(f"{visible(str(run.path))} is not among the runs of this home, {visible(str(paths.runs()))}")
    if run.path.is_symlink():
        raise RunError(f"{visible(str(run.path))} is a link to another place: nnplay leaves it alone")
    try:
        check_still(overview(run))
        with held(run, Holder.me(None), silently=True):
            yield
    except OSError as error:
        file = visible(str(error.filename or run.path))
        raise RunError(f"{run.name}: {file}: {error.strerror or error}") from None
