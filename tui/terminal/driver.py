"""The terminal that is drawn on. Whatever happens to it, the app can leave, and no thread stays behind.

Textual restarts its threads at every SIGCONT, which the kernel sends together with the SIGHUP of a terminal that is
closed: a second input thread began while the first was ended, and read the end of the file for ever. Here one continues
only what was stopped, and signals wait for the event loop, because they may come while a lock is held.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TextIO, cast

from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.terminal.reader import Reader
from tui.terminal.writer import Output, Writer

RESTORING = (
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l"
)
LEAVING = "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"
"""What ends the pasting, the mouse and the rest; then the keyboard's protocol, the other screen, and the cursor's
absence."""
STOPPED_SECONDS = 0.05
MOST_STOPS = 20
"""So often in a row it asks to be stopped without being stopped, before it believes that nobody could continue it."""


class NobodysTerminalError(Exception):
    """The terminal belongs to other programs, and nobody can bring this one to the front."""


class Listener(Protocol):
    """Who has to know of the terminal."""

    def hang_up(self) -> None:
        """Leave: the terminal is gone."""

    def fail(self, error: Exception) -> None:
        """End: the terminal cannot be read."""


class TerminalDriver(LinuxDriver):
    """Textual's driver, which survives its terminal until the app has left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # What is drawn belongs on the terminal, wherever a person has sent the errors to.
        drawn = next((each for each in (sys.__stderr__, sys.__stdout__) if each and each.isatty()), sys.__stderr__)
        self._file: Any = Output(cast(TextIO, drawn))
        self._reader: Reader | None = None
        self._drawing = False
        self._suspended = False

    def start_application_mode(self) -> None:
        """Take the terminal; if that fails halfway, leave it as it was."""
        come_to_front(self.fileno)
        setattr(linux_driver, "WriterThread", self._new_writer)  # noqa: B010 - it is named nowhere else
        self._drawing = True
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            listener = cast(Listener, self._app)
            self._reader = Reader(
                self.fileno, self.process_message, self._later(listener.hang_up), self._failed, debug=self._debug
            )
            self._reader.start()
        except BaseException:
            self.restore()
            raise

    def write(self, data: str) -> None:
        """Draw something; nothing, while the terminal is not ours."""
        if self._writer_thread is not None:
            self._writer_thread.write(data)

    def hurry(self) -> None:
        """Wait for the terminal no longer than a moment from now on; a signal's handler may call this."""
        if self._writer_thread is not None:
            cast(Any, self._writer_thread).hurry()

    def run_input_thread(self) -> None:
        """Leave reading to `tui.terminal.reader`: this thread could not be left behind."""

    def disable_input(self) -> None:
        """Read no more."""
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()
            with suppress(termios.error):  # it is gone
                termios.tcflush(self.fileno, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        if not self._drawing:
            return
        self.write(RESTORING)
        self._restore_modes()
        self.write(LEAVING)
        self._drawing = False

    def close(self) -> None:
        """Wait a moment until all is written."""
        writer, self._writer_thread = self._writer_thread, None
        if writer is not None:
            writer.stop()

    def restore(self) -> None:
        """Give the terminal back as it was, if it is still ours. To be called as often as one likes."""
        self.stop_application_mode()
        self.close()

    def restore_at_once(self) -> None:
        """Do so from any thread, waiting for none, where all else hangs."""
        if self._drawing:
            self._restore_modes()
            with suppress(OSError):  # it is gone
                os.write(self._file.fileno(), (RESTORING + LEAVING).encode())

    def _restore_modes(self) -> None:
        if self.attrs_before is not None:
            with suppress(termios.error):  # it is gone
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def _new_writer(self, output: Output) -> Writer:
        return Writer(output, self._later(cast(Listener, self._app).hang_up))

    def _failed(self, error: Exception) -> None:
        self._later(cast(Listener, self._app).fail)(error)

    def _later(self, act: Callable[..., None]) -> Callable[..., None]:
        """Return what has the event loop do this, from any thread and any signal's handler; nothing when it is over."""

        def ask(*arguments: Any) -> None:
            with suppress(RuntimeError):  # the app has left
                self._loop.call_soon_threadsafe(act, *arguments)

        return ask

    def _sigtstp_application(self, *_: object) -> None:
        self._later(self._suspend)()

    def _sigcont_application(self, *_: object) -> None:
        self._later(self._continue)()

    def _suspend(self) -> None:
        """Give the terminal back, and stop until somebody continues us."""
        if self._auto_restart and self._drawing:
            self.suspend_application_mode()
            self._suspended = self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        """Take the terminal again and draw all anew; not after a hang-up, with which SIGCONT comes, too."""
        if not os.isatty(self.fileno):
            return
        if self._drawing and self._auto_restart:  # another program stopped us, and a shell may have written since
            self.suspend_application_mode()
            self._suspended = True
        if self._suspended:
            self._suspended = False
            self.resume_application_mode()
            self._app.refresh(layout=True)

    def process_message(self, message: Message) -> None:
        """Hand a key to the app, as long as there is one."""
        try:
            super().process_message(message)
        except RuntimeError:
            if not self._loop.is_closed():
                raise


def come_to_front(file: int) -> None:
    """Wait, stopped as a shell's job, until the terminal is ours.

    Raises:
        NobodysTerminalError: there is no shell that could bring us to the front.
    """
    stops = 0
    while not _in_front(file):
        if stops == MOST_STOPS:
            raise NobodysTerminalError
        before = time.monotonic()
        handler = signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        try:
            os.kill(0, signal.SIGTTOU)
        finally:
            signal.signal(signal.SIGTTOU, handler)
        stops = stops + 1 if time.monotonic() - before < STOPPED_SECONDS else 0


def _in_front(file: int) -> bool:
    try:
        return os.tcgetpgrp(file) == os.getpgrp()
    except OSError:  # it is not the terminal of our session, or gone
        return True


def lasting(driver: type[Driver]) -> type[Driver]:
    """Return what draws in a terminal in the place of Textual's own; another driver as it is."""
    return TerminalDriver if driver is LinuxDriver else driver
