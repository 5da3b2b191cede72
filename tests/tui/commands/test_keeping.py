"""The commands that find runs, lay them beside each other, rename, note and delete them."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from rich.console import Console

from engine.runs.lock import Holder, held
from engine.runs.note import read_note
from tests.tui import made, runs
from tui.cli import main
from tui.commands import report


def nnplay(*arguments, answer=None):
    done = CliRunner().invoke(main, [*map(str, arguments)], input=answer)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def three():
    for name, epochs, settings in (("a", 1, ()), ("b", 3, ()), ("c", 2, ("compile.optimizer.type=sgd",))):
        made.make(*runs.training(epochs), runs.DONE, settings=(f"name={name}", *settings))


def names(*options):
    return [run["name"] for run in json.loads(nnplay("runs", "--json", *options).output)]


def test_runs_are_found_and_ordered(three):
    assert names("--filter", "optimizer:adam", "--sort", "name") == ["a-1", "b-1"]
    assert names("--sort", "acc") == ["b-1", "c-1", "a-1"]
    assert names("--sort", "acc", "--reverse") == ["a-1", "c-1", "b-1"]
    assert names("--sort", "differs")[0] == "c-1"
    assert "no run fulfils" in nnplay("runs", "--filter", "acc>2").output
    wrong = nnplay("runs", "--filter", "unit:1")
    assert (wrong.exit_code, "did you mean 'units'" in wrong.output) == (2, True)


def test_runs_are_compared_in_a_table_and_as_data(three):
    table = nnplay("compare", "a-1", "c-1").output
    assert ["compile.optimizer.learning_rate", "0.001", "0.01"] in [line.split() for line in table.splitlines()]
    assert "best val acc" in table
    assert "units" not in table
    told = json.loads(nnplay("compare", "a-1", "c-1", "--json").output)
    assert [run["epochs_done"] for run in told["runs"]] == [1, 2]
    assert told["differences"][0]["place"] == "compile.optimizer.type"
    assert told["differences"][0]["values"] == ["adam", "sgd"]
    assert "the same in every knob" in nnplay("compare", "a-1", "b-1").output
    for arguments in (("a-1",), ("a-1", "nothing")):
        assert nnplay("compare", *arguments).exit_code == 2


def test_runs_that_began_with_other_weights_are_told_apart(three, home):
    loaded = runs.STARTED.model_copy(update={"loaded": str(home / "runs" / "a-1" / "checkpoints" / "last.npz")})
    again = runs.STARTED.model_copy(update={"loaded": "last.npz", "resumed": True, "step": 1875, "epochs_done": 1})
    made.make(loaded, *runs.training(1)[1:], again, runs.DONE, settings=("name=a",))
    made.make(settings=("name=a",))
    table = nnplay("compare", "a-1", "a-2", "a-3").output
    began = next(line for line in table.splitlines() if line.startswith("began with"))
    assert re.split(" {2,}", began.strip()) == ["began with", "new weights", "the weights of a-1's last.npz", "-"]
    assert "the same in every knob" in table
    assert "began with" not in nnplay("compare", "a-1", "b-1").output
    told = json.loads(nnplay("compare", "a-1", "a-2", "--json").output)
    assert told["began_with"] == ["new weights", "the weights of a-1's last.npz"]
    fork = made.make(settings=("name=a",))
    with (fork.path / "experiment.toml").open("a") as file:
        file.write('\n[fork]\nrun = "b-1"\nepoch = 2\n')
    assert "fork of b-1@2" in nnplay("compare", "a-1", "a-4").output


def test_a_run_is_renamed_and_noted(three, home):
    assert "a-1 is better now" in nnplay("rename", "a-1", "better").output
    for arguments in (("better", "b-1"), ("better", "../x"), ("nothing", "y")):
        assert nnplay("rename", *arguments).exit_code == 2
    run = made.RunDirectory(home / "runs" / "better")
    assert nnplay("note", "better", "a good one").exit_code == 0
    assert read_note(run) == "a good one"
    assert nnplay("note", "better").output == "a good one\n"
    assert nnplay("note", "better", "").output == "better: no note\n"
    assert not run.note.exists()


def test_deleting_asks_first_and_leaves_what_trains(three, home):
    assert nnplay("delete", "a-1", "b-1", answer="n\n").exit_code == 1
    with held(made.make(), Holder.me(None)):
        refused = nnplay("delete", "a-1", "notes-baseline-1", "--yes")
        assert (refused.exit_code, "stop it first" in refused.output) == (2, True)
    assert names("--sort", "name") == ["a-1", "b-1", "c-1", "notes-baseline-1"]
    assert "a-1 is gone" in nnplay("delete", "a-1", "b-1", answer="y\n").output
    assert nnplay("delete", "c-1", "--yes").exit_code == 0
    assert [path.name for path in (home / "runs").iterdir() if path.is_dir()] == ["notes-baseline-1"]


@pytest.mark.parametrize(
    ("columns", "differs"), [(70, None), (80, 'sgd 0.01 "the f…'), (200, 'sgd 0.01 "the first that is plain"')]
)
def test_what_differs_stands_where_there_is_room(three, monkeypatch, columns, differs):
    nnplay("note", "c-1", "the first that is plain")
    monkeypatch.setattr(report, "console", lambda: Console(width=columns, highlight=False, emoji=False))
    lines = nnplay("runs", "--sort", "name").output.splitlines()
    assert len(lines) == 4  # no row is broken
    assert max(map(len, lines)) <= columns
    assert lines[0].rstrip().endswith("differs") == (differs is not None)
    assert differs is None or lines[3].rstrip().endswith(differs)
    told = {each["name"]: (each["origin"], each["differs"]) for each in json.loads(nnplay("runs", "--json").output)}
    assert told["c-1"] == ("notes-baseline", "sgd 0.01")
    assert told["a-1"] == ("notes-baseline", "")
