"""What a run's events add up to: its state, its curves, its best epoch. One fold, used by every reader."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from engine.runs.curve import Curve
from engine.runs.events import (
    AnyEvent,
    Changed,
    CheckpointSaved,
    Continued,
    Epoch,
    Failed,
    Finished,
    Metrics,
    Paused,
    Progress,
    Started,
    Validated,
)
from engine.runs.standing import Best
from engine.spec.experiment import Experiment
from engine.spec.schedules import Length

RATE_MEMORY = 0.8
"""Share of the old value that a new measurement of speed leaves in the shown one."""


class State(Enum):
    """Where a run stands, as far as its events tell."""

    WAITING = "waiting"
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Nothing more will happen."""
        return self in (State.FINISHED, State.FAILED)


@dataclass(frozen=True)
class Mark:
    """A place on the curves where something changed: x as theirs."""

    x: float
    change: Changed


@dataclass(frozen=True)
class History:
    """An immutable summary of the events read so far.

    Attributes:
        epochs: those that are over; what a resumed run took back is not among them.
        rate: images a second, smoothed.
        train_loss, data_loss, penalty, train_accuracy: one point a chunk; the loss is the sum of the two after it.
        loss_spread, data_spread, accuracy_spread: of points that are means of several chunks the lowest and the highest
            chunk, two points at their place.
        learning_rate: that of each chunk's last step, at its end.
        validation_loss, validation_accuracy: one point a validated epoch, and those within it.
        saved: the newest checkpoint.
        checkpoints: where some were saved; y 1 where it was the best so far, else 0.
        paused: why and since when it waits, while it does.
        marks: the knobs that were turned while it trained.
    """

    state: State = State.WAITING
    started: Started | None = None
    progress: Progress | None = None
    epochs: tuple[Epoch, ...] = ()
    saved: CheckpointSaved | None = None
    finished: Finished | None = None
    failed: Failed | None = None
    paused: Paused | None = None
    marks: tuple[Mark, ...] = ()
    rate: float = 0.0
    train_loss: Curve = field(default_factory=Curve)
    data_loss: Curve = field(default_factory=Curve)
    penalty: Curve = field(default_factory=Curve)
    loss_spread: Curve = field(default_factory=Curve)
    data_spread: Curve = field(default_factory=Curve)
    accuracy_spread: Curve = field(default_factory=Curve)
    learning_rate: Curve = field(default_factory=Curve)
    train_accuracy: Curve = field(default_factory=Curve)
    validation_loss: Curve = field(default_factory=Curve)
    validation_accuracy: Curve = field(default_factory=Curve)
    checkpoints: Curve = field(default_factory=Curve)

    def after(self, events: Iterable[AnyEvent]) -> History:
        """Return the history with more events at its end."""
        history = self
        chunks: list[Progress] = []
        for event in events:
            if isinstance(event, Progress):
                chunks.append(event)  # thousands may come at once; the curves are extended once, below
            else:
                history = history._with_chunks(chunks)._with(event)
                chunks = []
        return history._with_chunks(chunks)

    @property
    def epoch(self) -> Epoch | None:
        """The last epoch that is over."""
        return self.epochs[-1] if self.epochs else None

    @property
    def best(self) -> Best | None:
        """The best epoch so far."""
        return self.epoch.best if self.epoch else None

    @property
    def penal(self) -> bool:
        """A penalty is, or was, part of its loss."""
        return len(self.penalty) > 0 and self.penalty.extremes(0, len(self.penalty)) != (0.0, 0.0)

    @property
    def accuracy_name(self) -> str:
        """The metric that is shown as accuracy."""
        return self.started.metrics[0] if self.started else "accuracy"

    @property
    def whole_epochs(self) -> int:
        """How many epochs are over."""
        if self.epoch:
            return self.epoch.epoch
        return self.started.epochs_done if self.started else 0

    @property
    def epochs_done(self) -> float:
        """How far it is, in epochs: 1.5 is the middle of the second."""
        latest = self.progress or self.started
        return self._position(latest.step) if latest else 0.0

    def learning_rate_at(self, epochs: float, asked: Experiment | None = None) -> float | None:
        """Return the learning rate of the last step up to a place of the run, as far as it was told of.

        Where the schedule that was asked for says the same as what was told of the chunk there, it is exact; else it is
        that of the chunk: its last step's, for knobs were turned, or it is a fork, or unknown what was asked.
        """
        curve, started = self.learning_rate, self.started
        if not len(curve) or not started:
            return None
        at = self._position(round(epochs * started.steps_per_epoch))
        end, told = curve[min(curve.within(at, at)[0], len(curve) - 1)]
        if asked is None or told is None or asked.fit.epochs != started.epochs:
            return told
        length = Length(started.epochs, started.steps_per_epoch)

        def scheduled(at: float) -> float:
            step = max(round(at * length.steps_per_epoch), 1)
            return asked.compile.schedule.rate(asked.learning_rate, step - 1, length)

        return scheduled(min(at, end)) if math.isclose(scheduled(end), told, rel_tol=1e-6) else told

    def scheduled_share(self, experiment: Experiment) -> float | None:
        """Return what the schedule multiplied the learning rate by at the last step that was told of.

        Args:
            experiment: what is trained by now; its learning rate may have been changed after that step.

        Returns:
            None where no schedule changes it, or nothing was told of it yet.
        """
        progress = self.progress
        if progress is None or experiment.compile.schedule.type_name == "constant":
            return None
        later = (mark.change for mark in self.marks if mark.change.step >= progress.step)
        bases = (change.before for change in later if change.place == "compile.optimizer.learning_rate")
        base = next((before for before in bases if before), experiment.learning_rate)
        return progress.learning_rate / base

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the present speed; None before there is one."""
        if not self.started or not self.progress or not self.rate:
            return None
        return (self.started.epochs - self.epochs_done) * self.started.train_images / self.rate

    def _position(self, step: int) -> float:
        return step / self.started.steps_per_epoch if self.started else 0.0

    def _with_chunks(self, chunks: list[Progress]) -> History:
        if not chunks:
            return self
        rate = self.rate
        for chunk in chunks:
            if not chunk.images_per_second:
                continue  # a chunk that compiled something was not measured
            rate = RATE_MEMORY * rate + (1 - RATE_MEMORY) * chunk.images_per_second if rate else chunk.images_per_second
        name = self.accuracy_name
        # A point stands in the middle of the steps that it is the mean of.
        xs = [self._position(chunk.step) - self._position(chunk.steps) / 2 for chunk in chunks]

        def more(curve: Curve, ys: Iterable[float | None]) -> Curve:
            return curve.extended(zip(xs, ys, strict=True))

        def spread(curve: Curve, metric: str, less: bool = False) -> Curve:
            found = (
                (x, y - (chunk.penalty or 0.0) * less)
                for x, chunk in zip(xs, chunks, strict=True)
                if metric in chunk.spread
                for y in chunk.spread[metric]
            )
            return curve.extended(found)

        return replace(
            self,
            state=State.TRAINING,
            progress=chunks[-1],
            loss_spread=spread(self.loss_spread, "loss"),
            data_spread=spread(self.data_spread, "loss", less=True),
            accuracy_spread=spread(self.accuracy_spread, name),
            rate=rate,
            train_loss=more(self.train_loss, (chunk.loss for chunk in chunks)),
            data_loss=more(self.data_loss, (chunk.data_loss for chunk in chunks)),
            penalty=more(self.penalty, (chunk.penalty for chunk in chunks)),
            learning_rate=self.learning_rate.extended(
                (self._position(chunk.step), chunk.learning_rate) for chunk in chunks
            ),
            train_accuracy=more(self.train_accuracy, (chunk.metrics.get(name) for chunk in chunks)),
        )

    def _validated(self, step: int, metrics: Metrics) -> History:
        if not metrics:
            return self
        at = self._position(step)
        return replace(
            self,
            validation_loss=self.validation_loss.extended([(at, metrics.get("loss"))]),
            validation_accuracy=self.validation_accuracy.extended([(at, metrics.get(self.accuracy_name))]),
        )

    def _with(self, event: AnyEvent) -> History:
        match event:
            case Started():
                return self._begun(event)
            case Epoch():
                return replace(self._validated(event.step, event.validation), epochs=(*self.epochs, event))
            case Validated():
                return self._validated(event.step, event.validation)
            case CheckpointSaved() if event.back_to:
                return replace(self, saved=event)  # no state of this step
            case CheckpointSaved():
                place = [(self._position(event.step), float(event.best))]
                return replace(self, saved=event, checkpoints=self.checkpoints.extended(place))
            case Changed():
                # A resumed run tells the changes that it makes again once more.
                kept = tuple(mark for mark in self.marks if not event.number or mark.change.number != event.number)
                return replace(self, marks=(*kept, Mark(self._position(event.step), event)))
            case Paused():
                return replace(self, state=State.PAUSED, paused=event)
            case Continued():
                return replace(self, state=State.TRAINING, paused=None)
            case Finished():
                return replace(self, state=State.FINISHED, finished=event, paused=None)
            case Failed():
                return replace(self, state=State.FAILED, failed=event, paused=None)
        return self

    def _begun(self, started: Started) -> History:
        """Return the history of a run that begins at a step, anew or again: what came later than that is undone."""
        at, epochs = started.step / started.steps_per_epoch, started.epochs_done

        def validated(curve: Curve) -> Curve:
            # What is due at this very step will be validated once more, but for the end of an epoch that is over.
            return curve.before(at) if at > epochs else curve.until(epochs)

        return History(
            state=State.TRAINING,
            started=started,
            epochs=tuple(epoch for epoch in self.epochs if epoch.epoch <= epochs),
            saved=self.saved if self.saved and self.saved.step <= started.step else None,
            marks=tuple(mark for mark in self.marks if mark.x <= at),
            train_loss=self.train_loss.until(at),
            data_loss=self.data_loss.until(at),
            penalty=self.penalty.until(at),
            learning_rate=self.learning_rate.until(at),
            loss_spread=self.loss_spread.until(at),
            data_spread=self.data_spread.until(at),
            accuracy_spread=self.accuracy_spread.until(at),
            train_accuracy=self.train_accuracy.until(at),
            validation_loss=validated(self.validation_loss),
            validation_accuracy=validated(self.validation_accuracy),
            checkpoints=self.checkpoints.until(at),
        )
