"""How a run is named, and what a name, or what is told of it, may do to a terminal: nothing."""

from __future__ import annotations

import json

import pytest

from engine import paths
from engine.runs.directory import RunDirectory
from engine.runs.events import Failed
from tests.tui import made
from tests.tui.commands.asking import EVIL, SPELT, run
from tests.tui.runs import STARTED


@pytest.mark.parametrize("command", ["show", "stop", "attach", "resume", "fork"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notes-baseline-2", "there is no run 'notes-baseline-2': did you mean 'notes-baseline-1'?"),
        ("..", "there is no run"),
        ("~nobody-here/runs/x", "there is no run"),
        ("x" * 300, "File name too long"),
        (EVIL, rf"there is no run '{SPELT}"),
        ("nul\0", "there is no run"),
    ],
)
def test_runs_that_are_not_there(command, name, words):
    made.make()
    result = run(command, name)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "\x1b" not in result.output
    assert "Traceback" not in result.output


def test_without_any_run_one_is_told_so():
    assert "nothing was trained yet" in run("show", "x").stderr


def test_what_would_steer_a_terminal_is_written_out(home):
    failed = Failed(time=3.0, why=EVIL, remedy=EVIL)
    directory = made.make(STARTED.model_copy(update={"device": EVIL, "parent": EVIL}), failed)
    (directory.checkpoints / f"{EVIL}.npz").write_bytes(b"")
    (directory.path / "experiment.toml").write_text(
        f'format = "{SPELT.encode().hex()}"\n[[model.layers]]\ntype = "\\u001b[31m"'
    )
    evil = RunDirectory(directory.path.rename(paths.runs() / EVIL))
    crashed = RunDirectory(paths.runs() / f"{EVIL}-2")
    made.make(STARTED).path.rename(crashed.path)
    crashed.log.write_text(f"last {EVIL}\n")
    outputs = [run("runs"), run("show", EVIL), run("show", str(evil.path)), run("show", f"{EVIL}-2"), run("stop", EVIL)]
    outputs += [run("runs", "--json"), run("show", EVIL, "--json"), run("resume", EVIL), run("fork", EVIL)]
    outputs += [run("check", str(evil.path / "experiment.toml"))]
    for result in outputs:
        assert result.exception is None or isinstance(result.exception, SystemExit)
        for steering in "\x1b\x9b\u202e":
            assert steering not in result.output
    for result in outputs[:5]:
        assert SPELT in result.output
    assert ":warning:" in outputs[1].output
    assert rf"last {SPELT}" in outputs[3].output
    assert json.loads(outputs[5].output)[0]["path"].startswith(str(home))
