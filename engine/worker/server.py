"""The engine process: ``python -m engine.worker.server SOCKET``. The main thread answers, the engine thread trains.

It leaves when no client is connected and nothing is training. Losing its clients never ends a run.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
import time
from pathlib import Path

from pydantic import ValidationError

from engine.runs.directory import RunDirectory
from engine.shown import visible
from engine.train.thread import EngineThread, Refusal
from engine.worker.protocol import MOST_BYTES, Phase, Reply, Request, Status

GRACE_SECONDS = 5.0
"""How long it waits, idle and alone, for someone to connect."""


class Server:
    """Answers requests on a Unix socket for one engine thread."""

    def __init__(self, socket: Path, thread: EngineThread) -> None:
        self._socket = socket
        self._thread = thread
        self._clients = 0
        self._leaving = False

    async def listen(self) -> asyncio.Server:
        """Answer from now on. The socket is for its owner alone: mode 0600, in a folder of mode 0700.

        Raises:
            OSError: the socket cannot be made.
        """
        self._socket.unlink(missing_ok=True)  # its name is ours, so whoever bound it is gone
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(self._client, self._socket, limit=MOST_BYTES)
        finally:
            os.umask(before)

    async def serve(self) -> None:
        """Listen until nobody needs this process any more."""
        server = await self.listen()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._leave)
        # The screens' terminal may vanish: that is no reason to stop.
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: None)
        self._thread.start()
        needed = time.monotonic()
        while self._needed(needed):
            if self._clients or self._thread.current:
                needed = time.monotonic()
            await asyncio.sleep(0.1)
        # Between the last look and this line nothing was awaited, so no request came in that is now forgotten. Nor is
        # anything awaited from here on: Python 3.12 and later would wait for the clients to hang up.
        server.close()
        self._socket.unlink(missing_ok=True)

    def _needed(self, last: float) -> bool:
        """Say whether to stay: a run is in progress, or someone is connected or was ``last`` (monotonic seconds)."""
        if self._thread.current is not None:
            return True
        return not self._leaving and (self._clients > 0 or time.monotonic() - last < GRACE_SECONDS)

    def _leave(self) -> None:
        self._leaving = True
        self._thread.stop("interrupted")

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            while line := await reader.readline():
                writer.write(self._answer(line).model_dump_json().encode() + b"\n")
                await writer.drain()
        except ValueError:
            # What readline raises for a line over the limit: whoever sends that gets an answer and is let go.
            refusal = Reply(ok=False, error=f"a line may have {MOST_BYTES:,} bytes", status=self._status())
            writer.write(refusal.model_dump_json().encode() + b"\n")
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
        if request.command not in ("start", "resume", "status"):
            run = self._thread.current
            if request.run is not None and (run is None or request.run != str(run.path)):
                raise Refusal(f"{Path(request.run).name} is not training here any more")
        match request.command:
            case "start" | "resume":
                if self._leaving:
                    raise Refusal("the engine is leaving: try again in a moment")
                if not request.run or not Path(request.run).is_dir():
                    raise Refusal(f"there is no run directory {request.run!r}")
                self._thread.train(RunDirectory(Path(request.run)), resume=request.command == "resume")
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
            case "status":
                pass

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
            trouble=thread.trouble if run else "",
        )


def main() -> int:
    """Run the server, unless another already listens on this socket."""
    socket = Path(sys.argv[1])
    lock = os.open(socket.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    asyncio.run(Server(socket, EngineThread(socket)).serve())
    sys.stderr.flush()
    # Not a return: the engine thread may be inside TensorFlow, which an orderly exit would wait for or crash in.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
