"""The session: what it posts, whatever the engine and the files do."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
import typing
from pathlib import Path

import pytest

from engine.runs import saved
from engine.runs.events import Changed, Finished, Progress
from engine.runs.history import History, State
from engine.runs.journal import Journal
from engine.runs.lock import Holder, held
from engine.runs.making import create
from engine.runs.standing import Standing
from engine.spec.check import check
from engine.spec.document import load
from engine.worker.client import EngineGone, EngineSilentError
from engine.worker.protocol import Command, Reply, Status
from tests.tui import runs
from tui import session as module
from tui.messages import EngineLost, EngineReported, ForksFound, KnobsFound, Refused, RunGrew
from tui.session import Session
from tui.snapshot import Watched


class FakeClient:
    """An engine that answers as it is told."""

    def __init__(self):
        self.running: str | None = None
        self.refuses = ""
        self.gone = False
        self.silent = False

    def connect(self):
        return self._status()

    def ask(self, command, run=None):
        if self.gone:
            raise EngineGone("the engine has ended.")
        if self.silent:
            raise EngineSilentError("the engine has not answered for 10 s.", sent=True)
        if command in ("start", "resume"):
            if self.refuses:
                return Reply(ok=False, error=self.refuses, status=self._status())
            self.running = str(run)
        return Reply(ok=True, status=self._status())

    def close(self):
        pass

    def reach(self):
        return True

    def _status(self):
        return Status(phase="training" if self.running else "idle", pid=1, seconds=1.0, device="CPU", run=self.running)


class Owner:
    """Collects what is posted."""

    def __init__(self):
        self.posted: list[object] = []

    def post_message(self, message):
        self.posted.append(message)

    def of(self, kind):
        return [message for message in self.posted if isinstance(message, kind)]


@pytest.fixture
def experiment():
    return check(load("notes-baseline")).experiment_or_raise()


@pytest.fixture
async def session(monkeypatch):
    monkeypatch.setattr(module, "EngineClient", FakeClient)
    monkeypatch.setattr(module, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    session = Session(Owner())
    tasks = [asyncio.create_task(session.engine()), asyncio.create_task(session.follow())]
    yield session
    for task in tasks:
        task.cancel()


def write(run, *events):
    journal = Journal(run.events)
    for event in events:
        journal.append(event)
    journal.close()


async def until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_a_started_run_is_followed_as_it_grows(session, experiment, home):
    await session.train(experiment)
    run = session._follower.seen.run
    assert run.path == home / "runs" / "notes-baseline-1"
    write(run, *runs.training(0.5))
    await until(lambda: session._owner.of(RunGrew)[-1].watched.history.progress)
    write(run, runs.DONE)
    await until(lambda: session._owner.of(RunGrew)[-1].watched.history.state is State.FINISHED)


async def test_a_refused_run_leaves_nothing_behind(session, experiment, home):
    await session.train(experiment)
    session._client.refuses = "another run is in progress"
    await session.train(experiment)
    assert session._owner.of(Refused)[0].why == "another run is in progress"
    assert [path.name for path in (home / "runs").iterdir()] == ["notes-baseline-1"]


@pytest.mark.parametrize("command", typing.get_args(Command))
async def test_what_cannot_be_done_now_is_said_as_a_person_would(session, experiment, command):
    if command in ("status", "start", "resume", "queue", "clear"):  # asked of the engine itself
        return
    await session.command(create(experiment), command)
    (refused,) = session._owner.of(Refused)
    assert refused.title.startswith("Cannot ")
    assert not re.search("turn|first now|continue it", refused.title)
    assert "not being trained" in refused.why


async def test_asking_twice_at_once_makes_one_run(session, experiment, home):
    await asyncio.gather(session.train(experiment), session.train(experiment))
    assert [path.name for path in (home / "runs").iterdir()] == ["notes-baseline-1"]
    assert not session._owner.of(Refused)


async def test_the_old_history_never_shows_in_a_new_run(session, experiment, monkeypatch):
    await session.train(experiment)
    old = session._follower
    write(old.seen.run, *runs.training(1), runs.DONE)
    look = old.look

    def slow():
        time.sleep(0.2)
        return look()

    monkeypatch.setattr(old, "look", slow)
    await asyncio.sleep(0.05)  # the slow look is under way
    new = create(experiment)
    session._client.running = str(new.path)
    session.watch(new)
    await asyncio.sleep(0.4)
    name = session._follower.seen.run.name
    assert name != old.seen.run.name
    assert all(
        grew.watched.history.progress is None for grew in session._owner.of(RunGrew) if grew.watched.run.name == name
    )


async def test_a_home_that_cannot_be_written_is_a_refusal(session, experiment, monkeypatch, tmp_path: Path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "file"))
    await session.train(experiment)
    assert "Set NNPLAY_HOME to a folder that you can write" in session._owner.of(Refused)[0].why


async def test_an_engine_that_goes_is_reported_once(session):
    await until(lambda: session._owner.of(EngineReported))
    session._client.gone = True
    await until(lambda: session._owner.of(EngineLost))
    await asyncio.sleep(0.2)
    assert len(session._owner.of(EngineLost)) == 1


async def test_the_last_run_is_shown_to_one_who_comes_back(experiment, monkeypatch):
    run = create(experiment)
    write(run, runs.STARTED, *[event for event in runs.training(1) if isinstance(event, Progress)])
    write(run, Finished(time=1.0, reason="completed"))
    monkeypatch.setattr(module, "EngineClient", FakeClient)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    session = Session(Owner())
    tasks = [asyncio.create_task(session.engine()), asyncio.create_task(session.follow())]
    await until(
        lambda: session._owner.of(RunGrew) and session._owner.of(RunGrew)[-1].watched.history.state is State.FINISHED
    )
    assert session._owner.of(RunGrew)[-1].watched.run == run
    for task in tasks:
        task.cancel()


async def test_an_engine_that_was_silent_for_a_while_is_there_again(session):
    await until(lambda: session._owner.of(EngineReported))
    session._client.silent = True
    await until(lambda: session._owner.of(EngineLost))
    assert "has not answered" in session._owner.of(EngineLost)[0].why
    session._client.silent = False
    heard = len(session._owner.of(EngineReported))
    await until(lambda: len(session._owner.of(EngineReported)) > heard)


async def test_a_run_whose_directory_vanishes_is_said_and_watched_no_more(session, experiment):
    await session.train(experiment)
    run = session._follower.seen.run
    await until(lambda: session._owner.of(RunGrew))
    shutil.rmtree(run.path)
    await until(lambda: session._owner.of(Refused))
    assert f"{run.name}/events.jsonl: its directory is gone" in session._owner.of(Refused)[0].why
    assert session._owner.of(RunGrew)[-1].watched is None
    # The engine trains on, and is asked how it is again and again: that is no reason to say it once more.
    await asyncio.sleep(0.3)
    assert session._follower is None
    assert len(session._owner.of(Refused)) == 1


async def test_the_last_run_is_not_shown_again_where_it_could_not_be_read(experiment, monkeypatch):
    run = create(experiment)
    run.events.mkdir()
    monkeypatch.setattr(module, "EngineClient", FakeClient)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    session = Session(Owner())
    session.watch(run)
    following = asyncio.create_task(session.follow())
    await until(lambda: session._owner.of(Refused))
    engine = asyncio.create_task(session.engine())  # which takes its time to start
    await until(lambda: session._owner.of(EngineReported))
    await asyncio.sleep(0.1)
    assert len(session._owner.of(Refused)) == 1
    for task in (following, engine):
        task.cancel()


async def test_a_run_that_is_being_resumed_takes_commands_before_it_says_a_word(session, experiment):
    run = create(experiment)
    write(run, *runs.training(1), Finished(time=3.0, reason="stopped"))
    session.watch(run)
    await until(lambda: session._owner.of(RunGrew) and session._owner.of(RunGrew)[-1].watched.resumable)
    with held(run, Holder.me(None)):
        await until(lambda: session._owner.of(RunGrew)[-1].watched.training)
        assert not session._owner.of(RunGrew)[-1].watched.resumable
        write(run, runs.STARTED, runs.DONE)
        await until(lambda: session._owner.of(RunGrew)[-1].watched.history.finished)


async def test_a_refused_resume_removes_nothing(session, experiment):
    run = create(experiment)
    session._client.refuses = "another run is in progress"
    await session.resume(run)
    assert session._owner.of(Refused)[0].why == "another run is in progress"
    assert run.path.exists()


async def test_what_can_be_forked_and_turned_is_found(session, experiment):
    run = create(experiment)
    await session.find_forks(run)
    assert "no checkpoint of a whole epoch" in session._owner.of(Refused)[0].why
    standing = Standing(step=1875, epoch=1, epochs_done=1)
    for path in (run.last, run.best):
        saved.write(path, saved.Saved(experiment=experiment, standing=standing, jit=True, weights=0))
    await session.find_forks(run)
    found = session._owner.of(ForksFound)[0]
    assert (found.run, found.experiments, found.best) == (run, {1: experiment}, 1)
    changed = Changed(time=1.0, place="compile.optimizer.learning_rate", value=0.5, why="by hand", number=1)
    unknown = Changed(time=1.0, place="compile.optimizer.of_tomorrow", value=0.5, why="by hand", number=2)
    await session.find_knobs(Watched(run, History().after([runs.STARTED, changed, unknown])))
    assert session._owner.of(KnobsFound)[0].experiment.learning_rate == 0.5
