"""A terminal that is gone takes what is written, and is no reason to hang."""

from __future__ import annotations

import os
import pty
from threading import Thread

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.driver import Output, TerminalDriver, lasting


def write_and_stop(thread: WriterThread) -> None:
    """Write more than waits in the queue, then end it, as the app does when it leaves."""
    for _ in range(3 * MAX_QUEUED_WRITES):
        thread.write("seen by nobody")
    thread.stop()


def test_one_that_is_gone_takes_all_that_is_written_until_the_app_has_left():
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as file:
        thread = WriterThread(Output(file))
        thread.start()
        thread.write("seen")
        assert os.read(ours, 100) == b"seen"
        os.close(ours)
        writer = Thread(target=write_and_stop, args=(thread,), daemon=True)  # a writer that died makes it wait for ever
        writer.start()
        writer.join(10)
        assert not writer.is_alive()
        with pytest.raises(OSError, match="Input/output"):
            file.close()  # what the file itself still held


def test_another_fault_is_not_hidden():
    with open("/dev/full", "w") as full:  # noqa: PTH123 - Path.open would be the same
        output = Output(full)
        output.write("no room")
        with pytest.raises(OSError, match="No space"):
            output.flush()
        with pytest.raises(OSError, match="No space"):
            full.close()


def test_it_stands_for_textuals_own_alone(app):
    assert app.driver_class is TerminalDriver
    assert lasting(LinuxDriver) is TerminalDriver
    assert lasting(HeadlessDriver) is HeadlessDriver
