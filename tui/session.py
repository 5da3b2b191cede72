"""The session: connects the screens to an engine process, and follows the files of the run that it trains.

Everything here that blocks runs on other threads; what happened is posted to the app as messages.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from textual.message_pump import MessagePump

from engine.runs.directory import RunDirectory, RunError
from engine.runs.history import History
from engine.runs.library import newest
from engine.runs.making import create
from engine.spec.experiment import Experiment
from engine.worker.client import EngineClient, EngineGone
from engine.worker.protocol import Status
from tui.messages import EngineLost, EngineReported, Refused, RunGrew

ASK_SECONDS = 0.5
"""How often the engine is asked how it is."""
LOOK_SECONDS = 0.1
"""How often the run's events are looked at: no event costs a line in a file and one look."""


class Session:
    """One engine and at most one followed run."""

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._client = EngineClient()
        self._watched: _Watched | None = None
        self._asking = False
        self._answered = asyncio.Event()

    def restart(self) -> None:
        """Forget an engine that is gone, so that `engine` starts another."""
        self._answered = asyncio.Event()

    async def engine(self) -> None:
        """Find or start the engine, then report how it is until it is gone."""
        try:
            status = await asyncio.to_thread(self._client.connect)
            self._answered.set()
            if status.run is None and self._watched is None and not self._asking:
                last = await asyncio.to_thread(newest)
                if last is not None:
                    self.watch(last)  # what happened while nobody looked
            self._report(status)
            while True:
                await asyncio.sleep(ASK_SECONDS)
                self._report((await asyncio.to_thread(self._client.ask, "status")).status)
        except EngineGone as error:
            self._owner.post_message(EngineLost(str(error)))
        except OSError as error:
            self._owner.post_message(EngineLost(f"the engine cannot be started: {error}."))
        finally:
            self._answered.set()  # whoever waits for it learns of the loss by asking

    async def follow(self) -> None:
        """Post the history of the watched run whenever it has grown, for ever."""
        while True:
            began = time.monotonic()
            watched = self._watched
            if watched is not None:
                try:
                    grown = await asyncio.to_thread(watched.look)
                except OSError as error:
                    self._watched = None
                    why = f"{watched.run.events}: {error.strerror}"
                    self._owner.post_message(Refused("Cannot read the run", why))
                else:
                    if grown and watched is self._watched:  # another run may be watched by now
                        self._owner.post_message(RunGrew(watched.run, watched.history))
            await asyncio.sleep(max(0.02, LOOK_SECONDS - (time.monotonic() - began)))

    async def train(self, experiment: Experiment) -> None:
        """Make a run directory and have the engine train in it; once at a time."""
        if self._asking:
            return
        self._asking = True
        run = None
        try:
            await self._answered.wait()
            run = await asyncio.to_thread(create, experiment)
            reply = await asyncio.to_thread(self._client.ask, "start", run.path)
            if reply.ok:
                self._report(reply.status)
                return
            self._owner.post_message(Refused("Cannot train now", reply.error))
        except RunError as error:
            self._owner.post_message(Refused("Cannot train", str(error)))
        except EngineGone as error:
            self._owner.post_message(EngineLost(str(error)))
        finally:
            self._asking = False
        if run is not None:
            await asyncio.to_thread(run.discard)

    async def command(self, name: str) -> None:
        """Send pause, continue or stop."""
        try:
            await asyncio.to_thread(self._client.ask, name)
        except EngineGone as error:
            self._owner.post_message(EngineLost(str(error)))

    def watch(self, run: RunDirectory) -> None:
        """Follow another run from its beginning."""
        self._watched = _Watched(run)
        self._owner.post_message(RunGrew(run, self._watched.history))

    def close(self) -> None:
        """Let go of the engine: it trains on, and leaves when it is idle and alone."""
        self._client.close()

    def _report(self, status: Status) -> None:
        if status.run is not None and (self._watched is None or Path(status.run) != self._watched.run.path):
            self.watch(RunDirectory(Path(status.run)))  # it trains what was asked before, or by other screens
        self._owner.post_message(EngineReported(status))


class _Watched:
    """A followed run with what is known of it."""

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self.history = History()
        self._tail = run.tail()

    def look(self) -> bool:
        """Read what is new, and say whether there was anything. Called on other threads, one at a time."""
        events = self._tail.read()
        self.history = self.history.after(events)
        return bool(events)
