"""The session: connects the screens to an engine process, and follows the files of the run that is watched.

Everything here that blocks runs on other threads; what happened is posted to the app as messages.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.message import Message
from textual.message_pump import MessagePump

from engine.runs.directory import RunDirectory, RunError
from engine.runs.library import going_on, newest
from engine.runs.lock import Attendance, other_host, whereabouts
from engine.shown import visible
from engine.spec.document import parse_place
from engine.spec.experiment import Experiment
from engine.spec.live import turned
from engine.spec.problem import Place, SpecError, show_place
from engine.worker.client import EngineClient, EngineGone, EngineSilentError, tell
from engine.worker.protocol import Command, Reply, Status
from tui.messages import EngineLost, EngineReported, ForksFound, KnobsFound, NextBegan, Queued, Refused, RunGrew
from tui.snapshot import Watched

ASK_SECONDS = 0.5
"""How often the engine is asked how it is, and the watched run's process is looked for."""
STATUS_SECONDS = 1.0
"""How long the watched run's process may take to say what it waits for: a suspended one must not hold up leaving."""
LOOK_SECONDS = 0.25
"""How often the run's events are looked at: nobody reads faster, and each look takes time from who trains."""
BREATH_SECONDS = 0.02
"""Between two looks the screens have at least so much time."""
LAST_WORDS = 3
REFUSED: Mapping[Command, str] = {
    "pause": "Cannot pause it now",
    "continue": "Cannot continue now",
    "stop": "Cannot stop it now",
    "turn": "Cannot change it now",
    "save": "Cannot save a checkpoint now",
    "first": "Cannot begin it before the others",
}
"""What a person is told of a command that cannot be done."""


class Session:
    """One engine and at most one followed run."""

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._client = EngineClient()
        self._follower: _Follower | None = None
        self._unreadable: RunDirectory | None = None
        self._asking = False
        self._answered = asyncio.Event()
        self._trained: str | None = None
        self._waiting: tuple[str, ...] = ()

    def restart(self) -> None:
        """Forget an engine that is gone, so that `engine` starts another."""
        self._answered = asyncio.Event()

    async def engine(self) -> None:
        """Find or start the engine, then report how it is until it is gone."""
        try:
            status = await asyncio.to_thread(self._client.connect)
            self._answered.set()
            if status.run is None and self._follower is None and not self._asking:
                last = await asyncio.to_thread(newest)
                if last is not None and last != self._unreadable and self._follower is None:
                    self.watch(last)  # what happened while nobody looked
            self._report(status)
            while True:
                await asyncio.sleep(ASK_SECONDS)
                try:
                    self._report((await asyncio.to_thread(self._client.ask, "status")).status)
                except EngineSilentError as error:
                    self._owner.post_message(EngineLost(str(error)))  # until it answers again
        except EngineGone as error:
            self._owner.post_message(EngineLost(str(error)))
        except OSError as error:
            self._owner.post_message(EngineLost(f"the engine cannot be started: {error}."))
        finally:
            self._answered.set()  # whoever waits for it learns of the loss by asking

    async def follow(self) -> None:
        """Post what is known of the watched run whenever it has changed, for ever."""
        while True:
            began = time.monotonic()
            follower = self._follower
            if follower is not None:
                try:
                    changed = await asyncio.to_thread(follower.look)
                except OSError as error:
                    if follower is self._follower:
                        self._follower, self._unreadable = None, follower.seen.run
                        why = f"{follower.seen.run.events}: {error.strerror}"
                        self._owner.post_message(Refused("Cannot read the run", visible(why)))
                        self._owner.post_message(RunGrew(None))
                else:
                    if changed and follower is self._follower:  # another run may be watched by now
                        self._owner.post_message(RunGrew(follower.seen))
            behind = follower is not None and follower.behind
            pause = 0.0 if behind else LOOK_SECONDS * getattr(self._owner, "pace", 1)
            await asyncio.sleep(max(BREATH_SECONDS, pause - (time.monotonic() - began)))

    async def train(self, experiment: Experiment, *, later: bool = False) -> None:
        """Make a run directory and have the engine train in it, now or in its turn; once at a time."""
        from engine.runs.making import create  # noqa: PLC0415 - reads checkpoints; the first paint need not wait for it

        await self._begin("queue" if later else "start", lambda: create(experiment), new=True)

    async def resume(self, run: RunDirectory, *, later: bool = False) -> None:
        """Have the engine go on with a run, or begin it, now or in its turn; once at a time."""
        from engine.runs.library import overview  # noqa: PLC0415
        from engine.runs.resuming import check_resumable  # noqa: PLC0415

        def checked() -> RunDirectory:
            check_resumable(overview(run))
            return run

        await self._begin("queue" if later else "resume", checked, new=False)

    async def _begin(self, command: Command, prepare: Callable[[], RunDirectory], *, new: bool) -> None:
        if self._asking:
            return
        self._asking = True
        run = None
        try:
            await self._answered.wait()
            run = await asyncio.to_thread(prepare)
            reply = await asyncio.to_thread(self._client.ask, command, run.path)
            if reply.ok:
                waiting = reply.status.queue
                if str(run.path) in waiting:
                    self._owner.post_message(Queued(run, waiting.index(str(run.path))))
                else:
                    self.watch(run)
                self._report(reply.status)
                return
            self._owner.post_message(Refused("Cannot train now", reply.error))
        except (RunError, OSError) as error:
            self._owner.post_message(Refused("Cannot train", visible(str(error))))
        except EngineGone as error:
            self._owner.post_message(EngineLost(str(error)))
        finally:
            self._asking = False
        if run is not None and new:
            await asyncio.to_thread(run.discard)

    async def command(self, run: RunDirectory, command: Command, **values: Any) -> None:
        """Send a command to the process that trains a run, whichever it is; say why where it cannot be done."""
        try:
            reply: Reply = await asyncio.to_thread(tell, run, command, **values)
        except EngineGone as error:
            self._owner.post_message(Refused(REFUSED[command], str(error)))
        else:
            if not reply.ok:
                self._owner.post_message(Refused(REFUSED[command], reply.error))

    async def turn(self, run: RunDirectory, changes: Mapping[Place, float]) -> None:
        """Have knobs of a run turned, one after the other in their order."""
        for place, value in changes.items():
            await self.command(run, "turn", place=show_place(place), value=value)

    async def stop_engine(self) -> None:
        """Have this engine let go of its queue, and save and end what it trains, if it is there."""
        with suppress(EngineGone):
            for command in ("clear", "stop"):
                await asyncio.to_thread(self._client.ask, command)

    async def find_forks(self, run: RunDirectory) -> None:
        """Post what a run can be forked from."""
        await self._find("Cannot fork", lambda: _forks(run))

    async def find_knobs(self, watched: Watched) -> None:
        """Post what a run trains by now, so that its knobs can be turned."""
        await self._find("Cannot change anything", lambda: _knobs(watched))

    async def _find(self, title: str, find: Callable[[], Message]) -> None:
        try:
            self._owner.post_message(await asyncio.to_thread(find))
        except (RunError, SpecError, OSError) as error:
            self._owner.post_message(Refused(title, visible(str(error))))

    def watch(self, run: RunDirectory) -> None:
        """Follow another run from its beginning."""
        if self._follower is not None and self._follower.seen.run == run:
            return
        self._follower = _Follower(run)
        self._owner.post_message(RunGrew(self._follower.seen))

    def let_go(self, run: RunDirectory) -> bool:
        """Follow a run no more whose directory may vanish in a moment; say whether it was followed."""
        followed = self._follower is not None and self._follower.seen.run == run
        if followed:
            self._follower = None
        return followed

    def close(self) -> None:
        """Let go of the engine: it trains on, and leaves when it is idle and alone."""
        self._client.close()

    def _report(self, status: Status) -> None:
        run = RunDirectory(Path(status.run)) if status.run is not None else None
        # That the watched one cannot be read was said; to say it at each word of the engine would bury the screens.
        if run is not None and self._follower is None and run != self._unreadable:
            self.watch(run)  # it trains what was asked before, or by other screens
        if run is not None and status.run in self._waiting:
            if self._follower is not None and str(self._follower.seen.run.path) == self._trained:
                self.watch(run)  # who watched the one before it has its last curves in Runs
            self._owner.post_message(NextBegan(run))
        self._trained, self._waiting = status.run or self._trained, status.queue
        self._owner.post_message(EngineReported(status))


class _Follower:
    """Follows one run. `look` is called on other threads, one at a time."""

    def __init__(self, run: RunDirectory) -> None:
        self.seen = Watched(run)
        self._tail = run.tail()
        self._asked_for = False
        self._beginnings = 0
        self._looked = 0.0

    @property
    def behind(self) -> bool:
        """There is more to be read than was at once."""
        return self._tail.behind

    def look(self) -> bool:
        """Read what is new and, now and then, look for the process; say whether anything changed."""
        due = time.monotonic() - self._looked > ASK_SECONDS
        # Looked at before its events: a run that ends meanwhile tells so, and is not taken for one that crashed.
        attendance = whereabouts(self.seen.run) if due else None
        events = self._tail.read()
        if self._tail.beginnings != self._beginnings:  # another run took its place
            self._beginnings, self.seen = self._tail.beginnings, Watched(self.seen.run)
        seen = replace(self.seen, history=self.seen.history.after(events), skipped=self._tail.skipped)
        if not self._asked_for:
            self._asked_for = True
            with suppress(RunError, SpecError):
                seen = replace(seen, asked=seen.run.experiment())
        if attendance:
            if not seen.run.path.is_dir():
                raise FileNotFoundError(errno.ENOENT, "its directory is gone", str(seen.run.path))
            self._looked = time.monotonic()
            seen = _attended(seen, attendance)
        changed = bool(events) or seen != self.seen
        self.seen = seen
        return changed


def _attended(seen: Watched, attendance: Attendance) -> Watched:
    """Return what is known of a run with the process that trains it."""
    history, where = going_on(seen.history, attendance), attendance[0]
    seen = replace(seen, history=history, where=where, host=other_host(attendance), trouble="", words=())
    if seen.crashed:
        return replace(seen, words=seen.run.last_words(LAST_WORDS))
    if seen.training:
        with suppress(EngineGone):  # it is just leaving, or takes no commands
            return replace(seen, trouble=tell(seen.run, "status", within=STATUS_SECONDS).status.trouble)
    return seen


def _forks(run: RunDirectory) -> ForksFound:
    from engine.runs import saved  # noqa: PLC0415 - reads arrays; the first paint need not wait for it
    from engine.runs.making import check_forkable  # noqa: PLC0415

    experiments = {epoch: there.heading.experiment for epoch, there in sorted(check_forkable(run).items())}
    best = saved.heading_of(run.best)
    return ForksFound(run, experiments, best.epoch if best else None)


def _knobs(watched: Watched) -> KnobsFound:
    experiment = watched.run.experiment()
    for mark in watched.history.marks:
        with suppress(SpecError):  # told by another version of nnplay
            experiment = turned(experiment, parse_place(mark.change.place), mark.change.value)
    return KnobsFound(watched.run, experiment, watched.history.scheduled_share(experiment))
