"""What goes over the socket: requests and replies, a JSON object a line. All else goes through the run's files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from engine.shown import visible

MOST_BYTES = 64 * 1024
"""A longer line is refused: no request comes near it."""
MOST_REPLY_BYTES = 1024 * 1024
"""A longer reply is none of ours: the longest names all runs of a queue."""

Phase = Literal["loading", "idle", "training", "broken"]
"""loading: TensorFlow is being imported; broken: it could not be."""


Command = Literal["status", "start", "resume", "pause", "continue", "stop", "turn", "save", "queue", "first", "clear"]
"""queue: train this run, new or not, when those before it have ended; first: before all others that wait; clear: let go
of all that wait. One that waits is taken out by ``stop``."""


def engine_command(socket_path: Path, *inherited: str) -> list[str]:
    """Return the command of an engine process that listens on a socket; see `engine.worker.server`."""
    # -P: a folder named engine in the user's working directory must not be taken for ours.
    return [sys.executable, "-P", "-m", "engine.worker.server", str(socket_path), *inherited]


class Request(BaseModel):
    """What a client wants.

    Attributes:
        run: the directory to train in, for ``start``, ``resume`` and ``queue``. For the others the run that is meant:
            another one, which may be in progress by now, is left alone.
        place: the knob to ``turn``, such as "compile.optimizer.learning_rate".
        value: what it shall be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    command: Command
    run: str | None = None
    place: str = ""
    value: float = 0.0


Text = Annotated[str, AfterValidator(visible)]
"""Words that are shown: an engine may be anybody's, so what would steer a terminal is written out as it comes in."""


class Status(BaseModel):
    """How the engine is.

    Attributes:
        seconds: since it began to load.
        device: what computes; empty while loading.
        run: the directory of the run in progress.
        problem: why it is broken.
        trouble: what training waits for, such as room on the disk; it goes on by itself.
        queue: the directories of the runs that wait for their turn, the next one first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    phase: Phase
    pid: int
    seconds: float
    device: Text = ""
    run: str | None = None
    problem: Text = ""
    trouble: Text = ""
    queue: tuple[str, ...] = ()


class Reply(BaseModel):
    """The answer: done or not and why, and how the engine is now."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    ok: bool
    error: Text = ""
    status: Status
