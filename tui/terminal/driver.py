"""The terminal that is drawn on. What is written to one that is gone goes nowhere, so that the app can still leave.

Textual's thread that writes would end with the error; the app would wait for it for ever, with nobody to see it.
"""

from __future__ import annotations

import errno
from typing import IO, Any

from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.parser import Parser


class Output:
    """A file that is written to; a terminal that hangs up is told to the app by SIGHUP, not by an error here."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write a text."""
        try:
            self._file.write(text)
        except OSError as error:
            self._heed(error)

    def flush(self) -> None:
        """Send what is written."""
        try:
            self._file.flush()
        except OSError as error:
            self._heed(error)

    def fileno(self) -> int:
        """Return the number of the file."""
        return self._file.fileno()

    @staticmethod
    def _heed(error: OSError) -> None:
        if error.errno != errno.EIO:
            raise error


class TerminalDriver(LinuxDriver):
    """Textual's driver, which survives its terminal until the app has left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file: Any = Output(self._file)

    def run_input_thread(self) -> None:
        """Read keys as `tui.terminal.parser` does."""
        setattr(linux_driver, "XTermParser", Parser)  # noqa: B010 - it is named nowhere else
        super().run_input_thread()


def lasting(driver: type[Driver]) -> type[Driver]:
    """Return what draws in a terminal in the place of Textual's own; another driver as it is."""
    return TerminalDriver if driver is LinuxDriver else driver
