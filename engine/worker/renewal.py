"""An engine that has grown begins anew between two runs, as the same process.

TensorFlow keeps what XLA has compiled for as long as the process lives (some 8 to 12 MB per run, see
`engine.train.freeing`), and has no call that gives it back. So the process replaces its own program (``exec``).
It keeps its number, its socket and its lock; a client that asks meanwhile has its answer a moment later.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from engine.worker.protocol import engine_command

MOST_GROWTH = 400e6
"""Bytes that runs may leave behind: those of some forty runs, and the seconds of one import for as many."""
HELD_BACK = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Signals that wait until the new program can answer them."""


class Inherited(BaseModel):
    """What the program before left to this one, as an argument of the command line.

    Attributes:
        listening: the descriptor of the socket that clients connect to.
        lock: the descriptor of the locked file that says that this socket has an engine.
        queue: the directories of the runs that wait, the next one first.
    """

    model_config = ConfigDict(frozen=True)

    listening: int
    lock: int
    queue: tuple[Path, ...] = ()


class Renewal:
    """Says when the engine has grown too much, and begins it anew."""

    def __init__(self, lock: int) -> None:
        """Take the descriptor of the engine's lock."""
        self._lock = lock
        self._process = psutil.Process()
        self._loaded: int | None = None

    def due(self) -> bool:
        """Say whether the memory has grown too much since the first call, when TensorFlow was just loaded."""
        memory: int = self._process.memory_info().rss
        if self._loaded is None:
            self._loaded = memory
        return memory - self._loaded > MOST_GROWTH

    def begin_anew(self, socket_path: Path, listening: socket.socket, queue: tuple[Path, ...]) -> None:
        """Replace this program by a new one. Does not return, unless that cannot be done.

        Args:
            socket_path: where clients connect.
            listening: the socket bound there.
            queue: the directories of the runs that wait.

        Raises:
            OSError: the interpreter cannot be started; this program goes on.
        """
        left = Inherited(listening=listening.fileno(), lock=self._lock, queue=queue)
        for descriptor in (left.listening, left.lock):
            os.set_inheritable(descriptor, True)
        signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            os.execv(sys.executable, engine_command(socket_path, left.model_dump_json()))
        finally:  # it could not be replaced: wait until it has grown once more
            self._loaded = None
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
