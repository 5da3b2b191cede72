"""An engine that is suspended, or none at all: it says nothing, or too much, and holds nobody up."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent
from engine.runs.journal import Journal
from engine.runs.lock import Holder, held
from engine.train.thread import EngineThread
from engine.worker.client import EngineClient, EngineGone, EngineSilentError, tell
from engine.worker.headless import _socket
from engine.worker.server import Server
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
    with pytest.raises(EngineSilentError, match="does not answer: it may be suspended") as asked:
        tell(run, "stop", within=0.2)
    assert asked.value.sent
    assert f"'kill -CONT {os.getpid()}' wakes it" in str(asked.value)
    assert "It will do that as soon as it goes on" in str(asked.value)
    clients = [EngineClient(run.path.with_name("engine.sock"), 0.2) for _ in range(5)]
    with pytest.raises(EngineSilentError) as full:
        [client.reach() for client in clients]
    assert not full.value.sent
    with pytest.raises(EngineSilentError, match="Try again when it goes on") as full:
        tell(run, "stop", within=0.2)
    for client in clients:
        client.close()
    assert time.monotonic() - began < 5


def test_it_does_not_hold_up_who_watches_and_leaves(run, monkeypatch):
    monkeypatch.setattr(session, "STATUS_SECONDS", 0.2)
    write(run, runs.training(0.5))
    began = time.monotonic()
    follower = session._Follower(run)
    assert follower.look()
    assert follower.seen.training
    assert time.monotonic() - began < 5


@contextmanager
def stranger(path: Path, pieces: Iterator[bytes]) -> Iterator[EngineClient]:
    """Let something answer a request with these pieces, and return a client that is connected to it."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(1)

    def answer() -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            connection.recv(1000)
            for piece in pieces:
                connection.sendall(piece)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    client = EngineClient(path, 0.3)
    assert client.reach()
    try:
        yield client
    finally:
        client.close()
        listening.close()
        thread.join(10)


def dripping() -> Iterator[bytes]:
    while True:
        yield b" "
        time.sleep(0.05)


def flooding() -> Iterator[bytes]:
    while True:
        yield b"x" * 65536


def test_a_reply_that_never_ends_is_not_waited_for(tmp_path):
    began = time.monotonic()
    with stranger(tmp_path / "s", dripping()) as client, pytest.raises(EngineSilentError):
        client.ask("status")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("pieces", [flooding(), iter([b"no reply\n"]), iter([b'{"ok": true}\n'])])
def test_what_is_no_reply_is_said_to_be_none(tmp_path, pieces):
    with (
        stranger(tmp_path / "s", pieces) as client,
        pytest.raises(EngineGone, match="is no engine of this version of nnplay"),
    ):
        client.ask("status")


def test_what_a_stranger_says_steers_no_terminal(tmp_path):
    escape = "\\u001b[2J"
    status = f'{{"phase": "idle", "pid": 1, "seconds": 1, "device": "{escape}", "trouble": "{escape}"}}'
    reply = f'{{"ok": false, "error": "{escape}", "status": {status}}}\n'.encode()
    with stranger(tmp_path / "s", iter([reply])) as client:
        answer = client.ask("status")
    assert {answer.error, answer.status.device, answer.status.trouble} == {"\\x1b[2J"}


def test_a_training_that_begins_does_not_wait_for_a_suspended_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "nnplay").mkdir()
    suspended = tmp_path / "nnplay" / "run-1.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(suspended))
        listening.listen(0)
        full = [socket.socket(socket.AF_UNIX) for _ in range(3)]
        for each in full:
            each.setblocking(False)
            each.connect_ex(str(suspended))
        found = threading.Thread(target=_socket, daemon=True)
        found.start()
        found.join(10)
        assert not found.is_alive()
        assert suspended.exists()
        for each in full:
            each.close()


def test_a_folder_of_sockets_that_cannot_be_used_is_named_whenever_the_engine_is_asked(tmp_path, monkeypatch):
    (tmp_path / "nnplay").write_text("a file")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    client = EngineClient()
    with pytest.raises(OSError, match="nnplay"):
        client.connect(1)
    with pytest.raises(EngineGone, match="is not running: the folder of its socket cannot be used"):
        client.ask("status")


async def test_a_client_that_never_reads_is_let_go_of(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.worker.server.DRAIN_SECONDS", 0.2)
    server = Server(tmp_path / "s", EngineThread(None))
    listening = await server.listen()
    with socket.socket(socket.AF_UNIX) as client:
        client.setblocking(False)
        client.connect(str(tmp_path / "s"))
        request = b'{"command": "status"}\n'
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:  # until neither side takes any more, and then until it hangs up
            try:
                client.send(request * 100)
            except BlockingIOError:
                await asyncio.sleep(0.05)
            except OSError:
                break
            await asyncio.sleep(0)
    assert time.monotonic() < deadline
    listening.close()
