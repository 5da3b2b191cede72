"""Run directories: made without a clash, followed line by line, and folded into one history."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.runs import journal as journal_module
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import (
    CheckpointSaved,
    Continued,
    Epoch,
    Failed,
    Finished,
    Paused,
    Progress,
    Started,
    parse,
)
from engine.runs.history import History, State
from engine.runs.journal import Journal, Tail
from engine.runs.library import newest
from engine.runs.making import create
from engine.runs.standing import Best
from engine.spec.check import check
from engine.spec.document import load
from engine.spec.problem import SpecError


@pytest.fixture
def experiment():
    return check(load("notes-baseline")).experiment_or_raise()


def started(**changes):
    values = dict(  # noqa: C408 - reads as the call it becomes
        time=1.0, versions={}, device="CPU", jit=True, parameters=10, epochs=2, steps_per_epoch=10,
        train_images=320, validation_images=100, metrics=("accuracy",),
    )  # fmt: skip
    return Started(**{**values, **changes})


def progress(step: int, loss: float | None = 1.0, accuracy: float | None = 0.5, steps: int = 5, rate: float = 100.0):
    return Progress(
        time=step, step=step, epoch=1 + (step - 1) // 10, steps=steps, loss=loss, data_loss=loss, penalty=0.0,
        metrics={"accuracy": accuracy}, images_per_second=rate, learning_rate=0.1,
    )  # fmt: skip


def epoch(number: int, accuracy: float = 0.8, best: Best | None = None):
    return Epoch(
        time=9.0, step=10 * number, epoch=number, seconds=1.0,
        train={"loss": 0.5, "accuracy": 0.9}, validation={"loss": 0.6, "accuracy": accuracy}, best=best,
    )  # fmt: skip


BEST = Best(epoch=1, accuracy=0.8, loss=0.6)


def test_runs_are_numbered_and_hold_what_was_asked(experiment, home: Path):
    first, second = create(experiment), create(experiment)
    assert [first.name, second.name] == ["notes-baseline-1", "notes-baseline-2"]
    assert first.path == home / "runs" / "notes-baseline-1"
    assert first.experiment() == experiment


def test_a_home_that_cannot_be_written_is_named(experiment, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "file"))
    with pytest.raises(RunError, match="cannot write to .*file/runs: Not a directory. Set NNPLAY_HOME"):
        create(experiment)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="is no run"):
        RunDirectory(tmp_path).experiment()


def test_an_experiment_that_was_spoilt_is_refused(experiment):
    run = create(experiment)
    (run.path / "experiment.toml").write_text("seed = 'x'")
    with pytest.raises(SpecError, match="seed"):
        run.experiment()


def test_an_experiment_of_another_version_is_said_to_be_one(experiment):
    run = create(experiment)
    file = run.path / "experiment.toml"
    file.write_text(file.read_text().replace("[fit]", "[fit]\nwarmth = 3"))
    with pytest.raises(SpecError, match=r"^fit\.warmth: unknown key"):
        run.experiment()
    journal = Journal(run.events)
    journal.append(started(versions={"nnplay": "99.0"}))
    journal.close()
    with pytest.raises(SpecError, match=r"was begun by nnplay 99\.0, and this is .*\n?fit\.warmth: unknown key"):
        run.experiment()


def test_a_tail_returns_each_event_once(tmp_path):
    path = tmp_path / "events.jsonl"
    tail = Tail(path)
    assert tail.read() == []
    journal = Journal(path)
    journal.append(started())
    assert tail.read() == [started()]
    assert tail.read() == []
    journal.append(progress(5))
    journal.append(progress(10))
    assert tail.read() == [progress(5), progress(10)]
    journal.close()


def test_a_torn_last_line_waits_for_its_end(tmp_path):
    path = tmp_path / "events.jsonl"
    line = started().model_dump_json().encode() + b"\n"
    path.write_bytes(line + line[:20])
    tail = Tail(path)
    assert tail.read() == [started()]
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(line[20:])
    assert tail.read() == [started()]
    assert tail.skipped == 0


def test_lines_that_are_no_events_are_counted_and_skipped(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(
        b'{"kind": "from the future", "time": 1}\n\xff\xfe\nnull\n{"kind": "paused", "time": -1}\n'
        + started().model_dump_json().encode()
        + b"\n"
    )
    tail = Tail(path)
    assert tail.read() == [started()]
    assert tail.skipped == 3


def test_a_file_that_took_the_place_of_another_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "events.jsonl"
    tail = Tail(path)
    for number in (1, 2):
        path.unlink(missing_ok=True)
        keep = path.with_name(f"kept-{number}")  # or the new file might get the old one's number
        journal = Journal(path)
        for step in range(5, 15, 5 * number):
            journal.append(progress(step))
        journal.close()
        os.link(path, keep)
        assert [event.step for event in tail.read()] == list(range(5, 15, 5 * number))
    assert tail.beginnings == 1


def test_a_line_without_end_is_passed(tmp_path, monkeypatch):
    monkeypatch.setattr(journal_module, "MOST_BYTES_AT_ONCE", 1000)
    path = tmp_path / "events.jsonl"
    line = started().model_dump_json().encode() + b"\n"
    path.write_bytes(line + b"x" * 5000 + b"\n" + line)
    assert len(Tail(path).read_all()) == 2


def test_a_run_that_ended_as_only_a_later_version_knows_ended_well():
    assert parse('{"kind": "finished", "time": 1, "reason": "no_money"}') == Finished(time=1, reason="completed")


def test_unknown_fields_of_known_events_are_ignored():
    assert parse('{"kind": "paused", "time": 1, "mood": "calm"}') == Paused(time=1)


def test_a_history_begins_empty():
    history = History()
    assert history.state is State.WAITING
    assert history.seconds_left is None
    assert history.epochs_done == 0


def test_a_history_is_the_same_however_the_events_arrive():
    events = [
        started(), progress(1, 2.3, steps=1), progress(5, steps=4), progress(10), epoch(1, 0.8, BEST),
        CheckpointSaved(time=9, step=10, epoch=1, file="best.npz", best=True),
        CheckpointSaved(time=9, step=10, epoch=1, file="last.npz"),
        Paused(time=10, step=10, epoch=1), Continued(time=11, step=10, epoch=1),
        progress(20), epoch(2, 0.7, BEST), Finished(time=12, step=20, epoch=2, reason="completed"),
    ]  # fmt: skip
    at_once = History().after(events)
    one_by_one = History()
    for event in events:
        one_by_one = one_by_one.after([event])
    assert at_once == one_by_one
    assert at_once.state is State.FINISHED
    assert at_once.best is not None
    assert (at_once.best.epoch, at_once.best.accuracy) == (1, 0.8)
    assert at_once.train_loss.x == (0.05, 0.3, 0.75, 1.75)  # each in the middle of its steps
    assert at_once.validation_accuracy.y == (0.8, 0.7)
    assert at_once.saved is not None
    assert at_once.saved.file == "last.npz"


def test_the_state_follows_the_events():
    history = History().after([started()])
    assert history.state is State.TRAINING
    assert history.after([Paused(time=1)]).state is State.PAUSED
    assert history.after([Paused(time=1), Continued(time=2)]).state is State.TRAINING
    failed = history.after([Failed(time=1, why="x")])
    assert failed.state is State.FAILED
    assert failed.state.over


def test_time_left_comes_from_the_measured_speed():
    history = History().after([started(), progress(5, rate=0.0), progress(10, rate=320.0)])
    assert history.rate == 320.0  # a chunk that compiled was not measured
    assert history.seconds_left == pytest.approx(1.0)


def test_a_journal_never_joins_a_line_that_someone_left_torn(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"kind": "prog')
    journal = Journal(path)
    journal.append(started())
    journal.close()
    tail = Tail(path)
    assert tail.read() == [started()]
    assert tail.skipped == 1


def test_a_full_disk_is_an_error_and_not_a_silent_loss(tmp_path):
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from engine.runs.events import Paused\n"
        "from engine.runs.journal import Journal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "try:\n"
        "    for _ in range(10): journal.append(Paused(time=1.0))\n"
        "except OSError: print('said')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "events.jsonl")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "said\n"


def test_a_run_in_which_nothing_happened_can_be_discarded(experiment):
    empty, used = create(experiment), create(experiment)
    Journal(used.events).close()
    empty.discard()
    used.discard()
    assert not empty.path.exists()
    assert used.path.exists()
    assert newest() == used
