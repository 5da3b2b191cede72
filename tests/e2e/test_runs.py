"""What a run goes through that is killed, resumed, stopped and forked, by the commands that a user types."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from engine.runs.directory import RunDirectory
from engine.runs.events import Epoch, Started
from engine.runs.making import forkable
from engine.runs.resuming import events
from tests.e2e.program import NNPLAY, SMALL, look, run, wait_until

pytestmark = pytest.mark.slow
NAME = "notes-baseline-1"


def test_a_killed_run_is_resumed_stopped_and_forked(tmp_path, home):
    directory = RunDirectory(home / "runs" / NAME)

    def epochs() -> int:
        return sum(isinstance(event, Epoch) for event in events(directory))

    with training(tmp_path, "train", "notes-baseline", "--epochs", "10000", *SMALL) as process:
        wait_until(epochs)
        refused = run("resume", NAME, folder=tmp_path)
        assert refused.returncode == 2
        assert f"is being trained: 'nnplay attach {NAME}' shows it" in refused.stderr
        process.send_signal(signal.SIGKILL)
    assert json.loads(look("runs", "--json"))[0]["state"] == "crashed"
    shown = look("show", NAME)
    assert f"{NAME}  ! crashed" in shown
    assert f"'nnplay resume {NAME}' goes on with it" in shown

    before = epochs()
    with training(tmp_path, "resume", NAME) as process:
        wait_until(lambda: epochs() > before)
        assert "▶ training" in look("runs")
        stopped = run("stop", NAME, folder=tmp_path)
        assert stopped.returncode == 0, stopped.stderr
        assert f"■ {NAME}: a person stopped it in epoch" in stopped.stdout
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"run {NAME} in {directory.path}" in output
    assert "goes on at step" in output
    again = [event for event in events(directory) if isinstance(event, Started)][-1]
    assert again.resumed
    assert again.epochs_done >= before - 1  # what was told, but not saved yet when it was killed, is done once more

    newest = max(forkable(directory))
    forked = run("fork", NAME, "--epochs", str(newest + 2), "--set", "fit.batch_size=64", folder=tmp_path)
    assert forked.returncode == 0, forked.stderr
    assert f"goes on from {NAME}@{newest}" in forked.stdout
    assert [line.split("  ")[0] for line in forked.stdout.splitlines() if line.startswith("epoch")] == [
        f"epoch {newest + 1}/{newest + 2}",
        f"epoch {newest + 2}/{newest + 2}",
    ]


def test_resuming_is_shown_to_be_exact(tmp_path, home):
    done = run("verify-resume", "notes-baseline", "--epochs", "2", *SMALL, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "✓ equal: interrupted in epoch" in done.stdout
    assert not home.exists()


def training(folder, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*NNPLAY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=os.environ
    )
