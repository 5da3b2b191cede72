"""What is drawn goes to the terminal in the background. A terminal that takes nothing cannot hold up the app for ever.

Textual's own thread dies of an error, and the app waits for it; and where nobody reads what was written, the app waits
with it, deaf to SIGTERM.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from queue import Full, Queue
from typing import TextIO

MOST_WAITING = 30
"""So many writes wait before the app does, as with Textual's own."""
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 1.0
"""Once one leaves, the terminal has so long to take what was written; a person sees a second as at once."""


class Output:
    """The terminal's file: every text reaches it whole, also where another program has switched it not to block."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._pending: list[str] = []

    def write(self, text: str) -> None:
        """Take a text; it is sent at the next flush."""
        self._pending.append(text)

    def flush(self) -> None:
        """Send what was written.

        Raises:
            OSError: the terminal is gone.
        """
        text, self._pending = "".join(self._pending), []
        # A person's preferences may set the encoding anew: it is asked for at each time.
        data = memoryview(text.encode(self._file.encoding or "utf-8", self._file.errors or "replace"))
        while data:
            try:
                data = data[os.write(self.fileno(), data) :]
            except BlockingIOError:
                select.select((), (self.fileno(),), (), LOOK_SECONDS)

    def fileno(self) -> int:
        """Return the number of the file."""
        return self._file.fileno()


class Writer(threading.Thread):
    """Writes what it is given; with a terminal that is gone, what is written goes nowhere."""

    def __init__(self, output: Output, lost: Callable[[], None]) -> None:
        """Take where to write, and what to call when the terminal is gone."""
        super().__init__(daemon=True, name="nnplay-output")
        self._output = output
        self._lost = lost
        self._waiting: Queue[str | None] = Queue(MOST_WAITING)
        self._gone = False
        self._deadline: float | None = None

    def hurry(self) -> None:
        """Wait for the terminal no longer than a moment from now on. Takes no lock: a signal's handler may call it."""
        if self._deadline is None:
            self._deadline = time.monotonic() + PATIENCE_SECONDS

    def write(self, text: str | None) -> None:
        """Have a text written; wait while too much waits already."""
        while not self._gone:
            try:
                self._waiting.put(text, timeout=LOOK_SECONDS)
            except Full:
                # Only ever set: the thread may have found it gone in this very moment, and empties the queue no more.
                if self._deadline is not None and time.monotonic() > self._deadline:
                    self._gone = True
            else:
                return

    def stop(self) -> None:
        """End when all is written, or when the terminal has not taken it for too long."""
        self.hurry()
        self.write(None)
        if self._deadline is not None and self.is_alive():
            self.join(max(LOOK_SECONDS, self._deadline - time.monotonic()))

    def run(self) -> None:
        """Write until the end is asked for."""
        text = self._waiting.get()
        while text is not None:
            self._output.write(text)
            if self._waiting.empty() and not self._sent():
                return
            text = self._waiting.get()
        self._sent()

    def _sent(self) -> bool:
        try:
            self._output.flush()
        except (OSError, ValueError):  # the latter where the file was closed under it
            self._gone = True
            self._lost()
            return False
        return True
