"""The queue of an engine: runs that wait for their turn. The next one begins when the one before it has ended.

Each is held by its lock meanwhile, so every program sees that it waits, and nobody else begins it. When the engine
ends, however it ends, the runs stay where they are: not begun, or as far as they were.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from engine.runs.directory import RunDirectory, RunError
from engine.runs.lock import Hold, Holder, held
from engine.train.thread import EngineThread, Refusal, UnwritableError

RETRY_SECONDS = 2.0
"""How often a run is tried whose files cannot be read or written."""


class Queue:
    """Runs in the order in which they will be trained. Called from the main thread only."""

    def __init__(self, command_socket: Path, thread: EngineThread) -> None:
        self._socket = command_socket
        self._thread = thread
        self._waiting: dict[RunDirectory, tuple[Hold, ExitStack]] = {}
        self._not_before = 0.0
        self.trouble = ""
        """What the next one waits for, besides its turn; empty while all is well."""

    @property
    def runs(self) -> tuple[RunDirectory, ...]:
        """Those that wait, the next one first."""
        return tuple(self._waiting)

    def add(self, run: RunDirectory) -> None:
        """Put a run at the end.

        Raises:
            Refusal: it is trained, or waits already.
            OSError: its directory cannot be written.
        """
        try:
            self._waiting[run] = self._held(run)
        except RunError as error:
            raise Refusal(str(error)) from None

    def _held(self, run: RunDirectory, *, silently: bool = False) -> tuple[Hold, ExitStack]:
        release = ExitStack()
        return release.enter_context(held(run, Holder.me(self._socket, queued=True), silently=silently)), release

    def take_over(self, runs: Iterable[RunDirectory]) -> None:
        """Put those at the end that this process held before it began anew. One that is gone is left out."""
        for run in runs:
            try:
                self.add(run)
            except (Refusal, OSError) as error:
                _log(f"{run.name} is not in the queue any more: {error}")

    def remove(self, run: RunDirectory) -> None:
        """Take a run out, and let go of it."""
        _, release = self._waiting.pop(run)
        release.close()

    def first(self, run: RunDirectory) -> None:
        """Put one of them before all others."""
        self._waiting = {run: self._waiting.pop(run), **self._waiting}

    def clear(self) -> None:
        """Take all out."""
        for run in self.runs:
            self.remove(run)

    def keep(self) -> None:
        """Look after the locks of all; to be called now and then. One that another process holds is taken out."""
        for run, (hold, _) in tuple(self._waiting.items()):
            if not hold.keep():
                self.remove(run)
                _log(f"{run.name} is not in the queue any more: another process trains it")

    def begin_next(self) -> None:
        """Train the next one, if nothing trains.

        One whose files cannot be read or written now keeps its turn, and is tried again. One that cannot be begun for
        another reason is left out, which the log tells.
        """
        if time.monotonic() < self._not_before:
            return
        while self._waiting and self._thread.current is None:
            run = self.runs[0]
            self.remove(run)
            trouble, self.trouble = self.trouble, ""
            try:
                self._thread.train(run, resume=_begun(run))
            except (UnwritableError, OSError) as error:
                self._put_back(run)
                self.trouble = f"{run.name} cannot begin: {error}"
                self._not_before = time.monotonic() + RETRY_SECONDS
                if self.trouble != trouble:
                    _log(self.trouble)
                return
            except Refusal as error:
                _log(f"{run.name} could not be begun when its turn came: {error}")

    def _put_back(self, run: RunDirectory) -> None:
        """Have a run wait again, before all others."""
        try:
            entry = self._held(run, silently=True)
        except RunError as error:
            _log(f"{run.name} is not in the queue any more: {error}")
            return
        except OSError:  # not even its lock can be opened; it is held when it is begun
            entry = Hold(run, Holder.me(self._socket, queued=True), None), ExitStack()
        self._waiting = {run: entry, **self._waiting}


def _begun(run: RunDirectory) -> bool:
    """Say whether a run has events.

    Raises:
        OSError: that cannot be known now.
    """
    try:
        run.events.stat()
    except FileNotFoundError:
        return False
    return True


def _log(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
