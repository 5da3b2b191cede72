"""What a person is told while it is found out whether resuming is exact."""

from __future__ import annotations

import sys

from engine.runs.directory import RunDirectory
from engine.runs.events import Finished, Paused
from tui.commands import verify


def test_a_training_that_waits_for_the_disk_says_so(tmp_path, monkeypatch):
    lines = [
        Paused(time=1.0, why="the disk is full: make room"),
        Paused(time=2.0),
        Finished(time=3.0, reason="completed"),
    ]
    words = "\n".join(event.model_dump_json() for event in lines)
    monkeypatch.setattr(verify, "headless", lambda run, **_: [sys.executable, "-c", f"print({words!r})"])
    said = list[str]()
    verify._Place(tmp_path, said.append).train(RunDirectory(tmp_path / "run-1"), "1/3 straight", verify._Seen())
    assert said == ["1/3 straight: begins", "1/3 straight: the disk is full: make room"]
