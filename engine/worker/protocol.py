"""What goes over the socket: requests and replies, a JSON object a line. All else goes through the run's files."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

MOST_BYTES = 64 * 1024
"""A longer line is refused: no request comes near it."""

Phase = Literal["loading", "idle", "training", "broken"]
"""loading: TensorFlow is being imported; broken: it could not be."""


class Request(BaseModel):
    """What a client wants. ``run`` is the directory to train in, for ``start`` only."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    command: Literal["status", "start", "pause", "continue", "stop"]
    run: str | None = None


class Status(BaseModel):
    """How the engine is.

    Attributes:
        seconds: since it began to load.
        device: what computes; empty while loading.
        run: the directory of the run in progress.
        problem: why it is broken.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    phase: Phase
    pid: int
    seconds: float
    device: str = ""
    run: str | None = None
    problem: str = ""


class Reply(BaseModel):
    """The answer: done or not and why, and how the engine is now."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    ok: bool
    error: str = ""
    status: Status
