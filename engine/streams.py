"""The standard streams, whatever they are: always open, in any locale, and what cannot be written ends nothing.

A reader that goes away (``| head``), a full disk behind a redirection, a stream that is closed (``>&-``): whatever a
program is doing goes on. That something could not be printed is said at its end.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
import time
from typing import TYPE_CHECKING

from engine import plain

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CANNOT_PRINT = 74
"""The exit status of a command that did all but print: EX_IOERR of sysexits.h."""


class _Forgiving(io.FileIO):
    """Writes what can be written, and notes the first failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self.failure: OSError | None = None
        self.moved = time.monotonic()

    def write(self, data: ReadableBuffer) -> int:
        try:
            while (written := super().write(data)) is None:  # somebody made the stream one that does not wait
                select.select((), (self,), ())
        except OSError as error:
            self.failure = self.failure or error
            return memoryview(data).nbytes
        self.moved = time.monotonic()
        return written


class Stream(io.TextIOWrapper):
    """A stream that takes all text and never raises."""

    def __init__(self, number: int, encoding: str) -> None:
        """Take the number of the stream, 1 or 2 or a copy of one; it is left open."""
        self._forgiving = _Forgiving(number)
        super().__init__(
            io.BufferedWriter(self._forgiving), encoding=encoding, errors=plain.ERRORS, line_buffering=True
        )

    @property
    def failure(self) -> OSError | None:
        """Why something could not be written; None while all could."""
        return self._forgiving.failure

    @property
    def moved(self) -> float:
        """When something was written last, in seconds of `time.monotonic`."""
        return self._forgiving.moved

    @property
    def unread(self) -> bool:
        """Whoever read it has gone: that is no failure of ours, and some do so on purpose."""
        return self.failure is not None and self.failure.errno == errno.EPIPE


def ensure() -> None:
    """Have the three standard streams open, and take any text. What is opened in their place cannot be written."""
    plain.register()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: the next file that is opened would be taken for it
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - for as long as the program runs
    sys.stdout, sys.stderr = Stream(1, _encoding(sys.stdout)), Stream(2, _encoding(sys.stderr))


def copies() -> tuple[Stream, Stream]:
    """Return stdout and stderr under numbers of their own: what a library prints can be sent elsewhere meanwhile."""
    out, err = (Stream(os.dup(number), _encoding(each)) for number, each in ((1, sys.stdout), (2, sys.stderr)))
    return out, err


def finished(status: int) -> int:
    """Say what could not be printed, and return the exit status of a command that ends with ``status``."""
    out = sys.stdout
    if not isinstance(out, Stream):
        return status
    out.flush()
    if out.failure is None or out.unread:
        return status
    sys.stderr.write(f"error: the output could not be written: {out.failure.strerror}\n")
    return status or CANNOT_PRINT


def _encoding(stream: object) -> str:
    """Return how text is written on a stream; None, where it was closed, says nothing of it."""
    return str(getattr(stream, "encoding", None) or "utf-8")
