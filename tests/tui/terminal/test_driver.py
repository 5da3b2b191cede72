"""A terminal that is gone, or takes nothing, is no reason to hang; no thread reads or writes it for ever."""

from __future__ import annotations

import os
import pty
import threading
import time
from contextlib import suppress
from queue import Full

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.driver import TerminalDriver, lasting
from tui.terminal.reader import Reader
from tui.terminal.writer import MOST_WAITING, PATIENCE_SECONDS, Output, Writer


@pytest.fixture
def ends():
    """Both ends of a terminal: ours, and the program's as a file."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as file:
        yield ours, file
    with suppress(OSError):  # a test may have closed it
        os.close(ours)


def test_one_that_is_gone_takes_all_that_is_written_until_the_app_has_left(ends):
    ours, file = ends
    lost = threading.Event()
    writer = Writer(Output(file), lost.set)
    writer.start()
    writer.write("seen")
    assert os.read(ours, 100) == b"seen"
    os.close(ours)
    for _ in range(3 * MOST_WAITING):
        writer.write("seen by nobody")
    writer.stop()
    assert not writer.is_alive()
    assert lost.is_set()


def test_one_that_takes_nothing_is_not_waited_for_once_the_app_leaves(ends):
    writer = Writer(Output(ends[1]), lambda: None)
    writer.start()
    threading.Timer(0.3, writer.hurry).start()  # as a signal does, while the app waits for the terminal
    for _ in range(3 * MOST_WAITING):
        writer.write("x" * 10_000)
    began = time.monotonic()
    writer.stop()
    assert time.monotonic() - began < 10 * PATIENCE_SECONDS
    os.close(ends[0])
    writer.join(10)
    assert not writer.is_alive()


def test_one_that_is_found_gone_while_too_much_waits_is_not_waited_for(ends, monkeypatch):
    writer = Writer(Output(ends[1]), lambda: None)

    def full(*_, **__):
        writer._gone = True  # as its thread finds in this moment
        raise Full

    monkeypatch.setattr(writer._waiting, "put", full)
    waiting = threading.Thread(target=writer.write, args=("seen by nobody",), daemon=True)
    waiting.start()
    waiting.join(5)
    left = not waiting.is_alive()
    writer.hurry()  # or it would go on for ever
    assert left


def test_what_is_written_reaches_a_terminal_that_does_not_block(ends):
    ours, file = ends
    os.set_blocking(file.fileno(), False)
    writer = Writer(Output(file), lambda: None)
    writer.start()
    writer.write("x" * 50_000 + "end")
    received = b""
    while not received.endswith(b"end"):
        received += os.read(ours, 1000)
    assert len(received) == 50_003
    writer.stop()


def reading(file, heard=lambda _: None):
    lost, failed = threading.Event(), []
    reader = Reader(file.fileno(), heard, lost.set, failed.append)
    reader.start()
    return reader, lost, failed


def test_the_end_of_the_terminal_is_told_and_read_once(ends):
    ours, file = ends
    reader, lost, failed = reading(file)
    os.close(ours)
    assert lost.wait(10)
    reader.join(10)
    assert not reader.is_alive()
    assert not failed


def test_reading_ends_when_it_is_told_to_and_outlives_nobody(ends):
    reader, lost, _ = reading(ends[1])
    assert reader.daemon
    reader.stop()
    assert not reader.is_alive()
    assert not lost.is_set()


def test_a_key_that_cannot_be_handled_is_told(ends):
    ours, file = ends

    def refuse(_):
        raise ValueError("this key")

    reader, _, failed = reading(file, refuse)
    os.write(ours, b"a\n")
    reader.join(10)
    assert [str(each) for each in failed] == ["this key"]


def test_bytes_that_are_no_text_end_nothing(ends):
    ours, file = ends
    heard = []
    reader, _, failed = reading(file, heard.append)
    os.write(ours, b"\xff\xfeok\n")
    deadline = time.monotonic() + 10
    while len(heard) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    reader.stop()
    assert [key.character for key in heard][2:4] == ["o", "k"]
    assert not failed


def test_it_stands_for_textuals_own_alone(app):
    assert app.driver_class is TerminalDriver
    assert lasting(LinuxDriver) is TerminalDriver
    assert lasting(HeadlessDriver) is HeadlessDriver
