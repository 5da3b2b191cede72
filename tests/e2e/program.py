"""The program as a user's shell runs it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from tui.cli import main

NNPLAY = [str(Path(sys.executable).with_name("nnplay"))]
SMALL = ["--set", "data.limit=2000", "--set", "compile.jit_compile=off"]
"""So small a model is built and trained sooner than XLA compiles it."""


class Process(subprocess.Popen[str]):
    """A process that outlives its block no moment: a test that fails in it ends, instead of waiting for it."""

    def __exit__(self, *error):
        self.kill()
        super().__exit__(*error)


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without a terminal."""
    return subprocess.run(
        [*NNPLAY, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def look(*arguments: str) -> str:
    """Run a command that only reads, and return what it prints: in this process, which need not start another."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
