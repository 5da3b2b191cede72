"""Stopping a run from the command line: what is said while it ends, and where there is nothing to stop."""

from __future__ import annotations

import os
import socket
from functools import partial

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.library import Condition, Overview
from engine.runs.lock import Holder, held
from engine.worker.client import tell
from engine.worker.protocol import Reply, Status
from tests.tui import made
from tests.tui.commands.asking import STOPPED, run
from tests.tui.runs import DONE, FAILED, training
from tui.commands import runs as run_commands


def answering(monkeypatch, directory: RunDirectory, *events, ok: bool = True, trouble: str = ""):
    """Let somebody train a run who obeys with these events."""
    lock = held(directory, Holder.me(None))
    lock.__enter__()

    def obey(_run, wish):
        assert wish == "stop"
        made.append(directory, *events)
        lock.__exit__(None, None, None) if events else None
        status = Status(phase="training", pid=1, seconds=1.0, trouble=trouble)
        return Reply(ok=ok, error="" if ok else "it cannot", status=status)

    monkeypatch.setattr(run_commands, "tell", obey)
    return lock


def test_stop_waits_for_the_end_and_says_where_the_state_is(monkeypatch):
    directory = made.make(*training(2.5))
    answering(monkeypatch, directory, STOPPED)
    result = run("stop", "notes-baseline-1")
    assert result.exit_code == 0, result.output
    assert "■ notes-baseline-1: a person stopped it in epoch 3, after 4,700 steps" in result.output
    assert f"{directory.last}. 'nnplay resume notes-baseline-1' goes on from there" in result.output


def test_stop_of_a_run_that_fails_meanwhile(monkeypatch):
    answering(monkeypatch, made.make(*training(2.5)), FAILED)
    result = run("stop", "notes-baseline-1")
    assert result.exit_code == 1
    assert "✗ notes-baseline-1: the loss became nan" in result.output


def test_stop_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(run_commands, "STOP_SECONDS", 0.1)
    lock = answering(monkeypatch, made.make(*training(2.5)), trouble="the disk is full")
    result = run("stop", "notes-baseline-1")
    lock.__exit__(None, None, None)
    assert result.exit_code == 1
    assert "has not within 0 s. It waits: the disk is full" in result.stderr


def test_stop_repeats_what_the_engine_says(monkeypatch):
    lock = answering(monkeypatch, made.make(*training(2.5)), ok=False)
    result = run("stop", "notes-baseline-1")
    lock.__exit__(None, None, None)
    assert result.exit_code == 2
    assert "error: it cannot" in result.stderr


def test_what_nobody_trains_here_cannot_be_stopped():
    made.make(*training(5), DONE)
    assert "notes-baseline-1 is not being trained: it is done" in run("stop", "notes-baseline-1").stderr
    made.lock(made.make(*training(2.5)), host="gpu-box", boot="another")
    elsewhere = run("stop", "notes-baseline-2")
    assert elsewhere.exit_code == 2
    assert "is trained on gpu-box: it takes commands only there" in elsewhere.stderr
    silent = made.make(*training(2.5))
    with held(silent, Holder.me(None)):
        result = run("stop", "notes-baseline-3")
    assert result.exit_code == 2
    assert f"'kill -INT {os.getpid()}' saves its state and ends it" in result.stderr


def test_a_suspended_process_is_said_to_stop_later(monkeypatch, tmp_path):
    silent = made.make(*training(2.5))
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening, held(silent, Holder.me(path)):
        listening.bind(str(path))
        listening.listen(1)
        monkeypatch.setattr(run_commands, "tell", partial(tell, within=0.2))
        result = run("stop", "notes-baseline-1")
        shown = run("show", "notes-baseline-1")
    assert result.exit_code == 1
    assert "It will do that as soon as it goes on" in result.stderr
    assert "does not answer, so it may be suspended" in shown.output


def test_on_a_full_disk_what_it_waits_for_is_asked_of_the_process(monkeypatch):
    directory = made.make(*training(2.5))
    status = Status(phase="training", pid=1, seconds=1.0, trouble="the disk is full")
    monkeypatch.setattr("tui.content.trouble.tell", lambda *_, **__: Reply(ok=True, status=status))
    with held(directory, Holder.me(None)):
        assert "‖ waiting" in run("runs").output
        shown = run("show", "notes-baseline-1").output
    assert f"process {os.getpid()} waits: the disk is full" in shown


def test_a_stop_on_a_full_disk_says_what_could_not_be_saved(monkeypatch):
    directory = made.make(*training(2.5))
    lock = answering(monkeypatch, directory, trouble="the disk is full")
    gone = Overview(directory, Condition.CRASHED, History().after(training(2.5)), 0, 0)
    monkeypatch.setattr(run_commands, "_over", lambda _: gone)
    result = run("stop", "notes-baseline-1")
    lock.__exit__(None, None, None)
    assert result.exit_code == 1
    assert "has ended, but its state could not be saved: the disk is full" in result.stderr
