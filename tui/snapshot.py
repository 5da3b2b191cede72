"""What the screens show of the engine: one immutable value, replaced as a whole when something happened."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.library import Condition, condition
from engine.runs.lock import Whereabouts
from engine.spec.experiment import Experiment
from engine.worker.protocol import Status


@dataclass(frozen=True)
class Watched:
    """A run that is watched, and what is known of it.

    Attributes:
        run: its directory.
        history: what its events add up to.
        skipped: lines of its events that could not be read.
        where: the process that trains it.
        host: the machine of that process, where it is another one.
        trouble: what training waits for, and goes on by itself when it is there.
        words: the last lines of its log, where its process ended without a word.
        asked: what was asked of it; None where that cannot be read, or was not yet.
    """

    run: RunDirectory
    history: History = field(default_factory=History)
    skipped: int = 0
    where: Whereabouts = Whereabouts.NOBODY
    host: str = ""
    trouble: str = ""
    words: tuple[str, ...] = ()
    asked: Experiment | None = None

    @property
    def condition(self) -> Condition:
        """How it is."""
        return condition(self.history, self.where)

    @property
    def training(self) -> bool:
        """A process on this machine trains it, and takes commands."""
        return self.where is Whereabouts.HERE and not self.history.state.over

    @property
    def crashed(self) -> bool:
        """Its process ended without a word."""
        return self.condition is Condition.CRASHED

    @property
    def resumable(self) -> bool:
        """It ended before its time, and can go on."""
        return self.condition.resumable


@dataclass(frozen=True)
class Snapshot:
    """The engine, and the run that is watched.

    Attributes:
        status: what the engine said last; None before its first word.
        lost: why the engine is gone; empty while it is there.
        watched: the run whose curves are shown; None before the first.
    """

    status: Status | None = None
    lost: str = ""
    watched: Watched | None = None

    @property
    def run(self) -> RunDirectory | None:
        """The run that is watched."""
        return self.watched.run if self.watched else None

    @property
    def history(self) -> History:
        """What happened in it."""
        return self.watched.history if self.watched else History()

    @property
    def training(self) -> bool:
        """The watched run trains on this machine, or will when TensorFlow is there."""
        return self.watched is not None and self.watched.training

    @property
    def busy(self) -> bool:
        """The engine of these screens trains a run, be it the watched one or not."""
        if self.lost or self.status is None:
            return False
        if self.status.queue:  # the next begins in a moment
            return True
        if self.status.run is None:
            return False
        # What a run tells of its end comes sooner than the engine's next word.
        ended = self.watched is not None and self.watched.history.state.over
        return not (ended and self.status.run == str(self.run.path if self.run else ""))

    @property
    def queued(self) -> int:
        """How many runs wait for their turn."""
        return len(self.status.queue) if self.status and not self.lost else 0

    def trains(self, experiment: Experiment | None) -> bool:
        """Say whether the engine of these screens trains just this experiment, and shows it."""
        return (
            experiment is not None and self.training and self.watched is not None and self.watched.asked == experiment
        )

    @property
    def loading(self) -> bool:
        """TensorFlow is not there yet."""
        return not self.lost and (self.status is None or self.status.phase == "loading")
