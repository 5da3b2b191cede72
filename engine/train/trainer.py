"""The trainer: epochs of chunks, validation, checkpoints and events, until all epochs are done or someone says stop."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build.model import Built
from engine.data.dataset import Dataset, Split
from engine.runs.directory import RunDirectory
from engine.runs.events import (
    Changed,
    Continued,
    Epoch,
    Finished,
    Metrics,
    Paused,
    Validated,
)
from engine.runs.journal import Journal
from engine.runs.saved import Saved
from engine.runs.standing import Best
from engine.spec.experiment import Experiment, batches
from engine.train import beginning, checkpoint, loop
from engine.train.clock import Clock
from engine.train.control import Again, Control, Stop, Turn, Wish
from engine.train.evaluation import Evaluation, points_within
from engine.train.gathering import finite
from engine.train.pace import Pace
from engine.train.patience import Patience
from engine.train.saving import Saving
from engine.train.subject import Subject
from engine.train.telling import Telling, beginning_told
from engine.train.turning import Turning
from engine.train.watch import EarlyStop, Plateau, monitored


class Diverged(Exception):  # noqa: N818 - the word that the field uses
    """The loss is no longer a number."""


class Trainer:
    """Trains one experiment into its run directory. Everything it does is seen in the run's events."""

    def __init__(
        self,
        experiment: Experiment,
        data: Dataset,
        run: RunDirectory,
        journal: Journal,
        control: Control,
        *,
        resume: bool = False,
    ) -> None:
        """Build what is trained.

        Args:
            experiment: what was asked.
            data: what it learns from.
            run: where its files lie.
            journal: where its events go.
            control: what people ask of it.
            resume: go on where the run's newest checkpoint stands.

        Raises:
            CheckpointError: what it shall begin with is damaged or of another model.
            Stop: it shall end while it still waits for the disk.
        """
        self.run_directory = run
        self.control = control
        self.data = data
        began = time.perf_counter()
        # Each split is copied to the device once: what a compiled function holds stays while a run lasts.
        self._images, held_out = (loop.OnDevice.put(each, experiment) for each in (data.train, data.validation))
        begin = beginning.resume if resume else beginning.begin
        wait, judged = Patience(control).insist, data.judged()
        self._begun = begin(experiment, run, self._images, data.train.fingerprint(), judged=judged, wait=wait)
        self._preparing = time.perf_counter() - began
        self.subject = Subject(self._begun, self._images, held_out, control)
        self.standing = self._begun.standing
        self._best_weights: Mapping[str, NDArray[Any]] = self._begun.best_weights  # kept for early stopping alone
        fit = self.experiment.fit
        self._early_stop = EarlyStop(fit.early_stopping, self.standing.early_stop) if fit.early_stopping else None
        self._plateau = Plateau(fit.reduce_on_plateau, self.standing.plateau) if fit.reduce_on_plateau else None
        self._telling = Telling(journal, control, self.standing, list(self.built.metrics))
        self._turning = Turning(self.subject, self.standing, self._telling, self._begun.changes)
        self._saving = Saving(run, self.subject, self._telling)
        self.pace = Pace(self.standing.chunk)
        self._clock = Clock()

    @property
    def experiment(self) -> Experiment:
        """What is asked for, by now: knobs may have been turned."""
        return self.subject.experiment

    @property
    def built(self) -> Built:
        """What is trained, by now."""
        return self.subject.built

    def run(self) -> None:
        """Train to the end.

        Raises:
            Diverged: the loss became NaN or infinite. The last good checkpoint is kept.
            OSError: the run directory is gone, or not even the end can be written.
        """
        standing = self.standing
        try:
            self._telling.tell(beginning_told(self._begun, self.data, self._telling.stamp, self._preparing))
            while standing.epochs_done < self.experiment.fit.epochs and not standing.over:
                self._epoch()
            self._go_back()
            test = self._test(self.data.test) if self.data.test else {}
            why = self._early_stop.why if self._early_stop and standing.over else ""
            reason: Literal["early_stopped", "completed"] = "early_stopped" if standing.over else "completed"
            self._telling.tell(Finished(**self._telling.stamp, reason=reason, why=why, test=test))
        except Stop as stop:
            # Nobody waits for a disk now. What cannot be written is lost; the checkpoint before it is not.
            self._telling.settle_at_once()
            self._saving.owe(self._capture)
            self._telling.owe(Finished(**self._telling.stamp, reason=stop.reason))
            self._telling.settle_at_once()

    def _epoch(self) -> None:
        """Train an epoch, or what is left of it, and close it."""
        standing = self.standing
        if standing.epoch == standing.epochs_done:
            standing.epoch += 1
            standing.batches, standing.images, standing.seconds = 0, 0, 0.0
            standing.sums = [0.0] * (2 + len(self.built.metrics))
        self._clock = Clock(standing.seconds)
        whole, *rest = loop.epoch_batches(self.experiment, self._images, standing.epoch)
        # At fixed steps, and changing nothing: the weights are the same, down to the last bit, with these and without.
        points = points_within(self.experiment.fit.validations_within, whole.steps + len(rest))
        while standing.batches < whole.steps + len(rest):
            self._saving.sometimes(self._capture)
            self._heed()
            if standing.batches in points:
                validation, _ = self._judged(lambda: self.subject.validation)
                self._telling.tell(Validated(**self._telling.stamp, validation=validation))
            to_point = min(
                (point - standing.batches for point in points if point > standing.batches), default=sys.maxsize
            )
            left, free = whole.steps - standing.batches, min(self._turning.steps_to_next, to_point)
            steps = self.pace.next(min(left, free)) if left > 0 else 0
            pieces = [(whole, standing.batches, steps)] if steps else []
            if steps == left and steps < free:
                # By itself, the last, smaller batch would stand in the chart as a spike that means nothing.
                pieces += [(part, 0, part.steps) for part in rest]
            self._chunk(pieces)
        self._close_epoch()

    def _close_epoch(self) -> None:
        """Validate, draw the conclusions, tell, and save."""
        standing, fit = self.standing, self.experiment.fit
        last = standing.epoch == fit.epochs
        validated = last or standing.epoch % fit.validation_freq == 0
        validation, confusion = self._judged(lambda: self.subject.validation) if validated else ({}, ())
        # A chunk's loss is from before its last step; what is saved must be known to be good.
        loss = validation["loss"] if validation else finite(self.subject.validation.glance())
        seconds = self._clock.seconds
        if loss is not None:
            standing.epochs_done, standing.batches, standing.seconds = standing.epoch, 0, 0.0
            standing.trained += seconds
        best = loss is not None and self._is_best(validation)
        event = Epoch(
            **self._telling.stamp,
            train=self._metrics(loop.Sums(standing.images, np.array(standing.sums)).means),
            validation=validation,
            confusion=confusion,
            seconds=seconds,
            trained=standing.trained,
            best=standing.best,
        )
        if loss is None:
            self._telling.tell(event)
            raise Diverged(f"the validation loss after epoch {standing.epoch} is not a number")
        # All is decided before anything is written: writing may be ended by a stop.
        lowered = self._lower_learning_rate(event)
        standing.over = self._ends_early(event) and not last
        self._telling.owe(event, *lowered)
        self._saving.owe_epoch(self._capture(), best=best)
        self._telling.settle()

    def _lower_learning_rate(self, epoch: Epoch) -> list[Changed]:
        """Do what reduce_on_plateau asks for, and return what is to be told of it."""
        if self._plateau is None:
            return []
        knobs = self._plateau.knobs
        value = monitored(knobs.monitor, epoch, self.subject.accuracy)
        if value is None:
            return []
        lower = self._plateau.after(value, float(self.built.optimizer.learning_rate))
        if lower is None:
            return []
        waited = max(knobs.patience, 1)  # without patience, too, an epoch must be over to be no better
        why = f"{knobs.monitor} no better for {waited} epoch{'s' * (waited != 1)}"
        return [self._turning.lower_learning_rate(lower, why)]

    def _ends_early(self, epoch: Epoch) -> bool:
        """Say whether early_stopping ends the run here, and keep the best weights if it wants them."""
        if self._early_stop is None:
            return False
        knobs = self._early_stop.knobs
        value = monitored(knobs.monitor, epoch, self.subject.accuracy)
        if value is None:
            return False
        ends = self._early_stop.after(epoch.epoch, value)
        if knobs.restore_best_weights and self._early_stop.best_epoch == epoch.epoch:
            self._best_weights = {variable.path: variable.numpy() for variable in self.built.model.variables}
        return ends

    def _go_back(self) -> None:
        """Take the best epoch's weights, where early_stopping kept them."""
        if not self._best_weights or not self._early_stop or self._early_stop.best_epoch == self.standing.epoch:
            return
        checkpoint.carry(self.built.model.variables, self._best_weights)
        kept = checkpoint.capture(self.built, self.experiment, self.standing)
        kept.standing.epochs_done = kept.standing.epoch = self._early_stop.best_epoch
        kept.standing.step = kept.epoch * batches(len(self._images), self.experiment.fit.batch_size)
        self._saving.went_back(kept)

    def _chunk(self, pieces: list[tuple[loop.Batches, int, int]]) -> None:
        """Make some steps, each piece so many of its batches from the first on, and tell what they came to."""
        standing = self.standing
        sums, began, known = loop.Sums.none(len(self.built.metrics)), time.perf_counter(), True
        epoch = loop.Sums(standing.images, np.array(standing.sums))
        for part, first, steps in pieces:
            started = time.perf_counter()
            result = self.subject.steps(part, tf.constant(first), tf.constant(steps))
            rows = result.numpy()[first : first + steps]  # here we wait for the device
            sums, epoch = sums.after(rows, part.size), epoch.after(rows, part.size)
            standing.step += steps
            standing.batches += steps
            known &= part.size in self.subject.compiled
            self.subject.compiled.add(part.size)
            if known and part.size == self.experiment.fit.batch_size:
                self.pace.measured(steps, time.perf_counter() - started)
        standing.images, standing.sums = epoch.images, epoch.values.tolist()
        # What compiled says nothing about speed.
        seconds = time.perf_counter() - began if known else 0.0
        made, rate = sum(steps for _, _, steps in pieces), self.subject.learning_rate
        self._telling.chunk(made, sums, seconds, rate, trained=standing.trained + self._clock.seconds)
        loss = sums.means[0]
        if not math.isfinite(loss):
            raise Diverged(f"the loss became {loss} at step {standing.step:,}, in epoch {standing.epoch}")

    def _judge(self, evaluation: Evaluation) -> tuple[Metrics, tuple[tuple[int, ...], ...]]:
        """Return the present weights' metrics by name, and their confusion counts."""
        # Knobs are turned between training steps alone.
        judgement = evaluation.judge(lambda: self._heed(wishes=False))
        return self._metrics(judgement.means), judgement.confusion

    def _judged(self, evaluation: Callable[[], Evaluation]) -> tuple[Metrics, tuple[tuple[int, ...], ...]]:
        """Return the present weights' metrics by name, and their confusion counts, whatever is wished meanwhile."""
        while True:
            self._heed()
            try:
                return self._judge(evaluation())
            except Again:
                pass  # something is to be changed in a pause: after that, judge what is there then

    def _test(self, split: Split) -> Metrics:
        """Return the metrics of images that decided nothing."""
        images = loop.OnDevice.put(split, self.experiment)
        return self._judged(lambda: Evaluation(self.experiment, self.built, images))[0]

    def _is_best(self, validation: Metrics) -> bool:
        """Say whether this is the best epoch so far, and remember it."""
        if not validation:
            return False
        new = Best(epoch=self.standing.epoch, accuracy=validation[self.subject.accuracy], loss=validation["loss"])
        by_accuracy, old = self.experiment.checkpoint.monitor == "val_accuracy", self.standing.best
        score, best = ((each.accuracy if by_accuracy else each.loss) if each else None for each in (new, old))
        if score is None or (best is not None and (score <= best if by_accuracy else score >= best)):
            return False
        self.standing.best = new
        return True

    def _heed(self, *, wishes: bool = True) -> None:
        """Do what is asked for, and make the changes once more that were made here before this run was resumed."""
        with self._clock.stopped():
            if wishes:
                self._turning.again()
            self.control.heed(
                lambda: self._telling.tell(Paused(**self._telling.stamp)),
                lambda: self._telling.tell(Continued(**self._telling.stamp)),
                self._fulfil if wishes else None,
            )

    def _fulfil(self, wish: Wish) -> None:
        if isinstance(wish, Turn):
            self._turning.by_hand(wish.place, wish.value)
        else:
            self._saving.now(self._capture)

    def _capture(self) -> Saved:
        self.standing.chunk = self.pace.steps
        self.standing.seconds = self._clock.seconds if self.standing.epoch != self.standing.epochs_done else 0.0
        return checkpoint.capture(self.built, self.experiment, self.standing, self._best_weights)

    def _metrics(self, means: list[float]) -> Metrics:
        loss, _, *metrics = means
        return {"loss": finite(loss), **dict(zip(self.built.metrics, map(finite, metrics), strict=True))}
