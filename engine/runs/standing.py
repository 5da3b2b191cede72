"""Where training stands: all that a run must know to go on as if nothing had happened, beside its variables.

One small piece of data that every checkpoint carries. The order of the images and their augmentation are functions of
the experiment's seed and the epoch, so they are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field


class Best(BaseModel):
    """The epoch that the best checkpoint holds, and what its validation came to."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, allow_inf_nan=False)

    epoch: int = Field(ge=0, le=10**12)
    accuracy: float | None = None
    loss: float | None = None


@dataclass
class Watched:
    """What a rule knows that watches a number from epoch to epoch.

    Attributes:
        best: the best value so far, which came in ``best_epoch``.
        epochs_since: epochs without progress since.
        cooldown: epochs that are not judged yet.
    """

    best: float | None = None
    best_epoch: int = 0
    epochs_since: int = 0
    cooldown: int = 0


@dataclass
class Standing:
    """How far a run is.

    Attributes:
        step: training steps since the run began.
        epoch: the present epoch, counted from 1; 0 before the first.
        epochs_done: whole epochs, their validation included.
        batches: of the present epoch that are done.
        images, sums: of the present epoch so far: how many, and see `engine.train.loop.Sums`.
        seconds: of the present epoch so far; pauses are left out.
        trained: seconds of all whole epochs.
        best: the best epoch so far.
        changes: numbers of the knobs' changes that were made, see `engine.runs.events.Changed`.
        data: the fingerprint of the images that are trained on.
        judged: those of the images that it is validated on, and tested on; files of before have none.
        chunk: steps that were made in one call at last; only a hint of how fast it goes.
        over: no epoch comes after the present one.
    """

    step: int = 0
    epoch: int = 0
    epochs_done: int = 0
    batches: int = 0
    images: int = 0
    sums: list[float] = field(default_factory=list)
    seconds: float = 0.0
    trained: float = 0.0
    best: Best | None = None
    changes: list[int] = field(default_factory=list)
    early_stop: Watched = field(default_factory=Watched)
    plateau: Watched = field(default_factory=Watched)
    data: str = ""
    judged: list[str] = field(default_factory=list)
    chunk: int = 1
    over: bool = False
