"""What the tests of the commands about runs share: asking one, and what its run has kept."""

from __future__ import annotations

from click.testing import CliRunner

from engine.runs.directory import RunDirectory
from engine.runs.events import Finished
from tests.tui import made
from tui.cli import main

STOPPED = Finished(time=3.0, step=4700, epoch=3, reason="stopped")
EVIL = "\x1b[31m[red]\x9b2J\u202e:warning:"
SPELT = r"\x1b[31m[red]\x9b2J\u202e"


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


def checkpoints(directory: RunDirectory, *epochs: int, settings: tuple[str, ...] = ()) -> None:
    """Let it have kept these epochs, and the last of them as its newest and best."""
    asked = made.experiment(*settings)
    for epoch in epochs:
        made.save(directory.of_epoch(epoch), asked, epoch)
    for path in (directory.last, directory.best):
        made.save(path, asked, epochs[-1])
