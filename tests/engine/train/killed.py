"""Trains runs and kills them, again and again: ``python -m tests.engine.train.killed SEED (RUN KILLS)...``.

TensorFlow is imported once, in a process that makes no step; every attempt is a fork of it, and a real engine thread
with its lock, its journal, its checkpoints. It is killed with SIGKILL at a random moment, and the next attempt resumes.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import sys
import time
from pathlib import Path

from engine.data import source
from engine.runs.directory import RunDirectory
from engine.runs.library import Condition, overview
from engine.train.thread import EngineThread, prepare_environment

EARLY = 3
"""Each third kill comes while a run is still being loaded."""
LONGEST_SECONDS = 0.4
"""At most so long after the first steps the others come."""


def attempt(run: RunDirectory) -> int:
    """Begin to train, or go on, in a process of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            thread = EngineThread(None)
            thread.train(run, resume=run.events.exists())
            thread.start()
            while thread.current is not None and thread.is_alive():
                time.sleep(0.01)
        finally:
            os._exit(0)
    return pid


def kill_at_random(run: RunDirectory, pid: int, moments: random.Random, *, early: bool) -> None:
    """End an attempt with SIGKILL while it loads, or some time after its first steps."""
    if not early:
        size = run.events.stat().st_size if run.events.exists() else 0
        while os.waitpid(pid, os.WNOHANG) == (0, 0) and b'"progress"' not in written_after(run, size):
            time.sleep(0.01)
    time.sleep(moments.uniform(0, LONGEST_SECONDS))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def written_after(run: RunDirectory, size: int) -> bytes:
    return run.events.read_bytes()[size:] if run.events.exists() else b""


def main() -> None:
    """Train each run to its end, killing it so often on the way."""
    moments = random.Random(int(sys.argv[1]))
    prepare_environment()
    from engine.train import trainer  # noqa: F401, PLC0415 - only imported: nothing may run before the fork

    source.read = functools.cache(source.read)
    source.read(source.BUILT_IN)
    for path, kills in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        run = RunDirectory(Path(path))
        for number in range(1, int(kills) + 1):
            kill_at_random(run, attempt(run), moments, early=number % EARLY == 0)
            assert overview(run).condition is not Condition.DONE, "too short a run to be killed so often"
        os.waitpid(attempt(run), 0)


if __name__ == "__main__":
    main()
