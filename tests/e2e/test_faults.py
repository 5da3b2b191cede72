"""Faults of the machine, as real as a test can make them."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.events import Continued, Paused, Started
from engine.runs.resuming import events
from tests.e2e.program import NNPLAY, SMALL, Process, look, wait_until

pytestmark = pytest.mark.slow
FEW_BYTES = 300_000
"""Too few for a checkpoint of the baseline, enough for its events."""


def obey_permissions() -> None:
    """Make root obey the permissions of files, as everybody else does, in the program that this process becomes."""
    drop_from_bounding_set, override_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, override_permissions, 0, 0, 0)


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (FEW_BYTES, resource.RLIM_INFINITY))


def make_room(process, directory) -> None:
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def make_writable(process, directory) -> None:
    directory.checkpoints.chmod(0o700)


@pytest.mark.parametrize(
    ("prepare", "why", "mend"),
    [(limit_files, "the disk is full", make_room), (obey_permissions, "the disk cannot be written", make_writable)],
    ids=["full", "read-only"],
)
def test_a_disk_that_cannot_be_written_pauses_a_run_which_goes_on_when_it_can(tmp_path, home, prepare, why, mend):
    directory = RunDirectory(home / "runs" / "notes-baseline-1")
    with Process(
        [*NNPLAY, "train", "notes-baseline", "--epochs", "30", *SMALL],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=os.environ,
        preexec_fn=prepare,
    ) as process:  # fmt: skip
        wait_until(directory.checkpoints.exists)
        if prepare is obey_permissions:
            directory.checkpoints.chmod(0o500)
        wait_until(lambda: any(isinstance(event, Paused) for event in events(directory)))
        (paused,) = (event for event in events(directory) if isinstance(event, Paused))
        assert paused.why.startswith(why)
        assert "it goes on by itself" in paused.why
        assert why in look("show", directory.name)
        assert "‖" in look("runs")
        mend(process, directory)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"waits: {why}" in output
    assert "continues" in output
    assert "epoch 30/30" in output
    assert any(isinstance(event, Continued) for event in events(directory))
    assert saved.read(directory.last).epoch == 30


def test_sigterm_leaves_a_run_that_resumes_past_torn_and_corrupt_events(tmp_path, home):
    directory = RunDirectory(home / "runs" / "notes-baseline-1")
    with Process(
        [*NNPLAY, "train", "notes-baseline", "--epochs", "10000", *SMALL],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=os.environ,
    ) as process:  # fmt: skip
        wait_until(directory.last.exists)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "'nnplay resume notes-baseline-1' goes on from there" in output
    step = saved.read(directory.last).step
    lines = directory.events.read_bytes().splitlines(keepends=True)
    lines[2] = b'{"kind": "progress", "step": \x00\xff\n'
    directory.events.write_bytes(b"".join(lines) + b'{"kind": "epo')
    assert "1 line" in look("show", directory.name)  # a torn last line may still get its end
    directory.log.unlink()
    directory.log.mkdir()
    with Process(
        [*NNPLAY, "resume", directory.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path
    ) as process:
        wait_until(lambda: any(isinstance(event, Started) and event.resumed for event in events(directory)))
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"goes on at step {step:,}" in output
    assert "WARNING" not in output, "what TensorFlow has to say goes to the log, or nowhere"
    assert look("show", directory.name)


def test_output_that_cannot_be_written_and_a_lost_terminal_leave_a_run_alone(tmp_path, home):
    directory = RunDirectory(home / "runs" / "notes-baseline-1")
    with Path("/dev/full").open("w") as full, Process(
        ["nohup", *NNPLAY, "train", "notes-baseline", "--epochs", "20", "--json", *SMALL],
        stdout=full, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=tmp_path,
        env=os.environ,
    ) as process:  # fmt: skip
        wait_until(directory.last.exists)
        process.send_signal(signal.SIGHUP)
        assert process.wait(60) == 0
    assert saved.read(directory.last).epoch == 20
