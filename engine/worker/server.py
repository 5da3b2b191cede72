"""The engine process: ``python -m engine.worker.server SOCKET``. The main thread answers, the engine thread trains.

It leaves when no client is connected and nothing is training or waiting. Losing its clients never ends a run. When it
has grown too large it begins anew, see `engine.worker.renewal`, which gives it a second argument.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import sys
import time
from pathlib import Path

from pydantic import ValidationError

from engine.runs.directory import RunDirectory
from engine.shown import visible
from engine.train.thread import EngineThread, Refusal
from engine.worker.protocol import MOST_BYTES, Phase, Reply, Request, Status
from engine.worker.renewal import HELD_BACK, Inherited, Renewal
from engine.worker.scratch import scratch
from engine.worker.waiting import Queue

GRACE_SECONDS = 5.0
"""How long it waits, idle and alone, for someone to connect."""
DRAIN_SECONDS = 10.0
"""How long a client may take to read a reply."""


class Server:
    """Answers requests on a Unix socket for one engine thread."""

    def __init__(
        self, path: Path, thread: EngineThread, queue: Queue | None = None, listening: socket.socket | None = None
    ) -> None:
        """Take what it answers for.

        Args:
            path: of the socket.
            thread: it trains.
            queue: runs that wait; None where the thread trains one run only.
            listening: the socket, where it is bound already.
        """
        self._socket = path
        self._thread = thread
        self._queue = queue
        self._listening = listening
        self._clients = 0
        self._leaving = False

    async def listen(self) -> asyncio.Server:
        """Answer from now on. The socket is for its owner alone: mode 0600, in a folder of mode 0700.

        Raises:
            OSError: the socket cannot be made.
        """
        if self._listening is None:
            self._listening = self._bound()
        try:
            return await asyncio.start_unix_server(self._client, sock=self._listening, limit=MOST_BYTES)
        except OSError:
            self._listening.close()
            raise

    def _bound(self) -> socket.socket:
        self._socket.unlink(missing_ok=True)  # its name is ours, so whoever bound it is gone
        listening = socket.socket(socket.AF_UNIX)
        try:
            listening.bind(str(self._socket))
            # Before it listens, nobody can connect. A umask would hold for what other threads make, too.
            self._socket.chmod(0o600)
        except OSError:
            listening.close()
            raise
        return listening

    async def serve(self, renewal: Renewal) -> None:
        """Listen until nobody needs this process any more; begin anew when it has grown too large."""
        server = await self.listen()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._leave)
        # The screens' terminal may vanish: that is no reason to stop.
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
        self._thread.start()
        needed = time.monotonic()
        while self._needed(needed):
            if self._thread.device and renewal.due() and self._thread.current is None and not self._leaving:
                self._begin_anew(renewal)
            if self._queue:
                self._queue.begin_next()
                self._queue.keep()
            self._thread.keep()
            if self._clients or self._thread.current:
                needed = time.monotonic()
            await asyncio.sleep(0.1)
        # Between the last look and this line nothing was awaited, so no request came in that is now forgotten. Nor is
        # anything awaited from here on: Python 3.12 and later would wait for the clients to hang up.
        server.close()
        self._socket.unlink(missing_ok=True)

    def _begin_anew(self, renewal: Renewal) -> None:
        """Go on as a new program, with the same socket and queue. Clients connect once more, see `EngineClient.ask`."""
        assert self._listening is not None  # noqa: S101 - made by `listen`
        try:
            renewal.begin_anew(self._socket, self._listening, tuple(run.path for run in self._waiting))
        except OSError as error:
            sys.stderr.write(f"the engine could not begin anew, and goes on as it is: {error}\n")
            sys.stderr.flush()

    def _needed(self, last: float) -> bool:
        """Say whether to stay: a run is in progress or waits, or someone is connected or was ``last`` (monotonic)."""
        if self._thread.current is not None or self._waiting:
            return True
        return not self._leaving and (self._clients > 0 or time.monotonic() - last < GRACE_SECONDS)

    @property
    def _waiting(self) -> tuple[RunDirectory, ...]:
        return self._queue.runs if self._queue else ()

    def _leave(self) -> None:
        self._leaving = True
        if self._queue:
            self._queue.clear()
        self._thread.stop("interrupted")

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            while line := await reader.readline():
                writer.write(self._answer(line).model_dump_json().encode() + b"\n")
                await asyncio.wait_for(writer.drain(), DRAIN_SECONDS)
        except ValueError:
            # What readline raises for a line over the limit: whoever sends that gets an answer and is let go.
            refusal = Reply(ok=False, error=f"a line may have {MOST_BYTES:,} bytes", status=self._status())
            writer.write(refusal.model_dump_json().encode() + b"\n")
        except TimeoutError:
            writer.transport.abort()  # it reads nothing, and must not keep this process
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client is gone, or the server is going
        finally:
            self._clients -= 1
            writer.close()

    def _answer(self, line: bytes) -> Reply:
        try:
            request = Request.model_validate_json(line)
        except ValidationError:
            return Reply(ok=False, error="not a request that this engine knows", status=self._status())
        try:
            self._obey(request)
        except (Refusal, OSError) as error:
            return Reply(ok=False, error=visible(str(error)), status=self._status())
        return Reply(ok=True, status=self._status())

    def _obey(self, request: Request) -> None:
        run = RunDirectory(Path(request.run)) if request.run is not None else None
        match request.command:
            case "start" | "resume":
                self._thread.train(self._there(run), resume=request.command == "resume")
            case "queue":
                if self._queue is None:
                    raise Refusal("this process trains one run only, and then leaves: it has no queue")
                self._queue.add(self._there(run))
                self._queue.begin_next()
            case "clear" if self._queue:
                self._queue.clear()
            case "first" | "stop" if self._queue and run in self._waiting:
                (self._queue.first if request.command == "first" else self._queue.remove)(run)
            case "status" | "clear":
                pass
            case _:
                self._control(request, run)

    def _there(self, run: RunDirectory | None) -> RunDirectory:
        """Return a run that shall be trained.

        Raises:
            Refusal: this process is leaving, or there is no such run.
        """
        if self._leaving:
            raise Refusal("the engine is leaving: try again in a moment")
        if run is None or not run.path.is_dir():
            raise Refusal(f"there is no run directory {str(run.path) if run else ''!r}")
        return run

    def _control(self, request: Request, run: RunDirectory | None) -> None:
        """Do something to the run in progress.

        Raises:
            Refusal: another run is meant, or it cannot be done.
        """
        if run in self._waiting:
            raise Refusal(f"{Path(str(request.run)).name} has not begun yet: it waits in the queue")
        if run is not None and run != self._thread.current:
            raise Refusal(f"{Path(str(request.run)).name} is not training here any more")
        match request.command:
            case "first":
                raise Refusal("no run waits by that name")
            case "turn":
                self._thread.turn(request.place, request.value)
            case "save":
                self._thread.save()
            case "pause":
                self._thread.pause()
            case "continue":
                self._thread.proceed()
            case "stop":
                self._thread.stop()

    def _status(self) -> Status:
        thread = self._thread
        run = thread.current
        phase: Phase = "idle"
        if thread.broken:
            phase = "broken"
        elif not thread.device:
            phase = "loading"
        elif run is not None:
            phase = "training"
        return Status(
            phase=phase,
            pid=os.getpid(),
            seconds=time.monotonic() - thread.began,
            device=thread.device,
            run=str(run.path) if run else None,
            problem=thread.broken,
            trouble=thread.trouble if run else self._queue.trouble if self._queue else "",
            queue=tuple(str(each.path) for each in self._waiting),
        )


def main() -> int:
    """Run the server, unless another already listens on this socket."""
    path = Path(sys.argv[1])
    left = Inherited.model_validate_json(sys.argv[2]) if len(sys.argv) > 2 else None
    lock = left.lock if left else os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    with scratch():
        thread = EngineThread(path)
        queue = Queue(path, thread)
        if left:
            queue.take_over(map(RunDirectory, left.queue))
        listening = socket.socket(fileno=left.listening) if left else None
        asyncio.run(Server(path, thread, queue, listening).serve(Renewal(lock)))
    sys.stderr.flush()
    # Not a return: the engine thread may be inside TensorFlow, which an orderly exit would wait for or crash in.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
