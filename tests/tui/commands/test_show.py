"""What is shown of one run: how it is, what happened, what to do."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import pytest

from engine.runs.events import Changed, Paused
from engine.runs.lock import Holder, held
from tests.tui import made
from tests.tui.commands.asking import STOPPED, checkpoints, run
from tests.tui.runs import DONE, FAILED, STARTED, training
from tui.commands import command


def test_show_tells_all_of_a_run():
    change = Changed(
        time=1.0, step=2000, epoch=2, place="compile.optimizer.learning_rate", value=0.01, before=0.001, why="by hand",
        number=1,
    )  # fmt: skip
    begun, *rest = training(2.5)
    begun = begun.model_copy(update={"parent": "other-1@1"})
    directory = made.make(begun, *rest, change, STOPPED)
    made.save(directory.last, made.experiment(), 2, batches=950)
    made.save(directory.best, made.experiment(), 2)
    directory.previous.write_bytes(b"PK\x03\x04 no zip")
    with directory.events.open("ab") as file:
        file.write(b"rubbish\n{}\n")
    text = run("show", "notes-baseline-1").output
    for words in (
        "notes-baseline-1  ■ stopped", "a person stopped it in epoch 3, after 4,700 steps",
        "'nnplay resume notes-baseline-1' goes on with it", "other-1@1", "CPU ×2, XLA, 101,770 parameters", "2/5",
        "after epoch 2", "step 2,000 in epoch 2: compile.optimizer.learning_rate from 0.001 to 0.01, by hand",
        "within epoch 3, step 4,700", "epoch 2, step 3,750", "previous.npz  ✗", "damaged",
        "2 lines of events.jsonl could not be read", "Dense 128 relu", "adam · learning_rate 0.001",
    ):  # fmt: skip
        assert words in text
    data = json.loads(run("show", "notes-baseline-1", "--json").output)
    assert data["skipped_lines"] == 2
    assert data["changes"][0]["value"] == 0.01
    assert [each["file"] for each in data["checkpoints"]] == ["last.npz", "previous.npz", "best.npz"]
    assert [bool(each["damage"]) for each in data["checkpoints"]] == [False, True, False]
    assert data["asked"]["experiment"]["fit"]["epochs"] == 5
    assert data["last_epoch"]["epoch"] == 2
    assert data["parent"] == "other-1@1"


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], ["· not begun", "'nnplay resume notes-baseline-1' trains it"]),
        ([STARTED], ["! crashed", "ended without a word", "out of memory, it says", "nnplay resume"]),
        ([STARTED, FAILED], ["✗ failed", "the loss became nan", "Lower the learning rate", "nnplay resume"]),
        ([*training(5), DONE], ["✓ done", "nnplay fork notes-baseline-1 --epochs 10"]),
        (
            [*training(5), DONE.model_copy(update={"reason": "early_stopped", "why": "val_loss no better"})],
            ["✓ done", "stopped early: val_loss no better"],
        ),
    ],
)
def test_show_says_how_it_is_and_what_to_do(events, words):
    directory = made.make(*events)
    directory.log.write_text("out of memory, it says\n")
    if len(events) > 5:
        checkpoints(directory, 5)
    text = run("show", "notes-baseline-1").output
    for each in words:
        assert each in text
    assert ("out of memory" in text) == ("! crashed" in text)


def test_show_names_the_process_that_trains():
    directory = made.make(*training(2.5), Paused(time=1.0, why="the disk is full"))
    with held(directory, Holder.me(None)):
        text = run("show", "notes-baseline-1").output
    assert f"process {os.getpid()} waits: the disk is full" in text
    assert "'nnplay attach notes-baseline-1' shows it" in text


def test_show_works_without_an_experiment_that_can_be_read():
    directory = made.make(*training(1), DONE)
    (directory.path / "experiment.toml").write_text("seed = 'x'")
    text = run("show", "notes-baseline-1").output
    assert "✓ done" in text
    assert "problems of its experiment.toml" in text
    assert "seed: must be a whole number" in text


def test_what_tensorflow_says_of_itself_is_nothing_that_a_process_died_of():
    directory = made.make(*training(2.5))
    directory.log.write_text(
        "2026-11-28 10:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary\n"
        "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow ...\n"
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1795860000.123456   12345 service.cc:158] XLA service initialized for platform Host\n"
        "W0000 00:00:1795860000.123456   12345 gpu_device.cc:2344] Cannot dlopen some GPU libraries\n"
        "malloc(): corrupted top size\n"
    )
    assert directory.last_words() == ("malloc(): corrupted top size",)


def test_check_looks_for_the_run_that_a_fork_goes_on_from(tmp_path):
    made.make(*training(2.5))
    fork = "fork={run='notes-baseline-9', epoch=1}"
    result = run("check", "notes-baseline", "--set", fork)
    assert result.exit_code == 2
    assert "✓" not in result.output
    assert "fork: there is no run 'notes-baseline-9'" in result.stderr


def test_runs_that_cannot_be_read_are_not_said_to_be_none(monkeypatch):
    made.make(*training(2.5))

    def scandir(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", scandir)
    result = run("runs")
    assert result.exit_code == 2
    assert "cannot read" in result.stderr
    assert "Permission denied" in result.stderr


@pytest.mark.parametrize(("kind", "shown"), [("dumb", False), ("", False), ("xterm", True), ("linux", True)])
def test_a_terminal_that_only_prints_lines_gets_no_screens(monkeypatch, kind, shown):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setenv("TERM", kind)
    assert (command.no_screens() == "") is shown
