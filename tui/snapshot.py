"""What the screens show of the engine: one immutable value, replaced as a whole when something happened."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.worker.protocol import Status


@dataclass(frozen=True)
class Snapshot:
    """The engine, and the run that is watched.

    Attributes:
        status: what the engine said last; None before its first word.
        lost: why the engine is gone; empty while it is there.
        run: the run whose curves are shown; None before the first.
        history: what happened in it.
    """

    status: Status | None = None
    lost: str = ""
    run: RunDirectory | None = None
    history: History = field(default_factory=History)

    @property
    def training(self) -> bool:
        """The engine trains the watched run, or will when TensorFlow is there."""
        here = self.run is not None and self.status is not None and self.status.run == str(self.run.path)
        return here and not self.history.state.over and not self.lost

    @property
    def loading(self) -> bool:
        """TensorFlow is not there yet."""
        return not self.lost and (self.status is None or self.status.phase == "loading")
