"""A visit to the screens: from opening them to the end of the process, which comes whatever happens.

Signals are heeded from before the first paint till the end. Whichever way the screens end (a key, a signal, a terminal
that is gone, an error of our own), the draft is kept and the terminal is given back; and where a thread or the event
loop hangs, the process ends some seconds later all the same.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from engine.runs.directory import RunDirectory
from engine.spec.document import BASELINE, load
from engine.spec.draft import Draft
from tui import crash
from tui.app import NNPlay
from tui.drafts import kept
from tui.settings.config import AS_IT_COMES, Preferences
from tui.terminal.driver import NobodysTerminalError, come_to_front

END_SECONDS = 5
"""So long leaving may take before the process is ended: threads that wait for a disk or an engine hold it up."""
KILL_SECONDS = 8
"""After so long the system ends it, also where Python itself hangs."""
LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
OTHERS_TERMINAL = (
    "error: nnplay runs in the background of a terminal that other programs use. Start it in the foreground, or train "
    "without screens: 'nnplay train'\n"
)


class _Visit:
    """One visit; what is known of its end."""

    def __init__(self) -> None:
        self.app: NNPlay | None = None
        self.status = 0
        self._ending = False
        self._told = threading.Lock()

    def heed(self, _number: int, _frame: FrameType | None) -> None:
        """Leave because of a signal. It may come at any time: nothing is done here but asking for it."""
        app = self.app
        if app is None:
            os._exit(0)  # nothing is shown, and nothing is changed yet
        app.hurry()
        loop = app._loop
        if loop is not None:
            with suppress(RuntimeError):  # it is closed: the app has left
                loop.call_soon_threadsafe(app.exit)

    def last_resort(self) -> None:
        """See to it that the process ends within some seconds."""
        if not self._ending:
            self._ending = True
            signal.alarm(KILL_SECONDS)
            timer = threading.Timer(END_SECONDS, self._end)
            timer.daemon = True
            timer.start()

    def finish(self) -> None:
        """Keep the draft and give the terminal back, as far as the app has not done it."""
        if self.app is not None:
            try:
                self.app.keep_draft()
            finally:
                self.app.give_terminal_back()

    def tell(self, failure: BaseException) -> None:
        """Say once what went wrong."""
        self.status = crash.STATUS
        if self._told.acquire(blocking=False):
            kept.blame()
            crash.tell(failure, "The screens", how_to_go_on(self.app))

    def _end(self) -> None:
        """End where all else hangs."""
        try:
            if self.app is not None:
                self.app.keep_draft()
                self.app.give_terminal_back_at_once()
                if self.app.failure:
                    self.tell(self.app.failure)
        finally:
            os._exit(self.status)


def visit(
    draft: Draft | None,
    *,
    start: bool = False,
    watch: RunDirectory | None = None,
    preferences: Preferences = AS_IT_COMES,
) -> NoReturn:
    """Show the screens until they are left, and end the process: with status 70 after an error of our own.

    Args:
        draft: None for that of the last visit, or the baseline where there is none.
        start: train it at once.
        watch: a run to show at once.
        preferences: how a person prefers it.
    """
    try:
        come_to_front(sys.__stdin__.fileno() if sys.__stdin__ else 0)
    except NobodysTerminalError:
        sys.stderr.write(OTHERS_TERMINAL)
        sys.exit(1)
    this = _Visit()
    for number in LEAVING:
        signal.signal(number, this.heed)
    failure: BaseException | None = None
    try:
        opened = kept.open_last() if draft is None else kept.Opened(draft)
        unsaved = kept.changed_since(draft.document) if draft is not None else None
        app = NNPlay(
            opened.draft or Draft.new(load(BASELINE)),
            start=start,
            watch=watch,
            aside=opened.aside,
            unsaved=unsaved,
            preferences=preferences,
        )
        app.last_resort = this.last_resort
        this.app = app
        app.run()
        failure = app.failure
    except BaseException as error:  # noqa: BLE001 - whatever it is: the terminal has to be given back, the draft kept
        failure = (this.app.failure if this.app else None) or error
    this.last_resort()
    try:
        this.finish()
    except Exception as error:  # noqa: BLE001 - likewise; what went wrong first is told
        failure = failure or error
    if failure is not None:
        this.tell(failure)
    sys.exit(this.status)


def how_to_go_on(app: NNPlay | None) -> list[str]:
    """Return what a person can do after a crash of the screens, a sentence each."""
    told = ["Your draft is kept: 'nnplay' opens it again."]
    watched = app.snapshot.watched if app is not None else None
    if watched is not None and watched.training:
        told.append(f"{watched.run.name} trains on: 'nnplay attach {watched.run.argument}' shows it.")
    elif app is not None and app.snapshot.busy:
        told.append("The run that was training goes on: 'nnplay attach RUN' shows it, 'nnplay runs' lists all.")
    return told
