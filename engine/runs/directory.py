"""The directory of one run: where its files lie."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from engine import disk, paths
from engine.runs.events import Started, parse
from engine.runs.journal import Tail
from engine.shown import visible
from engine.spec import toml
from engine.spec.check import Check, check
from engine.spec.experiment import Experiment
from engine.spec.problem import Problem
from engine.version import nnplay_version

LONGEST_WORDS = 10_000
"""Bytes of a log's end that are looked at."""
NOTICE = re.compile(
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] |[IW]\d{4} \d\d:\d\d:\d\d\.|[IW]0000 00:00:"
    r"|WARNING: All log messages before absl::InitializeLog|To enable the following instructions:)"
)
"""What TensorFlow and XLA say of themselves, as information or as a warning: nothing that a process has died of."""
MOST_BYTES_OF_A_LINE = 1_000_000
"""No event is so long."""


class RunError(Exception):
    """A run's directory cannot be made or read; the message names it and the remedy."""


class UnreadableRunError(RunError):
    """The disk does not give a file of the run now; it may do so in a moment.

    Attributes:
        cause: what the disk said.
    """

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(f"{path} cannot be read: {cause.strerror or cause}")
        self.cause = cause


@dataclass(frozen=True)
class RunDirectory:
    """Where a run's files lie. Making this object touches nothing."""

    path: Path

    @property
    def name(self) -> str:
        """The run's name, such as ``notes-baseline-3``, as it may be shown."""
        return visible(self.path.name)

    @property
    def address(self) -> str:
        """What `engine.runs.library.find` finds it by: its name, or its path where it lies outside this home."""
        return self.path.name if self.path.parent == paths.runs() else str(self.path)

    @property
    def argument(self) -> str:
        """Its address as a person types it in a command."""
        return shlex.quote(visible(self.address))

    @property
    def events(self) -> Path:
        """All that happened."""
        return self.path / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the engine and TensorFlow printed."""
        return self.path / "engine.log"

    @property
    def note(self) -> Path:
        """What a person noted of it, see `engine.runs.note`."""
        return self.path / "note.txt"

    @property
    def lock(self) -> Path:
        """Who trains it, see `engine.runs.lock`."""
        return self.path / "lock"

    @property
    def checkpoints(self) -> Path:
        """The folder of its checkpoints."""
        return self.path / "checkpoints"

    @property
    def last(self) -> Path:
        """The newest checkpoint."""
        return self.checkpoints / "last.npz"

    @property
    def previous(self) -> Path:
        """The checkpoint that was the newest before it."""
        return self.checkpoints / "previous.npz"

    @property
    def best(self) -> Path:
        """The checkpoint of the best epoch."""
        return self.checkpoints / "best.npz"

    @property
    def restored(self) -> Path:
        """The best epoch's weights, where early stopping went back to them at the end."""
        return self.checkpoints / "restored.npz"

    @property
    def parent(self) -> Path:
        """The checkpoint that it was forked from."""
        return self.checkpoints / "parent.npz"

    def of_epoch(self, epoch: int) -> Path:
        """Return where the checkpoint of an epoch is kept, if it is kept."""
        return self.checkpoints / f"epoch-{epoch:04d}.npz"

    def experiment(self) -> Experiment:
        """Return what was asked.

        Raises:
            UnreadableRunError: it cannot be read now.
            RunError: there is no such file.
            SpecError: it was changed into something that is no experiment.
        """
        return self.check().experiment_or_raise()

    def check(self) -> Check:
        """Return what was asked, checked.

        Raises:
            UnreadableRunError: it cannot be read now.
            RunError: there is no such file.
            SpecError: it is not TOML.
        """
        path = self.path / "experiment.toml"
        try:
            text = toml.read(path)
        except FileNotFoundError as error:
            raise RunError(f"{self.path} is no run: {path.name} cannot be read ({error.strerror})") from None
        except OSError as error:
            raise UnreadableRunError(path, error) from None
        checked = check(toml.loads(text, str(path)))
        foreign = self._other_version() if checked.problems else ""
        return replace(checked, problems=(Problem((), foreign), *checked.problems)) if foreign else checked

    def _other_version(self) -> str:
        """Say which other version of nnplay began the run; empty where that was this one, or is not known."""
        try:
            with disk.reading(self.events) as file:
                first = parse(file.readline(MOST_BYTES_OF_A_LINE))
        except OSError:
            return ""
        theirs = first.versions.get("nnplay", "") if isinstance(first, Started) else ""
        if theirs in ("", nnplay_version()):
            return ""
        return (
            f"{self.name} was begun by nnplay {theirs}, and this is {nnplay_version()}: "
            "it may ask for what only that version knows"
        )

    def discard(self) -> None:
        """Remove a run in which nothing happened; one with events stays."""
        if not self.events.exists():
            shutil.rmtree(self.path, ignore_errors=True)

    def tail(self) -> Tail:
        """Return a reader of its events that begins at the first."""
        return Tail(self.events)

    def last_words(self, lines: int = 3) -> tuple[str, ...]:
        """Return the last lines of its log, the newest last; none where there is no log."""
        return last_lines(self.log, lines)


def last_lines(path: Path, lines: int) -> tuple[str, ...]:
    """Return the last lines of a text file that are not empty, as they may be shown; none where it cannot be read."""
    try:
        with disk.reading(path) as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_WORDS))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ()
    said = (line.rstrip() for line in text.splitlines() if line.strip() and not NOTICE.search(line))
    return tuple(map(visible, said))[-lines:]
