"""Runs that go on, or as forks: with what the command becomes the engine, and what it refuses."""

from __future__ import annotations

import pytest

from engine.runs import library
from engine.runs.lock import Holder, held
from tests.tui import made
from tests.tui.commands.asking import STOPPED, checkpoints, run
from tests.tui.runs import DONE, training
from tui.commands import command


@pytest.fixture
def executed(monkeypatch):
    """What this process would have become."""
    commands = []

    def become(_program, arguments):
        commands.append(arguments)
        raise SystemExit(0)

    monkeypatch.setattr(command.os, "execv", become)
    monkeypatch.setattr(command.signal, "pthread_sigmask", lambda *_: None)
    return commands


@pytest.mark.parametrize(("options", "flags"), [([], []), (["--json"], ["--json"])])
def test_resume_becomes_the_engine(executed, options, flags):
    directory = made.make(*training(2.5), STOPPED)
    result = run("resume", "notes-baseline-1", *options)
    assert result.exit_code == 0, result.output
    assert executed[0][1:] == ["-P", "-m", "engine.worker.headless", str(directory.path), "--resume", *flags]
    assert f"run notes-baseline-1 in {directory.path}" in (result.stderr if flags else result.stdout)


def test_what_cannot_go_on_is_not_resumed(executed):
    def refused(words):
        result = run("resume", "notes-baseline-1")
        assert result.exit_code == 2
        assert words in result.stderr

    directory = made.make(*training(5))
    checkpoints(directory, 5)
    with held(directory, Holder.me(None)):
        refused("is being trained: 'nnplay attach notes-baseline-1' shows it")
    made.lock(directory, host="gpu-box", boot="another")
    refused(
        f"is being trained on gpu-box: 'nnplay attach notes-baseline-1' shows it. If that is no longer so, "
        f"remove {directory.lock}"
    )
    directory.lock.unlink()
    for path in directory.checkpoints.iterdir():
        path.unlink()
    made.save(directory.last, made.experiment(), 5, complete=False)
    refused("keeps weights only")
    (directory.path / "experiment.toml").write_text("seed = 'x'")
    directory.last.unlink()
    refused("seed: must be a whole number")
    made.append(directory, DONE)
    checkpoints(directory, 5)
    refused("is done. To train on: nnplay fork notes-baseline-1 --epochs 10")
    assert executed == []


@pytest.mark.parametrize(("which", "epoch"), [("", 3), ("@2", 2), ("@best", 3)])
def test_fork_makes_a_run_that_goes_on_from_there(executed, which, epoch):
    directory = made.make(*training(5), DONE)
    checkpoints(directory, 1, 2, 3, settings=("fit.batch_size=64",))
    result = run("fork", f"notes-baseline-1{which}", "--epochs", "8", "--name", "child", "--set", "seed=7", "--json")
    assert result.exit_code == 0, result.output
    child = library.find("child-1")
    asked = child.experiment()
    assert (asked.fork.run, asked.fork.epoch) == ("notes-baseline-1", epoch)
    # What the checkpoint says counts: knobs may have been turned while it trained.
    assert (asked.fit.epochs, asked.fit.batch_size, asked.seed) == (8, 64, 7)
    assert child.parent.exists()
    assert executed[0][4:] == [str(child.path), "--json"]


def test_a_run_elsewhere_can_be_forked_and_is_called_by_its_path(executed, tmp_path):
    directory = made.make(*training(5), DONE, folder=tmp_path / "old runs")
    checkpoints(directory, 5)
    assert run("fork", f"{directory.path}@5", "--epochs", "8").exit_code == 0
    assert library.find("notes-baseline-1").experiment().fork.run == str(directory.path)
    assert f"nnplay fork '{directory.path}' --epochs 10" in run("show", str(directory.path)).output


def test_what_cannot_be_forked_is_refused(executed):
    directory = made.make(*training(5), DONE)

    def refused(words, *arguments):
        result = run("fork", *arguments)
        assert result.exit_code == 2
        assert words in result.stderr

    refused("has no checkpoint of a whole epoch", "notes-baseline-1")
    refused("best.npz is missing", "notes-baseline-1@best")
    made.save(directory.last, made.experiment(), 4, batches=7)
    refused("has no checkpoint of a whole epoch", "notes-baseline-1")
    checkpoints(directory, 3, 5)
    refused("has no checkpoint of epoch 4: there are those of 3, 5", "notes-baseline-1@4", "--epochs", "9")
    refused(
        "fit.epochs: nothing is left to train after epoch 5 of notes-baseline-1: set it to more than 5",
        "notes-baseline-1",
    )
    refused("fit.epoch: unknown key", "notes-baseline-1@3", "--set", "fit.epoch=9")
    refused("write PATH=VALUE", "notes-baseline-1@3", "--set", "fit.epochs")
    refused("there is no run 'notes-baseline-1@newest'", "notes-baseline-1@newest")
    directory.best.write_bytes(b"")
    refused("best.npz is damaged", "notes-baseline-1@best")
    assert [each.run.name for each in library.Library().look()] == ["notes-baseline-1"]
    assert executed == []
