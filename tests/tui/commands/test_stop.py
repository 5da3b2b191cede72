"""Stopping a run from the command line: what is said while it ends, and where there is nothing to stop."""

from __future__ import annotations

import os

from engine.runs.directory import RunDirectory
from engine.runs.lock import Holder, held
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
