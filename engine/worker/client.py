"""How the screens reach the engine process: find it or start it, then ask. Imports no TensorFlow."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine import paths
from engine.runs.directory import RunDirectory, last_lines
from engine.runs.lock import Whereabouts, whereabouts
from engine.shown import visible
from engine.worker.protocol import MOST_REPLY_BYTES, Command, Reply, Request, Status, engine_command

ANSWER_SECONDS = 10.0
"""How long an answer may take. While TensorFlow is imported, the engine may be busy for half a second at a time."""


class EngineGone(Exception):  # noqa: N818 - what happened, not whose fault
    """The engine process ended or does not answer; the message holds its last words."""


def tell(run: RunDirectory, command: Command, *, within: float = ANSWER_SECONDS, **values: Any) -> Reply:
    """Send one command to the process that trains a run on this machine, or will, and return its reply. Blocks.

    Args:
        run: whose process is meant.
        command: see `engine.worker.protocol.Request`.
        within: so many seconds the answer may take.
        values: what the command needs beside.

    Raises:
        EngineGone: nobody trains it here, or there is no answer.
    """
    where, holder = whereabouts(run)
    if where is Whereabouts.ELSEWHERE and holder:
        raise EngineGone(f"{run.name} is trained on {visible(holder.host)}: it takes commands only there")
    if where not in (Whereabouts.HERE, Whereabouts.QUEUED) or holder is None:
        raise EngineGone(f"{run.name} is not being trained")
    client = EngineClient(Path(holder.socket), within)
    try:
        if not holder.socket or not client.reach():
            raise EngineGone(
                f"{run.name} is trained by process {holder.pid}, which takes no commands: 'kill -INT {holder.pid}' "
                "saves its state and ends it"
            )
        return client.ask(command, run.path, **values)
    except EngineSilentError as error:
        asked = "It will do that as soon as it goes on" if error.sent else "Try again when it goes on"
        raise EngineSilentError(
            f"process {holder.pid}, which trains {run.name}, does not answer: it may be suspended "
            f"('kill -CONT {holder.pid}' wakes it), or the machine is very busy. {asked}",
            sent=error.sent,
        ) from None
    finally:
        client.close()


class EngineSilentError(EngineGone):
    """The engine process is there, but does not answer: the machine may be busy, or the process suspended.

    Attributes:
        sent: it has the request, and will do it when it goes on.
    """

    def __init__(self, words: str, *, sent: bool) -> None:
        super().__init__(words)
        self.sent = sent


class EngineClient:
    """A connection to an engine process. Its methods block: call them off the event loop."""

    def __init__(self, socket_path: Path | None = None, patience: float = ANSWER_SECONDS) -> None:
        """Take the engine's socket, None for that of this home's own; and how many seconds an answer may take."""
        self._given = socket_path
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._unusable = ""
        self._closed = False
        self._one_at_a_time = threading.Lock()

    @cached_property
    def path(self) -> Path:
        """The engine's socket. Its folder is made when it is first asked for, which may raise OSError."""
        if self._given is not None:
            return self._given
        name = hashlib.sha256(str(paths.home()).encode()).hexdigest()[:12]
        return paths.sockets() / f"{name}.sock"

    @property
    def log(self) -> Path:
        """What the process prints while no run is in progress."""
        return self.path.with_suffix(".log")

    def connect(self, seconds: float = 20.0) -> Status:
        """Connect to the engine of this home; start one where there is none.

        Raises:
            EngineGone: it could not be started.
            OSError: the folder of the sockets cannot be used.
        """
        deadline = time.monotonic() + seconds
        try:
            self.path.parent.stat()
        except OSError as error:
            self._unusable = f"the folder of its socket cannot be used: {error}"
            raise
        if self._process is not None and self._process.poll() is not None:
            self._process = None  # the one that we started once is gone
        while True:
            try:
                if self.reach():
                    return self.ask("status").status
            except EngineGone:
                pass  # it was just leaving: start another
            if self._process is None:
                self._start()
            elif self._process.poll() == 0:
                self._process = None  # it found another engine in its place, which may be leaving: look again
            elif self._process.poll() is not None:
                raise EngineGone(f"the engine ended at once. {self.last_words()}")
            if time.monotonic() > deadline:
                raise EngineGone(f"the engine did not answer within {seconds:.0f} s. {self.last_words()}")
            time.sleep(0.03)

    def ask(self, command: str, run: Path | None = None, **values: Any) -> Reply:
        """Send one command and wait for its reply.

        Args:
            command: see `engine.worker.protocol.Request`.
            run: the run that is meant.
            values: what the command needs beside.

        Raises:
            EngineGone: there is no connection, or it broke.
        """
        request = Request.model_validate({"command": command, "run": None if run is None else str(run), **values})
        with self._one_at_a_time:
            if self._connection is None and (self._closed or not self.reach()):
                raise EngineGone(f"the engine is not running{self._unusable and ': '}{self._unusable}")
            try:
                try:
                    return self._exchange(request)
                except ConnectionError:
                    # An engine that begins anew (see `engine.worker.renewal`) listens on, and has not read the request.
                    self._hang_up()
                    if self._closed or not self.reach():
                        raise
                    return self._exchange(request)
            except TimeoutError:
                self._hang_up()
                silent = f"the engine has not answered for {self._patience:.0f} s."
                raise EngineSilentError(silent, sent=True) from None
            except ValidationError:
                self._hang_up()
                why = f"what answers at {visible(str(self.path))} is no engine of this version of nnplay"
            except OSError:
                self._hang_up()
                why = self._how_it_ended()
        raise EngineGone(why)

    def _exchange(self, request: Request) -> Reply:
        """Send a request and read its reply.

        Raises:
            TimeoutError: both together took too long, however much came meanwhile.
            ValidationError: the answer is no reply.
            OSError: the connection broke.
        """
        connection = self._connection
        if connection is None:  # let go of meanwhile
            raise ConnectionError
        deadline = time.monotonic() + self._patience
        connection.settimeout(self._patience)
        connection.sendall(request.model_dump_json().encode() + b"\n")
        return Reply.model_validate_json(self._line(connection, deadline))

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Let go of the engine. It trains on, and leaves when it is done."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for an answer
            connection.close()

    def last_words(self, lines: int = 3) -> str:
        """Return the last lines of the engine's log."""
        words = last_lines(self.log, lines)
        return "Its last words: " + " | ".join(words) if words else ""

    def reach(self) -> bool:
        """Connect to an engine that is there already; say whether it could be done.

        Raises:
            EngineSilentError: it is there, but takes no more connections: it is suspended.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._patience)
        try:
            connection.connect(str(self.path))
        except (BlockingIOError, TimeoutError):
            connection.close()
            raise EngineSilentError("the engine takes no more connections.", sent=False) from None
        except OSError:
            connection.close()
            return False
        self._connection = connection
        return True

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                engine_command(self.path),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ.copy(),
            )

    def _how_it_ended(self) -> str:
        if self._process is None:  # somebody else started it
            return f"the engine has ended. {self.last_words()}"
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)  # its connection breaks a moment before it is gone
        status = self._process.poll()
        if status is not None and status < 0:
            name = signal.Signals(-status).name
            memory = ": the machine may have run out of memory" if -status == signal.SIGKILL else ""
            return f"the engine was killed by {name}{memory}."
        return f"the engine has ended. {self.last_words()}"

    @staticmethod
    def _line(connection: socket.socket, deadline: float) -> bytes:
        """Return the first line that comes, or what is too long for one; see `_exchange`."""
        received = bytearray()
        while b"\n" not in received and len(received) <= MOST_REPLY_BYTES:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
            block = connection.recv(65536)
            if not block:
                raise ConnectionError
            received += block
        return bytes(received.partition(b"\n")[0])
