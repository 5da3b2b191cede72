"""The commands about runs: what they print, what they refuse, and with what they become the engine."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest
from click.testing import CliRunner

from engine import paths
from engine.runs import library
from engine.runs.directory import RunDirectory
from engine.runs.events import Changed, Failed, Finished, Paused
from engine.runs.history import History
from engine.runs.lock import Holder, held
from engine.worker.protocol import Reply, Status
from tests.tui import fake_engine, made
from tests.tui.runs import DONE, FAILED, PAUSED, STARTED, training
from tui.cli import main
from tui.commands import command, verify
from tui.commands import runs as run_commands
from tui.config import AS_IT_COMES
from tui.words.run import ago

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


# runs


def test_without_runs_one_learns_how_to_make_the_first():
    result = run("runs")
    assert result.exit_code == 0
    assert "nnplay train notes-baseline" in result.output
    assert json.loads(run("runs", "--json").output) == []


def test_runs_tells_how_each_is():
    made.make(*training(5), DONE)
    made.make(*training(2.5), STOPPED)
    made.make(*training(1.2), FAILED)
    made.make(*training(1.2))
    here = made.make(*training(2.5), PAUSED)
    made.lock(made.make(*training(2.5)), host="gpu-box", boot="another")
    made.make()
    made.lock(made.make(*training(1.2)))
    with held(here, Holder.me(None)):
        rows = {line.split()[0]: line for line in run("runs").output.splitlines()}
        data = {each["name"]: each for each in json.loads(run("runs", "--json").output)}
    signs = [
        ("✓ done", "done"), ("■ stopped", "stopped"), ("✗ failed", "failed"), ("! crashed", "crashed"),
        ("‖ paused", "paused"), ("▶ training on gpu-box", "training"), ("· not begun", "not begun"),
        ("! crashed", "crashed"),
    ]  # fmt: skip
    for number, (words, state) in enumerate(signs, 1):
        assert words in rows[f"notes-baseline-{number}"]
        assert data[f"notes-baseline-{number}"]["state"] == state
    assert "0.8733" in rows["notes-baseline-1"]
    assert "5/5" in rows["notes-baseline-1"]
    assert "2/5" in rows["notes-baseline-2"]
    assert "101,770" in rows["notes-baseline-2"]
    assert data["notes-baseline-6"]["host"] == "gpu-box"
    assert data["notes-baseline-2"]["best"]["epoch"] == 2
    assert data["notes-baseline-7"]["epochs"] is None


def test_the_run_that_changed_last_comes_first():
    now = time.time()
    for age in (7200, 130, 3):
        made.make(STARTED.model_copy(update={"time": now - age}), FAILED.model_copy(update={"time": now - age}))
    lines = run("runs").output.splitlines()[1:]
    assert [line.split()[0][-1] for line in lines] == ["3", "2", "1"]
    assert [line.rstrip()[-9:] for line in lines[1:]] == ["2 min ago", "  2 h ago"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "now"), (0.4, "now"), (59.9, "59 s ago"), (60, "1 min ago"), (7199, "1 h ago"), (200_000, "2 d ago")],
)
def test_how_long_ago_it_was(seconds, words):
    assert ago(1e9, 1e9 + seconds) == words


def test_a_run_that_cannot_be_read_changed_at_no_known_time():
    made.make().events.mkdir()
    (line,) = run("runs").output.splitlines()[1:]
    assert "? unreadable" in line
    assert line.rstrip().endswith("-")
    (data,) = json.loads(run("runs", "--json").output)
    assert (data["began"], data["changed"]) == (None, None)


def test_a_listing_in_a_pipe_is_as_wide_as_it_needs():
    name = "a" * 58
    made.make(*training(1), DONE, settings=(f"name={name}",))
    assert f"{name}-1" in run("runs").output


def test_long_runs_are_read_at_their_ends_and_finished_ones_once(monkeypatch):
    parsed = []
    monkeypatch.setattr(library, "parse", lambda line, parse=library.parse: parsed.append(line) or parse(line))
    made.make(*training(100), DONE)
    shelf = library.Library()
    assert shelf.look()[0].history.epoch.epoch == 100
    assert len(parsed) < 30
    parsed.clear()
    assert shelf.look()[0].history.epoch.epoch == 100
    assert parsed == []


def test_an_epoch_that_a_resumed_run_took_back_is_not_its_last():
    again = STARTED.model_copy(update={"step": 3750, "epochs_done": 2, "resumed": True})
    directory = made.make(*training(4.5), again)
    seen, told = library.overview(directory).history, History().after(directory.tail().read())
    assert seen.epoch == told.epoch
    assert (seen.epoch.epoch, seen.best.epoch) == (2, 2)
    assert "2/5" in run("runs").output


# show


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


# names and control characters


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


# stop


def answering(monkeypatch, directory: RunDirectory, *events, ok: bool = True, trouble: str = ""):
    """Let somebody train a run who obeys with these events."""
    lock = held(directory, Holder.me(None))
    lock.__enter__()

    def obey(_run, wish):
        assert wish == "stop"
        made.append(directory, *events)
        lock.__exit__(None, None, None) if events else None
        status = Status(phase="training", pid=1, seconds=1.0, trouble=trouble)
        return Reply(ok=ok, error="" if ok else "it cannot", status=status)

    monkeypatch.setattr(run_commands, "tell", obey)
    return lock


def test_stop_waits_for_the_end_and_says_where_the_state_is(monkeypatch):
    directory = made.make(*training(2.5))
    answering(monkeypatch, directory, STOPPED)
    result = run("stop", "notes-baseline-1")
    assert result.exit_code == 0, result.output
    assert "■ notes-baseline-1: a person stopped it in epoch 3, after 4,700 steps" in result.output
    assert f"{directory.last}. 'nnplay resume notes-baseline-1' goes on from there" in result.output


def test_stop_of_a_run_that_fails_meanwhile(monkeypatch):
    answering(monkeypatch, made.make(*training(2.5)), FAILED)
    result = run("stop", "notes-baseline-1")
    assert result.exit_code == 1
    assert "✗ notes-baseline-1: the loss became nan" in result.output


def test_stop_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(run_commands, "STOP_SECONDS", 0.1)
    lock = answering(monkeypatch, made.make(*training(2.5)), trouble="the disk is full")
    result = run("stop", "notes-baseline-1")
    lock.__exit__(None, None, None)
    assert result.exit_code == 1
    assert "has not within 0 s. It waits: the disk is full" in result.stderr


def test_stop_repeats_what_the_engine_says(monkeypatch):
    lock = answering(monkeypatch, made.make(*training(2.5)), ok=False)
    result = run("stop", "notes-baseline-1")
    lock.__exit__(None, None, None)
    assert result.exit_code == 2
    assert "error: it cannot" in result.stderr


def test_what_nobody_trains_here_cannot_be_stopped():
    made.make(*training(5), DONE)
    assert "notes-baseline-1 is not being trained: it is done" in run("stop", "notes-baseline-1").stderr
    made.lock(made.make(*training(2.5)), host="gpu-box", boot="another")
    elsewhere = run("stop", "notes-baseline-2")
    assert elsewhere.exit_code == 2
    assert "is trained on gpu-box: it takes commands only there" in elsewhere.stderr
    silent = made.make(*training(2.5))
    with held(silent, Holder.me(None)):
        result = run("stop", "notes-baseline-3")
    assert result.exit_code == 2
    assert f"'kill -INT {os.getpid()}' saves its state and ends it" in result.stderr


# attach


def test_attach_needs_a_terminal():
    made.make(*training(2.5))
    result = run("attach", "notes-baseline-1")
    assert result.exit_code == 2
    assert "the screens need a terminal. Without one, 'nnplay show notes-baseline-1'" in result.stderr


def test_attach_opens_the_screens_on_the_run(monkeypatch):
    opened = []

    class Screens:
        def __init__(self, document, **options):
            opened.append((document["name"], options))

        def run(self):
            opened.append("run")

    directory = made.make(*training(2.5))
    monkeypatch.setattr("tui.app.NNPlay", Screens)
    monkeypatch.setattr(command, "has_terminal", lambda: True)
    assert run("attach", "notes-baseline-1").exit_code == 0
    assert opened == [("notes-baseline", {"watch": directory, "preferences": AS_IT_COMES}), "run"]


# resume


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


# fork


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


# verify-resume


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """The stand-in for the engine; options for it can be appended. The temporary folders are in tmp_path."""
    options: list[str] = []

    def stand_in(directory, *, resume=False, as_json=False):
        assert as_json
        return [sys.executable, "-m", fake_engine.__name__, str(directory.path), *["--resume"] * resume, *options]

    monkeypatch.setattr(verify, "headless", stand_in)
    monkeypatch.setattr(verify, "QUICK_SECONDS", 0.05)
    monkeypatch.setattr(verify.tempfile, "tempdir", str(tmp_path))
    return options


def test_verify_resume_compares_both_ways(engine, tmp_path, home):
    result = run("verify-resume", "notes-baseline", "--set", "checkpoint.save_weights_only=true")
    assert result.exit_code == 0, result.output
    straight, resumed = (line.split()[-1] for line in result.stdout.splitlines()[:2])
    assert straight == resumed
    assert len(straight) == 64
    assert "✓ equal: interrupted in epoch 2, after" in result.stdout
    assert "1/3 straight: epoch 3/3" in result.stderr
    assert "3/3 resumed: epoch 3/3" in result.stderr
    assert list(tmp_path.glob("nnplay-verify-*")) == []
    assert not home.exists()


def test_verify_resume_finds_a_difference(engine):
    engine.append("--drift")
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "are not equal" in result.stderr


def test_quick_epochs_are_interrupted_at_the_first_steps(engine, monkeypatch):
    monkeypatch.setattr(verify, "QUICK_SECONDS", 10.0)
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 0, result.output
    assert "interrupted in epoch 1, after" in result.stdout


def test_a_training_that_fails_proves_nothing(engine, tmp_path):
    engine.append("--fail")
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "1/3 straight: training failed: the loss became nan. Lower the learning rate." in result.stderr
    engine[:] = ["--nonsense", "--resume"]  # there is nothing to resume: it ends with a traceback
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "last.npz is missing" in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.glob("nnplay-verify-*")) == []


def test_a_training_that_cannot_be_interrupted_proves_nothing(engine):
    engine.append("--deaf")
    result = run("verify-resume", "notes-baseline")
    assert result.exit_code == 1
    assert "too short to be interrupted" in result.stderr


def test_ctrl_c_leaves_nothing_behind(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "GRACE_SECONDS", 0.2)
    engine.append("--deaf")
    processes = []

    def interrupt(words, **_options):
        if words == "1/3 straight: epoch 1/3":
            processes.extend(int(path.read_text()) for path in tmp_path.glob("nnplay-verify-*/runs/*/pid"))
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(run_commands.click, "echo", lambda words, **_options: interrupt(words))
    assert run("verify-resume", "notes-baseline").exit_code == 130
    assert len(processes) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(processes[0], 0)
    assert list(tmp_path.glob("nnplay-verify-*")) == []


def test_verify_resume_refuses_what_cannot_train(engine):
    assert run("verify-resume", "nowhere").exit_code == 2
    assert run("verify-resume", "notes-baseline", "--epochs", "0").exit_code == 2
