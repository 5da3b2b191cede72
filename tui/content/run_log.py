"""What a run has to say, for reading: its events in words, and its process' log. Both are followed as they grow."""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine import disk
from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent, CheckpointSaved, Finished, Started, Validated
from engine.runs.words import metrics_in_words, told
from engine.shown import visible

MOST_LOG_BYTES = 1_000_000
"""Of a longer log, the end is read."""


@dataclass(frozen=True)
class News:
    """What is new.

    Attributes:
        events: a line each.
        log: lines of the log.
        anew: the run was begun anew: what was told before does not count.
    """

    events: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    anew: bool = False


class RunLog:
    """Reads what a run says; `read` may be called on another thread, one call at a time."""

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self._tail = run.tail()
        self._beginnings = 0
        self._epochs = 0
        self._offset = 0
        self._torn = b""

    def read(self) -> News:
        """Return what is new since the last call.

        Raises:
            OSError: the events cannot be read.
        """
        events = self._tail.read_all()
        anew = self._tail.beginnings != self._beginnings
        self._beginnings = self._tail.beginnings
        return News(tuple(line for event in events for line in self._in_words(event)), self._log(), anew)

    def _in_words(self, event: AnyEvent) -> list[str]:
        if isinstance(event, Started):
            self._epochs = event.epochs
        match event:
            case CheckpointSaved(back_to=0):
                words = [f"saved {event.file}, epoch {event.epoch}{', the best so far' if event.best else ''}"]
            case Validated():
                words = [f"step {event.step:,}  validation {metrics_in_words(event.validation)}"]
            case Finished():
                words = [*told(event, self._epochs), event.reason.replace("_", " ")]
            case _:
                words = told(event, self._epochs)
        if not words:
            return []
        clock = time.strftime("%H:%M:%S", time.localtime(event.time))
        return [f"{clock}  {visible(line)}" for line in words]

    def _log(self) -> tuple[str, ...]:
        """Return the new lines of the log; a last line without an end is one when nothing came after it for a while."""
        try:
            with disk.reading(self.run.log) as file:
                size = file.seek(0, 2)
                if size < self._offset:  # another log took its place
                    self._offset, self._torn = 0, b""
                if size - self._offset > MOST_LOG_BYTES:
                    self._offset, self._torn = size - MOST_LOG_BYTES, b""
                file.seek(self._offset)
                block = file.read(MOST_LOG_BYTES)
        except OSError:  # there is none yet
            return ()
        self._offset += len(block)
        if block:
            *lines, self._torn = (self._torn + block).split(b"\n")
        else:
            lines, self._torn = [self._torn] if self._torn else [], b""
        return tuple(visible(line.decode("utf-8", errors="replace").rstrip().expandtabs()) for line in lines)
