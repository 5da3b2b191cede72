"""The directory of one run, and the making of a new one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.runs.journal import Tail
from engine.spec.check import check
from engine.spec.document import dumps, loads
from engine.spec.experiment import Experiment


class RunError(Exception):
    """A run's directory cannot be made or read; the message names it and the remedy."""


@dataclass(frozen=True)
class RunDirectory:
    """Where a run's files lie. Making this object touches nothing."""

    path: Path

    @property
    def name(self) -> str:
        """The run's name, such as ``notes-baseline-3``."""
        return self.path.name

    @property
    def events(self) -> Path:
        """All that happened."""
        return self.path / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the engine and TensorFlow printed."""
        return self.path / "engine.log"

    @property
    def last(self) -> Path:
        """The newest checkpoint."""
        return self.path / "checkpoints" / "last.npz"

    @property
    def best(self) -> Path:
        """The checkpoint of the best epoch."""
        return self.path / "checkpoints" / "best.npz"

    def experiment(self) -> Experiment:
        """Return what was asked.

        Raises:
            RunError: there is no such file.
            SpecError: it was changed into something that is no experiment.
        """
        path = self.path / "experiment.toml"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise RunError(f"{self.path} is no run: {path.name} cannot be read ({error.strerror})") from None
        return check(loads(text, str(path))).experiment_or_raise()

    def discard(self) -> None:
        """Remove a run in which nothing happened; one with events stays."""
        if not self.events.exists():
            shutil.rmtree(self.path, ignore_errors=True)

    def tail(self) -> Tail:
        """Return a reader of its events that begins at the first."""
        return Tail(self.events)


def create(experiment: Experiment) -> RunDirectory:
    """Make the directory of a new run, ``<name>-<n>`` with the lowest number that is free, and write what was asked.

    Raises:
        RunError: the runs directory cannot be written.
    """
    runs = paths.runs()
    try:
        runs.mkdir(parents=True, exist_ok=True)
        directory = _claim(runs, experiment.name)
        directory.last.parent.mkdir()
        (directory.path / "experiment.toml").write_text(dumps(experiment), encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"cannot write to {runs}: {error.strerror}. Set {paths.HOME_VARIABLE} to a folder that you can write"
        ) from None
    return directory


def _claim(runs: Path, name: str) -> RunDirectory:
    """Make the first free directory. mkdir is atomic, so two programs never get the same one."""
    number = 1
    while True:
        path = runs / f"{name}-{number}"
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return RunDirectory(path)
