"""The journal of a run: events appended by the engine, followed by everyone who watches."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from engine import disk
from engine.runs.events import AnyEvent, Changed, CheckpointSaved, Failed, Finished, of_another_version, parse

MOST_BYTES_AT_ONCE = 4_000_000
"""A long history is read in parts, so that a screen stays responsive while it catches up."""
LASTING = (CheckpointSaved, Changed, Finished, Failed)
"""Each of these, and all that was told before it, survives a loss of power: what a resumed run does not make anew."""


class Journal:
    """Appends events; a reader sees each as soon as `append` returns."""

    def __init__(self, path: Path) -> None:
        self._file = disk.appending(path, buffering=0)
        if not self._file.tell():
            disk.sync_folder(path.parent)

    def append(self, event: AnyEvent) -> None:
        """Write one event as one line.

        Raises:
            OSError: the disk is full or gone; nothing of the event was written.
        """
        end = self._file.seek(0, os.SEEK_END)
        # Someone may have died in the middle of a line: it must not swallow the next one.
        torn = b"\n" if end and _last_byte(self._file) != b"\n" else b""
        content = torn + event.model_dump_json().encode() + b"\n"
        try:
            # On a disk that is nearly full, a write takes what fits and raises at the next try only.
            while content:
                content = content[self._file.write(content) :]
            if isinstance(event, LASTING):
                disk.sync(self._file.fileno())
        except OSError:
            with suppress(OSError):
                self._file.truncate(end)
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _last_byte(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


class Tail:
    """Follows a journal from its beginning: every call of `read` returns what is new.

    A torn last line (the engine is writing it, or died in it) stays unread until its end is there. Lines that are no
    event are counted in ``skipped``; those of a kind that only another version knows are left out. Where another file
    took the place of the first, or it was cut off, it is read from its beginning, which is counted in ``beginnings``.
    While there is more than was read at once, it is ``behind``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._inode = 0
        self.skipped = 0
        self.beginnings = 0
        self.behind = False

    def skip(self) -> None:
        """Leave out what is there already."""
        with suppress(OSError):
            self._offset = self._path.stat().st_size

    def read_all(self) -> list[AnyEvent]:
        """Return all events appended since the last call, however many."""
        events, before = self.read(), -1
        while self._offset != before:
            before = self._offset
            events += self.read()
        return events

    def read(self) -> list[AnyEvent]:
        """Return the events appended since the last call; none while there is no file."""
        try:
            with disk.reading(self._path) as file:
                facts = os.fstat(file.fileno())
                if self._inode not in (0, facts.st_ino) or facts.st_size < self._offset:
                    self._offset = self.skipped = 0
                    self.beginnings += 1
                self._inode = facts.st_ino
                file.seek(self._offset)
                block = file.read(MOST_BYTES_AT_ONCE)
        except FileNotFoundError:
            return []
        self.behind = len(block) == MOST_BYTES_AT_ONCE
        complete, newline, torn = block.rpartition(b"\n")
        if not newline and len(torn) == MOST_BYTES_AT_ONCE:  # no event is so long
            complete, newline = torn, b""
        self._offset += len(complete) + len(newline)
        events = []
        for line in complete.splitlines():
            event = parse(line)
            if event is not None:
                events.append(event)
            elif not of_another_version(line):
                self.skipped += 1
        return events
