"""Training without screens: ``python -m engine.worker.headless RUN [--resume] [--json]``, started by ``nnplay train``.

The same engine thread as behind the screens, in this process, which takes commands on a socket as that one does. What
happens is printed by a thread of its own (`engine.worker.printing`): the run depends on nobody who reads it.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import NoReturn

from engine import paths, streams
from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.journal import Tail
from engine.shown import visible
from engine.train.thread import EngineThread, Refusal, noting
from engine.worker.printing import Printer, new_events
from engine.worker.report import JsonReport, TextReport
from engine.worker.scratch import scratch
from engine.worker.server import Server

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 10.0
"""How long the events of a run that is over are waited for, where they cannot be read."""
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that save a checkpoint and end the run."""


def main() -> NoReturn:
    """Train the run and exit: with 0 when it is done, 1 when it failed, 130 when interrupted after a checkpoint."""
    run, options = RunDirectory(Path(sys.argv[1])), sys.argv[2:]
    # What a person reads goes to copies of stdout and stderr; the originals become the log, for TensorFlow's noise. It
    # is nothing for a person's eyes where the log cannot be written, either.
    streams.ensure()
    out, err = streams.copies()
    with noting(None), noting(run.log):
        command_socket = _socket()
        thread, tail = EngineThread(command_socket), run.tail()
        tail.skip()  # what happened before it is resumed was printed then
        try:
            thread.train(run, resume="--resume" in options)
        except (Refusal, OSError) as error:
            err.write(f"error: {visible(str(error))}\n")
            os._exit(BAD_INPUT)
        _stop_on_signals(thread)  # after train: a signal that waited is meant for this run
        report = JsonReport(out) if "--json" in options else TextReport(out, err)
        printer = Printer(run, deepcopy(tail), report, out, err, lambda: thread.trouble)
        with scratch():
            thread.start()
            printer.start()
            server = Server(command_socket, thread) if command_socket else None
            history = asyncio.run(_follow(tail, thread, server))
        if command_socket:
            command_socket.unlink(missing_ok=True)
        printer.finish()
        sys.stdout.flush()
        sys.stderr.flush()
        # Not a return: the printer may be stuck in a stream that nobody reads, the engine thread inside TensorFlow.
        os._exit(_exit_status(history))


def _socket() -> Path | None:
    """Return where this process takes commands; None where there can be no such place."""
    try:
        folder = paths.sockets()
    except OSError:
        return None
    for left in folder.glob("run-*.sock"):  # by a process that was killed
        with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)  # one that is suspended, with a full backlog, would never answer
            if probe.connect_ex(str(left)) == errno.ECONNREFUSED:
                left.unlink()
    return folder / f"run-{os.getpid()}.sock"


def _exit_status(history: History) -> int:
    if history.finished:
        return INTERRUPTED if history.finished.reason == "interrupted" else OK
    return FAILED


async def _follow(tail: Tail, thread: EngineThread, server: Server | None) -> History:
    """Answer commands until the run is over, and return what its events came to."""
    history, patience = History(), PATIENCE_SECONDS
    if server:
        with suppress(OSError):  # nobody can reach it then, but it trains
            await server.listen()
    while True:
        # Looked at before reading: what was written before the end is read after it.
        over = thread.current is None or not thread.is_alive()
        events, unread = new_events(tail)
        history = history.after(events)
        patience = PATIENCE_SECONDS if not over else patience - LOOK_SECONDS
        if over and not events and not (unread and patience > 0):
            return history
        if not over or unread:
            thread.keep()
            await asyncio.sleep(LOOK_SECONDS)


def _stop_on_signals(thread: EngineThread) -> None:
    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a handler
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends it at once
        thread.stop("interrupted")

    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
            signal.signal(number, stop)
    # The command line held them back while this program was loaded; one that came meanwhile arrives now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


if __name__ == "__main__":
    main()
