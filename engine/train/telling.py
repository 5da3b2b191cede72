"""What a run tells: its events, written down with patience, and the first of them."""

from __future__ import annotations

import platform
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from engine.build import devices
from engine.data.dataset import Dataset
from engine.runs.events import AnyEvent, Continued, Paused, Started
from engine.runs.journal import Journal
from engine.runs.standing import Standing
from engine.spec.experiment import batches
from engine.train.beginning import Beginning
from engine.train.control import Control
from engine.train.gathering import Gathering
from engine.train.loop import Sums
from engine.train.patience import Patience
from engine.version import nnplay_version


class Telling:
    """Writes a run's events, and whatever else must reach the disk, and tells when the disk makes it wait.

    What has to be written stands in a queue until it is: a stop may end the waiting, but what was owed is then written
    first, or nothing that follows from it.
    """

    def __init__(self, journal: Journal, control: Control, standing: Standing, metrics: list[str]) -> None:
        self._gathering = Gathering(metrics)
        self._journal = journal
        self._control = control
        self._standing = standing
        self._patience = Patience(control, self._trouble, self._relief)
        self._told_trouble = False
        self._owed: deque[Callable[[], object]] = deque()

    @property
    def stamp(self) -> dict[str, Any]:
        """What every event says: when it happened, and how far the run was."""
        return {"time": time.time(), "step": self._standing.step, "epoch": self._standing.epoch}

    def tell(self, *events: AnyEvent) -> None:
        """Write events, after what is still to be told of the steps before; the errors are those of `settle`."""
        self.owe(*events)
        self.settle()

    def chunk(self, steps: int, sums: Sums, seconds: float, learning_rate: float, trained: float) -> None:
        """Tell of a chunk of steps, now or together with those that follow; the errors are those of `settle`.

        Args:
            steps: how many.
            sums: what they came to.
            seconds: how long they took; 0 where that was not measured.
            learning_rate: of the last of them.
            trained: seconds of training so far.
        """
        self._gathering.add(steps, sums, seconds, learning_rate=learning_rate, **self.stamp)
        if self._gathering.due(trained) or not np.isfinite(sums.values[0]):
            self.tell()

    def owe(self, *things: AnyEvent | Callable[[], object]) -> None:
        """Put events, and whatever else writes to the disk, at the end of the queue, after the steps before them."""
        if progress := self._gathering.take():
            self._owed.append(partial(self._journal.append, progress))
        self._owed += [thing if callable(thing) else partial(self._journal.append, thing) for thing in things]

    def settle(self) -> None:
        """Do what is owed, however often it takes.

        Raises:
            Stop: the run shall end; what could not be done is still owed.
            FileNotFoundError: the run's directory is gone.
        """
        while self._owed:
            self._patience.insist(self._owed[0])
            self._owed.popleft()

    def settle_at_once(self) -> None:
        """Do what is owed, or fail.

        Raises:
            OSError: the disk is full or gone.
        """
        while self._owed:
            self._owed[0]()
            self._owed.popleft()

    def _trouble(self, trouble: str) -> None:
        """Tell that the disk makes us wait, if it lets us."""
        self._told_trouble = False
        with suppress(OSError):
            self._journal.append(Paused(**self.stamp, why=trouble))
            self._told_trouble = True

    def _relief(self, trouble: str, since: float) -> None:
        """Tell that it goes on; what could not be told in time is told now."""
        with suppress(OSError):  # it is full again: the next event waits for it
            if not self._told_trouble:
                self._journal.append(Paused(**{**self.stamp, "time": since}, why=trouble))
            # A person may have asked for a pause meanwhile, or before.
            self._journal.append((Paused if self._control.paused else Continued)(**self.stamp))


def beginning_told(begun: Beginning, data: Dataset, stamp: dict[str, Any], preparing: float) -> Started:
    """Return the event that says what training begins with.

    Args:
        begun: what it begins with.
        data: what it learns from.
        stamp: see `Telling.stamp`.
        preparing: seconds that it took to get here.
    """
    fit, fork = begun.experiment.fit, begun.experiment.fork
    train, validation = len(data.train), len(data.validation)
    return Started(
        **stamp,
        versions={
            "nnplay": nnplay_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "python": platform.python_version(),
        },
        device=devices.describe(),
        jit=begun.built.jit,
        parameters=begun.built.model.count_params(),
        epochs=fit.epochs,
        steps_per_epoch=batches(train, fit.batch_size),
        train_images=train,
        validation_images=validation,
        metrics=tuple(begun.built.metrics),
        loaded=begun.loaded,
        resumed=begun.resumed,
        epochs_done=begun.standing.epochs_done,
        parent=str(fork) if fork else "",
        notes=tuple(begun.notes),
        preparing=preparing,
    )
