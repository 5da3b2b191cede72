"""Prints what happens in a run while it trains, at the pace of whoever reads it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent
from engine.runs.history import History
from engine.runs.journal import Tail
from engine.streams import Stream
from engine.worker.report import JsonReport, TextReport

LOOK_SECONDS = 0.05
STUCK_SECONDS = 10.0
"""Once the run is over, a reader that has taken nothing for so long is not waited for."""
UNREADABLE_SECONDS = 10.0
"""Once the run is over, events that cannot be read are waited for so long."""


class Printer(threading.Thread):
    """Follows a run's events and prints them, as a screen would show them.

    A thread of its own, for a stream that nobody reads fills up, and writing to it blocks: the run must not notice.
    """

    def __init__(
        self,
        run: RunDirectory,
        tail: Tail,
        report: JsonReport | TextReport,
        out: Stream,
        err: Stream,
        trouble: Callable[[], str],
    ) -> None:
        """Take what is printed.

        Args:
            run: it is followed.
            tail: its events, from the first that is printed.
            report: prints them.
            out: where it prints.
            err: where is said that ``out`` cannot be written any more.
            trouble: tells what the run waits for; empty while all is well.
        """
        super().__init__(name="printer", daemon=True)
        self._run, self._tail, self._report, self._trouble = run, tail, report, trouble
        self._out, self._err = out, err
        self._over = threading.Event()
        self._told = False

    def finish(self) -> None:
        """Have all printed of a run that is over, unless nobody reads it."""
        began = time.monotonic()
        self._over.set()
        while self.is_alive() and time.monotonic() - max(began, self._out.moved, self._err.moved) < STUCK_SECONDS:
            self.join(LOOK_SECONDS)

    def run(self) -> None:
        """Print: the body of the thread."""
        history, left = History(), UNREADABLE_SECONDS
        while True:
            over = self._over.is_set()
            events, unread = new_events(self._tail)
            history = history.after(events)
            self._report.show(events, history)
            self._report.trouble(self._trouble() or unread)
            self._tell_of_failure()
            left = UNREADABLE_SECONDS if not over else left - LOOK_SECONDS
            if over and not events and not (unread and left > 0):
                break
            if not events and not over:
                self._over.wait(LOOK_SECONDS)
            elif not events:
                time.sleep(LOOK_SECONDS)
        self._report.end(history, self._run)
        self._out.flush()
        self._tell_of_failure()

    def _tell_of_failure(self) -> None:
        """Say once, on stderr, that what happens is not printed any more."""
        failure = self._out.failure
        if failure is None or self._told:
            return
        self._told = True
        why = "nobody reads the output any more" if self._out.unread else f"cannot print: {failure.strerror}"
        over = self._over.is_set()
        ends = f"'nnplay show {self._run.argument}' tells how it ended"
        goes_on = f"training goes on: 'nnplay stop {self._run.argument}' saves its state and ends it"
        self._err.write(f"{why}; {ends if over else goes_on}\n")


def new_events(tail: Tail) -> tuple[list[AnyEvent], str]:
    """Return the events that are new; and why they cannot be read now, if so: training goes on, and they come later."""
    try:
        return tail.read(), ""
    except OSError as error:
        return [], f"the run's events cannot be read ({error.strerror or error}); training goes on"
