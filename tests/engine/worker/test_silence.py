"""A suspended engine: it takes connections, says nothing, and holds nobody up."""

from __future__ import annotations

import socket
import time

import pytest

from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent
from engine.runs.journal import Journal
from engine.runs.lock import Holder, held
from engine.worker.client import EngineClient, EngineGone, EngineSilentError, tell
from tests.tui import runs
from tui import session


@pytest.fixture
def run(tmp_path):
    """A run whose process listens, as its kernel does for it, and is suspended."""
    run = RunDirectory(tmp_path / "run-1")
    run.path.mkdir()
    with socket.socket(socket.AF_UNIX) as listening, held(run, Holder.me(tmp_path / "engine.sock")):
        listening.bind(str(tmp_path / "engine.sock"))
        listening.listen(2)
        yield run


def write(run, events: list[AnyEvent]):
    journal = Journal(run.events)
    for event in events:
        journal.append(event)
    journal.close()


def test_it_is_not_waited_for_longer_than_one_would(run):
    began = time.monotonic()
    with pytest.raises(EngineSilentError, match="has not answered for 0 s"):
        tell(run, "status", within=0.2)
    clients = [EngineClient(run.path.with_name("engine.sock"), 0.2) for _ in range(5)]
    assert not all([client.reach() for client in clients])  # noqa: C419 - all of them are tried
    for client in clients:
        client.close()
    with pytest.raises(EngineGone, match="takes no commands"):
        tell(run, "status", within=0.2)
    assert time.monotonic() - began < 5


def test_it_does_not_hold_up_who_watches_and_leaves(run, monkeypatch):
    monkeypatch.setattr(session, "STATUS_SECONDS", 0.2)
    write(run, runs.training(0.5))
    began = time.monotonic()
    follower = session._Follower(run)
    assert follower.look()
    assert follower.seen.training
    assert time.monotonic() - began < 5
