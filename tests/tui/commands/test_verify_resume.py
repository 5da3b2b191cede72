"""How it is found out whether resuming is exact, with a stand-in for the engine."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.tui import fake_engine
from tests.tui.commands.asking import run
from tui.commands import runs as run_commands
from tui.commands import verify


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """The stand-in for the engine; options for it can be appended. The temporary folders are in tmp_path."""
    options: list[str] = []

    def stand_in(directory, *, resume=False, as_json=False):
        assert as_json
        return [sys.executable, "-m", fake_engine.__name__, str(directory.path), *["--resume"] * resume, *options]

    monkeypatch.setattr(verify, "headless", stand_in)
    monkeypatch.setattr(verify, "QUICK_SECONDS", 0.05)
    monkeypatch.setattr(verify.tempfile, "tempdir", str(tmp_path))
    return options


def test_verify_resume_compares_both_ways(engine, tmp_path, home):
    result = run("verify-resume", "notes-baseline", "--set", "checkpoint.save_weights_only=true")
    assert result.exit_code == 0, result.output
    straight, resumed = (line.split()[-1] for line in result.stdout.splitlines()[:2])
    assert straight == resumed
    assert len(straight) == 64
    assert "✓ equal: interrupted in epoch 2, after" in result.stdout
    assert "1/3 straight: epoch 3/3" in result.stderr
    assert "3/3 resumed: epoch 3/3" in result.stderr
    assert list(tmp_path.glob("nnplay-verify-*")) == []
    assert not home.exists()


def test_verify_resume_finds_a_difference(engine):
    engine.append("--drift")
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "are not equal" in result.stderr


def test_quick_epochs_are_interrupted_at_the_first_steps(engine, monkeypatch):
    monkeypatch.setattr(verify, "QUICK_SECONDS", 10.0)
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 0, result.output
    assert "interrupted in epoch 1, after" in result.stdout


def test_a_training_that_fails_proves_nothing(engine, tmp_path):
    engine.append("--fail")
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "1/3 straight: training failed: the loss became nan. Lower the learning rate." in result.stderr
    engine[:] = ["--nonsense", "--resume"]  # there is nothing to resume: it ends with a traceback
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "last.npz is missing" in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.glob("nnplay-verify-*")) == []


def test_a_training_that_cannot_be_interrupted_proves_nothing(engine):
    engine.append("--deaf")
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "too short to be interrupted" in result.stderr


def test_ctrl_c_leaves_nothing_behind(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "GRACE_SECONDS", 0.2)
    engine.append("--deaf")
    processes = []

    def interrupt(words, **_options):
        if words == "1/3 straight: epoch 1/3":
            processes.extend(int(path.read_text()) for path in tmp_path.glob("nnplay-verify-*/runs/*/pid"))
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(run_commands.click, "echo", lambda words, **_options: interrupt(words))
    assert run("verify-resume", "notes-baseline").exit_code == 130
    assert len(processes) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(processes[0], 0)
    assert list(tmp_path.glob("nnplay-verify-*")) == []


def test_verify_resume_refuses_what_cannot_train(engine):
    assert run("verify-resume", "nowhere").exit_code == 2
    assert run("verify-resume", "notes-baseline", "--epochs", "0").exit_code == 2
