"""What a run's events add up to: its state, its curves, its best epoch. One fold, used by every reader."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from engine.runs.events import (
    AnyEvent,
    Changed,
    CheckpointSaved,
    Continued,
    Epoch,
    Failed,
    Finished,
    Paused,
    Progress,
    Started,
)
from engine.runs.standing import Best

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
class Curve:
    """Points of one line of a chart: x in epochs (1.5 is the middle of the second), y None where it was not finite."""

    x: tuple[float, ...] = ()
    y: tuple[float | None, ...] = ()

    def extended(self, points: Iterable[tuple[float, float | None]]) -> Curve:
        """Return the curve with more points at its end."""
        new = tuple(points)
        return Curve(self.x + tuple(x for x, _ in new), self.y + tuple(y for _, y in new)) if new else self

    def until(self, x: float) -> Curve:
        """Return the curve without what comes after x."""
        kept = bisect_right(self.x, x)
        return Curve(self.x[:kept], self.y[:kept])


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
        train_loss, train_accuracy: one point a chunk.
        validation_loss, validation_accuracy: one point a validated epoch.
        saved: the newest checkpoint.
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
    train_loss: Curve = Curve()
    train_accuracy: Curve = Curve()
    validation_loss: Curve = Curve()
    validation_accuracy: Curve = Curve()

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
    def accuracy_name(self) -> str:
        """The metric that is shown as accuracy."""
        return self.started.metrics[0] if self.started else "accuracy"

    @property
    def epochs_done(self) -> float:
        """How far it is, in epochs: 1.5 is the middle of the second."""
        latest = self.progress or self.started
        return self._position(latest.step) if latest else 0.0

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
        return replace(
            self,
            state=State.TRAINING,
            progress=chunks[-1],
            rate=rate,
            train_loss=self.train_loss.extended(zip(xs, (chunk.loss for chunk in chunks), strict=True)),
            train_accuracy=self.train_accuracy.extended(
                zip(xs, (chunk.metrics.get(name) for chunk in chunks), strict=True)
            ),
        )

    def _with(self, event: AnyEvent) -> History:
        match event:
            case Started():
                return self._begun(event)
            case Epoch():
                at = self._position(event.step)
                accuracy, loss = event.validation.get(self.accuracy_name), event.validation.get("loss")
                validated = bool(event.validation)
                return replace(
                    self,
                    epochs=(*self.epochs, event),
                    validation_loss=self.validation_loss.extended([(at, loss)] * validated),
                    validation_accuracy=self.validation_accuracy.extended([(at, accuracy)] * validated),
                )
            case CheckpointSaved():
                return replace(self, saved=event)
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
        return History(
            state=State.TRAINING,
            started=started,
            epochs=tuple(epoch for epoch in self.epochs if epoch.epoch <= epochs),
            saved=self.saved if self.saved and self.saved.step <= started.step else None,
            marks=tuple(mark for mark in self.marks if mark.x <= at),
            train_loss=self.train_loss.until(at),
            train_accuracy=self.train_accuracy.until(at),
            validation_loss=self.validation_loss.until(epochs),
            validation_accuracy=self.validation_accuracy.until(epochs),
        )
