"""When checkpoints are written: after an epoch, in the middle of a long one, when a person asks, and at the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.runs import saved as file
from engine.runs.directory import RunDirectory
from engine.runs.events import CheckpointSaved
from engine.runs.saved import Saved
from engine.train import checkpoint, keeping
from engine.train.subject import Subject
from engine.train.telling import Telling


class Saving:
    """Writes what is trained. It is owed first: the disk may make it wait, and a stop may end the waiting."""

    def __init__(self, run: RunDirectory, subject: Subject, telling: Telling) -> None:
        """Take what is saved.

        Args:
            run: whose files they are.
            subject: what is trained.
            telling: where it is told.
        """
        self._run = run
        self._subject = subject
        self._telling = telling
        self._saved_at = time.monotonic()
        self._went_back = False

    def owe_epoch(self, kept: Saved, *, best: bool) -> None:
        """Have written what this epoch leaves behind."""
        stamp = self._telling.stamp

        def save() -> None:
            for name in keeping.after_epoch(self._run, kept, best=best):
                self._telling.owe(CheckpointSaved(**stamp, file=name, best=best and name == self._run.best.name))

        self._telling.owe(save)
        self._saved_at = time.monotonic()

    def owe(self, capture: Callable[[], Saved]) -> None:
        """Have saved where training stands, unless its weights are no longer numbers, or those of an earlier epoch."""
        if self._went_back or not checkpoint.finite(self._subject.built):
            return
        kept = capture()
        self._telling.owe(lambda: keeping.now(self._run, kept))
        self._telling.owe(CheckpointSaved(**self._telling.stamp, file=self._run.last.name))
        self._saved_at = time.monotonic()

    def now(self, capture: Callable[[], Saved]) -> None:
        """Save where training stands, if that can be kept; the errors are those of `Telling.settle`."""
        self.owe(capture)
        self._telling.settle()

    def sometimes(self, capture: Callable[[], Saved]) -> None:
        """Save in the middle of a long epoch; the errors are those of `Telling.settle`."""
        knobs = self._subject.experiment.checkpoint
        long_ago = knobs.every_minutes and time.monotonic() - self._saved_at > 60 * knobs.every_minutes
        if long_ago and not knobs.save_best_only:
            self.now(capture)

    def went_back(self, kept: Saved) -> None:
        """Save the weights of an earlier epoch that were gone back to; the errors are those of `Telling.settle`.

        Not as the last checkpoint, now or later: that is where training stood, with the optimizer's state of then.
        """
        self._went_back = True
        self._telling.owe(lambda: file.write(self._run.restored, kept))
        self._telling.owe(CheckpointSaved(**self._telling.stamp, file=self._run.restored.name, back_to=kept.epoch))
        self._telling.settle()
