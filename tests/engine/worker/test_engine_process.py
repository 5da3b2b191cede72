"""The engine process: found or started, obeying, outliving its clients, and leaving when nobody needs it."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable

import pytest

from engine import paths
from engine.runs.events import CheckpointSaved
from engine.runs.history import History, State
from engine.runs.lock import Whereabouts, whereabouts
from engine.runs.making import create
from engine.runs.resuming import events
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient, EngineGone, tell
from engine.worker.protocol import MOST_BYTES, Reply

pytestmark = pytest.mark.slow


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def new_run(*settings: str):
    small = ["data.limit=2000", "compile.jit_compile=off", *settings]  # XLA would take longer than the steps
    return create(check(with_settings(load("notes-baseline"), small)).experiment_or_raise())


def exchange(path, line: bytes) -> Reply:
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(10)
        raw.connect(str(path))
        raw.sendall(line)
        return Reply.model_validate_json(raw.makefile("rb").readline())


def test_a_run_from_start_to_stop(client):
    status = client.connect()
    assert status.phase == "loading"
    mode = client.path.stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE(client.path.parent.stat().st_mode) == 0o700

    # Asked for while TensorFlow still loads: it waits.
    run = new_run("fit.epochs=10000")
    assert client.ask("start", run.path).ok
    refused = client.ask("start", new_run().path)
    assert not refused.ok
    assert "is still training: stop it first" in refused.error

    tail, history = run.tail(), History()

    def state() -> State:
        nonlocal history
        history = history.after(tail.read())
        return history.state

    wait_for(lambda: state() is State.TRAINING and history.epoch)
    assert client.ask("status").status.phase == "training"

    client.ask("pause")
    wait_for(lambda: state() is State.PAUSED)
    step = history.progress.step
    time.sleep(0.3)
    assert state() is State.PAUSED
    assert history.progress.step == step
    client.ask("continue")
    wait_for(lambda: state() is State.TRAINING and history.progress.step > step)

    # Nonsense on the socket is answered, and harms nobody.
    assert "not a request" in exchange(client.path, b"}{\n").error
    assert "not a request" in exchange(client.path, b'{"command": "rm"}\n').error
    assert f"{MOST_BYTES:,}" in exchange(client.path, b"x" * (MOST_BYTES + 10) + b"\n").error
    assert exchange(client.path, b'{"command": "status"}\n').ok

    # Another client of this home finds the same engine and the run in it.
    other = EngineClient()
    assert other.connect().run == str(run.path)
    other.close()

    client.ask("stop")
    wait_for(lambda: state() is State.FINISHED)
    assert history.finished.reason == "stopped"
    assert run.last.exists()
    wait_for(lambda: client.ask("status").status.phase == "idle")
    assert "no run directory" in client.ask("start", run.path / "nowhere").error

    # TensorFlow's own noise went to the run's log, nowhere else.
    assert "Traceback" not in run.log.read_text()


def test_sigterm_saves_before_the_end(client):
    client.connect()
    # Large enough that writing its state takes longer than the server's look at its needs.
    run = new_run("fit.epochs=10000", "model.layers[1].units=8192", "fit.batch_size=256")
    client.ask("start", run.path)
    wait_for(lambda: History().after(run.tail().read()).epoch)
    os.kill(client._process.pid, 15)
    client._process.wait(60)
    history = History().after(run.tail().read())
    assert history.finished.reason == "interrupted"
    assert run.last.exists()


def test_an_engine_that_cannot_start_says_why(client, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(EngineGone, match="the engine ended at once"):
        client.connect()


def test_an_engine_that_dies_is_noticed(client):
    client.connect()
    os.kill(client._process.pid, 9)
    client._process.wait(30)
    with pytest.raises(EngineGone, match="was killed by SIGKILL"):
        client.ask("status")
    with pytest.raises(EngineGone, match="not running"):
        client.ask("status")
    assert client.connect().phase == "loading"  # a new one, in spite of what the dead one left


def test_the_sockets_folder_must_be_ones_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "nnplay").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="belongs to another user"):
        paths.sockets()


def test_knobs_are_turned_and_checkpoints_made_over_the_socket_and_a_killed_engine_is_followed_by_another(client):
    client.connect()
    run = new_run("fit.epochs=10000")
    client.ask("start", run.path)
    wait_for(lambda: History().after(run.tail().read()).epoch)

    def history() -> History:
        return History().after(run.tail().read())

    # Each command names the run that it is meant for.
    assert "is not training here" in client.ask("stop", run.path.with_name("other")).error
    assert client.ask("turn", run.path, place="compile.optimizer.learning_rate", value=0.005).ok
    wait_for(lambda: history().marks)
    assert history().marks[0].change.value == 0.005
    wait_for(lambda: history().progress.learning_rate == pytest.approx(0.005))
    for place, value, why in (
        ("compile.optimizer.learning_rate", -1.0, "greater than 0"),
        ("fit.batch_size", 64.0, "cannot be changed while it trains"),
        ("nonsense[", 1.0, "not a path"),
    ):
        assert why in client.ask("turn", run.path, place=place, value=value).error
    saved_before = sum(isinstance(event, CheckpointSaved) for event in events(run))
    assert client.ask("save", run.path).ok
    wait_for(lambda: sum(isinstance(event, CheckpointSaved) for event in events(run)) > saved_before)

    # The run is held: nobody else can train it, and everybody can reach who does.
    assert tell(run, "status").status.run == str(run.path)
    assert whereabouts(run)[0] is Whereabouts.HERE
    os.kill(client._process.pid, 9)
    client._process.wait(30)
    assert whereabouts(run)[0] is Whereabouts.GONE
    with pytest.raises(EngineGone, match="is not being trained"):
        tell(run, "status")
    with pytest.raises(EngineGone, match="killed by SIGKILL: the machine may have run out of memory"):
        client.ask("status")

    client.connect()
    assert "was trained already" in client.ask("start", run.path).error
    assert client.ask("resume", run.path).ok
    wait_for(lambda: history().started.resumed)
    wait_for(lambda: history().progress and history().progress.learning_rate == pytest.approx(0.005))
    client.ask("stop")
    wait_for(lambda: history().finished)
    wait_for(lambda: whereabouts(run)[0] is Whereabouts.NOBODY)  # told first, then let go of
