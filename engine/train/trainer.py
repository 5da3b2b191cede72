"""The trainer: epochs of chunks, validation, checkpoints and events, until all epochs are done or someone says stop."""

from __future__ import annotations

import math
import platform
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build import devices
from engine.data.dataset import Dataset
from engine.runs import library
from engine.runs.directory import RunDirectory
from engine.runs.events import (
    Changed,
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
from engine.train import checkpoint, loop, policy
from engine.train.control import Control, Stop
from engine.train.evaluation import Evaluation
from engine.train.pace import Pace
from engine.train.watch import EarlyStop, Plateau, monitored


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
        began = time.perf_counter()
        self.built, self._train = policy.fastest(experiment, data.train)
        self._preparing = time.perf_counter() - began
        self.position = Position()
        self.pace = Pace()
        self.best: float | None = None
        fit = experiment.fit
        self._early_stop = EarlyStop(fit.early_stopping) if fit.early_stopping else None
        self._plateau = Plateau(fit.reduce_on_plateau) if fit.reduce_on_plateau else None
        self._best_weights: list[NDArray[Any]] | None = None  # kept for early stopping alone
        self._waited = 0.0  # seconds spent in pauses
        self._compiled: set[int] = set()  # the sizes of batches that the training steps are compiled for
        self._loaded = self._load_if_exists()
        self._validation = Evaluation(experiment, self.built, data.validation)

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
                epoch = self._epoch()
                self._lower_learning_rate(epoch)
                if self._ends_early(epoch):
                    break
            early = self.position.epoch < self.experiment.fit.epochs
            self._go_back()
            test = self._judge(Evaluation(self.experiment, self.built, self.data.test))[0] if self.data.test else {}
            why = self._early_stop.why if self._early_stop and early else ""
            reason: Literal["early_stopped", "completed"] = "early_stopped" if early else "completed"
            self.journal.append(Finished(**self._stamp(), reason=reason, why=why, test=test))
        except Stop as stop:
            if all(np.isfinite(weight.numpy()).all() for weight in self.built.model.trainable_variables):
                self._save("last.npz")  # a chunk's loss is from before its last step: only now it is known to be good
            self.journal.append(Finished(**self._stamp(), reason=stop.reason))

    def _epoch(self) -> Epoch:
        began, waited = time.perf_counter(), self._waited
        total = loop.Sums.none(len(self.built.metrics))
        whole, *rest = loop.epoch_batches(self.experiment, self.data.train, self.position.epoch)
        done = 0
        while done < whole.steps:
            self._between_chunks()
            steps = self.pace.next(whole.steps - done)
            pieces = [(whole, done, steps)]
            done += steps
            if done == whole.steps:
                # By itself, the last, smaller batch would stand in the chart as a spike that means nothing.
                pieces += [(part, 0, part.steps) for part in rest]
            total += self._chunk(pieces)
        self.position.epochs_done = self.position.epoch
        last = self.position.epoch == self.experiment.fit.epochs
        validated = last or self.position.epoch % self.experiment.fit.validation_freq == 0
        validation, confusion = self._judge(self._validation) if validated else ({}, ())
        seconds = time.perf_counter() - began - (self._waited - waited)
        event = Epoch(
            **self._stamp(),
            train=self._metrics(total.means),
            validation=validation,
            confusion=confusion,
            seconds=seconds,
        )
        self.journal.append(event)
        # A chunk's loss is from before its last step; what is saved must be known to be good.
        loss = validation["loss"] if validation else _finite(self._validation.glance())
        if loss is None:
            raise Diverged(f"the validation loss after epoch {self.position.epoch} is not a number")
        if self._is_best(validation):
            self._save("best.npz", best=True)
        if not self.experiment.checkpoint.save_best_only:
            self._save("last.npz")
        return event

    def _lower_learning_rate(self, epoch: Epoch) -> None:
        """Do what reduce_on_plateau asks for."""
        if self._plateau is None:
            return
        knobs = self._plateau.knobs
        value = monitored(knobs.monitor, epoch, self._accuracy)
        if value is None:
            return
        lower = self._plateau.after(value, float(self.built.optimizer.learning_rate))
        if lower is not None:
            self.built.optimizer.learning_rate = lower
            why = f"{knobs.monitor} no better for {knobs.patience} epoch{'s' * (knobs.patience != 1)}"
            place = "compile.optimizer.learning_rate"
            self.journal.append(Changed(**self._stamp(), place=place, value=lower, why=why))

    def _ends_early(self, epoch: Epoch) -> bool:
        """Say whether early_stopping ends the run here, and keep the best weights if it wants them."""
        if self._early_stop is None:
            return False
        knobs = self._early_stop.knobs
        value = monitored(knobs.monitor, epoch, self._accuracy)
        if value is None:
            return False
        ends = self._early_stop.after(epoch.epoch, value)
        if knobs.restore_best_weights and self._early_stop.best_epoch == epoch.epoch:
            self._best_weights = [variable.numpy() for variable in self.built.model.variables]
        return ends

    def _go_back(self) -> None:
        """Take the best epoch's weights, where early_stopping kept them."""
        if self._best_weights is None or not self._early_stop or self._early_stop.best_epoch == self.position.epoch:
            return
        for variable, value in zip(self.built.model.variables, self._best_weights, strict=True):
            variable.assign(value)
        # Not last.npz: that is where training stood, with the optimizer's state of then.
        self._save("restored.npz", epoch=self._early_stop.best_epoch)

    def _load_if_exists(self) -> str:
        """Begin with the weights of the last run of this name, if that is asked for and there is one; return its file.

        Raises:
            CheckpointError: there is one, but it is damaged or of another model.
        """
        if not self.experiment.checkpoint.load_if_exists:
            return ""
        path = library.newest_checkpoint(self.experiment.name, besides=self.run_directory)
        if path is None:
            return ""
        try:
            checkpoint.load(path).load_weights(self.built)
        except checkpoint.CheckpointError as error:
            raise checkpoint.CheckpointError(
                f"cannot begin with the weights in {path}: {error}. Switch load_if_exists off, or choose another name"
            ) from None
        return str(path)

    def _chunk(self, pieces: list[tuple[loop.Batches, int, int]]) -> loop.Sums:
        """Make some steps, each piece so many of its batches from the first on, and tell what they came to."""
        sums, began, known = loop.Sums.none(len(self.built.metrics)), time.perf_counter(), True
        for part, first, steps in pieces:
            started = time.perf_counter()
            result = self._train(part, tf.constant(first), tf.constant(steps))
            sums += loop.Sums(steps * part.size, result.numpy().astype(np.float64))  # here we wait for the device
            self.position.step += steps
            known &= part.size in self._compiled
            self._compiled.add(part.size)
            if known and part.size == self.experiment.fit.batch_size:
                self.pace.measured(steps, time.perf_counter() - started)
        # What compiled says nothing about speed.
        seconds = time.perf_counter() - began if known else 0.0
        loss, penalty, *metrics = sums.means
        self.journal.append(
            Progress(
                **self._stamp(),
                steps=sum(steps for _, _, steps in pieces),
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

    def _judge(self, evaluation: Evaluation) -> tuple[Metrics, tuple[tuple[int, ...], ...]]:
        """Return the present weights' metrics by name, and their confusion counts."""
        judgement = evaluation.judge(self._between_chunks)
        return self._metrics(judgement.means), judgement.confusion

    def _is_best(self, validation: Metrics) -> bool:
        if not validation:
            return False
        accuracy = self.experiment.checkpoint.monitor == "val_accuracy"
        value = validation[self._accuracy] if accuracy else validation["loss"]
        if value is None:
            return False
        score = value if accuracy else -value
        if self.best is not None and score <= self.best:
            return False
        self.best = score
        return True

    @property
    def _accuracy(self) -> str:
        """The name of the metric that is shown as accuracy."""
        return next(iter(self.built.metrics))

    def _save(self, file: str, *, best: bool = False, epoch: int | None = None) -> None:
        path = self.run_directory.last.with_name(file)
        done = self.position.epochs_done if epoch is None else epoch
        checkpoint.save(path, self.built, self.experiment, epoch=done, step=self.position.step)
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
                loaded=self._loaded,
                preparing=self._preparing,
            )
        )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _nnplay_version() -> str:
    try:
        return version("nnplay")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
