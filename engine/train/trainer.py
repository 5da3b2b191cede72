"""The trainer: epochs of chunks, validation, checkpoints and events, until all epochs are done or someone says stop."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build import devices
from engine.build.model import build
from engine.data.dataset import Dataset, Split
from engine.runs.directory import RunDirectory
from engine.runs.events import (
    CheckpointSaved,
    Continued,
    Epoch,
    Finished,
    Metrics,
    Paused,
    Progress,
    Started,
)
from engine.runs.journal import Journal
from engine.spec.experiment import Experiment, batches
from engine.train import checkpoint, loop
from engine.train.control import Control, Stop
from engine.train.pace import Pace


class Diverged(Exception):  # noqa: N818 - the word that the field uses
    """The loss is no longer a number."""


@dataclass
class Position:
    """Where training stands: steps and whole epochs done since the run began, and the present epoch, counted from 1."""

    step: int = 0
    epoch: int = 0
    epochs_done: int = 0


class Trainer:
    """Trains one experiment into its run directory. Everything it does is seen in the run's events."""

    def __init__(
        self, experiment: Experiment, data: Dataset, run: RunDirectory, journal: Journal, control: Control
    ) -> None:
        self.experiment = experiment
        self.run_directory = run
        self.journal = journal
        self.control = control
        self.data = data
        self.built = build(experiment)
        self.classes = len(experiment.data.facts.classes)
        self.position = Position()
        self.pace = Pace()
        self.best: float | None = None
        self._waited = 0.0  # seconds spent in pauses
        self._compiled: set[tuple[Any, int]] = set()
        self._train = loop.train_function(self.built, loop.OnDevice.put(data.train))
        self._validate = self._evaluation(data.validation)

    def run(self) -> None:
        """Train to the end.

        Raises:
            Diverged: the loss became NaN or infinite. The last good checkpoint is kept.
            OSError: the run directory can no longer be written.
        """
        self._say_started()
        try:
            while self.position.epoch < self.experiment.fit.epochs:
                self.position.epoch += 1
                self._epoch()
            test = self._evaluation(self.data.test)()[0] if self.data.test else {}
            self.journal.append(Finished(**self._stamp(), reason="completed", test=test))
        except Stop as stop:
            self._save("last.npz")
            self.journal.append(Finished(**self._stamp(), reason=stop.reason))

    def _epoch(self) -> None:
        began, waited = time.perf_counter(), self._waited
        order = loop.epoch_order(self.experiment.seed, self.position.epoch, len(self.data.train))
        total: loop.Sums | None = None
        for part in loop.batches(order, self.experiment.fit.batch_size):
            on_device, done = tf.constant(part), 0
            while done < len(part):
                self._between_chunks()
                steps = self.pace.next(len(part) - done)
                sums = self._chunk(on_device, done, steps)
                total = total + sums if total else sums
                done += steps
        assert total is not None, "the spec allows no empty training set"  # noqa: S101
        self.position.epochs_done = self.position.epoch
        last = self.position.epoch == self.experiment.fit.epochs
        validated = last or self.position.epoch % self.experiment.fit.validation_freq == 0
        validation, confusion = self._validate() if validated else ({}, ())
        seconds = time.perf_counter() - began - (self._waited - waited)
        self.journal.append(
            Epoch(
                **self._stamp(),
                train=self._metrics(total.means),
                validation=validation,
                confusion=confusion,
                seconds=seconds,
            )
        )
        if validation and validation["loss"] is None:
            raise Diverged(f"the validation loss after epoch {self.position.epoch} is not a number")
        if self._is_best(validation):
            self._save("best.npz", best=True)
        self._save("last.npz")

    def _chunk(self, order: Any, first: int, steps: int) -> loop.Sums:
        began = time.perf_counter()
        result = self._train(order, tf.constant(first), tf.constant(steps))
        values: NDArray[np.float64] = result.numpy().astype(np.float64)  # here we wait for the device
        seconds = time.perf_counter() - began
        self.position.step += steps
        batch = int(order.shape[1])
        if self._first_time(self._train, batch):
            seconds = 0.0  # most of it was compilation, which says nothing about speed
        elif batch == self.experiment.fit.batch_size:
            self.pace.measured(steps, seconds)
        sums = loop.Sums(steps * batch, values)
        loss, penalty, *metrics = sums.means
        self.journal.append(
            Progress(
                **self._stamp(),
                steps=steps,
                loss=_finite(loss),
                data_loss=_finite(loss - penalty),
                penalty=_finite(penalty),
                metrics=dict(zip(self.built.metrics, map(_finite, metrics), strict=True)),
                images_per_second=sums.images / seconds if seconds else 0.0,
                learning_rate=float(self.built.optimizer.learning_rate),
            )
        )
        if not math.isfinite(loss):
            raise Diverged(f"the loss became {loss} at step {self.position.step:,}, in epoch {self.position.epoch}")
        return sums

    def _evaluation(self, split: Split) -> Callable[[], tuple[Metrics, tuple[tuple[int, ...], ...]]]:
        """Return a function that judges the present weights: metrics by name, and the confusion counts."""
        steps = loop.evaluate_function(self.built, loop.OnDevice.put(split), self.classes)
        parts = [
            tf.constant(part) for part in loop.batches(np.arange(len(split), dtype=np.int32), loop.EVALUATION_BATCH)
        ]

        def evaluate() -> tuple[Metrics, tuple[tuple[int, ...], ...]]:
            total = loop.Sums(0, np.zeros(2 + len(self.built.metrics)))
            confusion = np.zeros((self.classes, self.classes), np.int64)
            for part in parts:
                pace, done = Pace(), 0
                while done < len(part):
                    self._between_chunks()
                    count = pace.next(len(part) - done)
                    began = time.perf_counter()
                    sums, counts = steps(part, tf.constant(done), tf.constant(count))
                    # Here we wait for the device.
                    total += loop.Sums(count * int(part.shape[1]), sums.numpy().astype(np.float64))
                    confusion += counts.numpy().astype(np.int64)
                    done += count
                    if not self._first_time(steps, int(part.shape[1])):
                        pace.measured(count, time.perf_counter() - began)
            return self._metrics(total.means), tuple(tuple(map(int, row)) for row in confusion)

        return evaluate

    def _first_time(self, function: Any, batch: int) -> bool:
        """Say whether this was the call that compiled the function for this size of batch."""
        key = (function, batch)
        known = key in self._compiled
        self._compiled.add(key)
        return not known

    def _is_best(self, validation: Metrics) -> bool:
        if not validation:
            return False
        accuracy = self.experiment.checkpoint.monitor == "val_accuracy"
        value = validation[next(iter(self.built.metrics))] if accuracy else validation["loss"]
        if value is None:
            return False
        score = value if accuracy else -value
        if self.best is not None and score <= self.best:
            return False
        self.best = score
        return True

    def _save(self, file: str, *, best: bool = False) -> None:
        path = self.run_directory.last.with_name(file)
        checkpoint.save(path, self.built, self.experiment, epoch=self.position.epochs_done, step=self.position.step)
        self.journal.append(CheckpointSaved(**self._stamp(), file=file, best=best))

    def _between_chunks(self) -> None:
        began = time.perf_counter()
        self.control.between_chunks(
            lambda: self.journal.append(Paused(**self._stamp())),
            lambda: self.journal.append(Continued(**self._stamp())),
        )
        self._waited += time.perf_counter() - began

    def _metrics(self, means: list[float]) -> Metrics:
        loss, _, *metrics = means
        return {"loss": _finite(loss), **dict(zip(self.built.metrics, map(_finite, metrics), strict=True))}

    def _stamp(self) -> dict[str, Any]:
        return {"time": time.time(), "step": self.position.step, "epoch": self.position.epoch}

    def _say_started(self) -> None:
        train, validation = len(self.data.train), len(self.data.validation)
        self.journal.append(
            Started(
                **self._stamp(),
                versions={
                    "nnplay": _nnplay_version(),
                    "tensorflow": tf.__version__,
                    "keras": keras.__version__,
                    "python": platform.python_version(),
                },
                device=devices.describe(),
                jit=self.built.jit,
                parameters=self.built.model.count_params(),
                epochs=self.experiment.fit.epochs,
                steps_per_epoch=batches(train, self.experiment.fit.batch_size),
                train_images=train,
                validation_images=validation,
                metrics=tuple(self.built.metrics),
            )
        )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _nnplay_version() -> str:
    try:
        return version("nnplay")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
