"""The files of a run: what is told for good reaches the disk; a pipe or a link in a file's place does no harm."""

from __future__ import annotations

import errno
import os
import threading

import pytest

from engine import disk
from engine.runs import saved
from engine.runs.asked import Asked
from engine.runs.comparison import compare
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import Changed, Paused
from engine.runs.journal import Journal
from engine.runs.library import overview
from engine.runs.lock import Holder, Whereabouts, held, whereabouts
from engine.runs.making import create
from engine.runs.note import read_note, write_note
from engine.runs.resuming import events
from engine.runs.saved import CheckpointError, Saved
from engine.runs.standing import Standing
from engine.spec import toml
from engine.spec.check import check
from engine.spec.document import load
from engine.train.control import Control
from engine.train.patience import Patience
from engine.train.thread import noting
from tests.tui import runs
from tui.content.run_log import RunLog

TURNED = Changed(time=2.0, place="compile.optimizer.learning_rate", value=0.1, why="by hand", number=1)


@pytest.fixture
def run() -> RunDirectory:
    return create(check(load("notes-baseline")).experiment_or_raise())


def checkpoint(run):
    return Saved(run.experiment(), Standing(), jit=True, weights=0)


def test_what_a_resumed_run_builds_on_is_told_for_good(run, monkeypatch):
    synced, journal = [], Journal(run.events)
    monkeypatch.setattr(disk.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    journal.append(runs.STARTED)
    journal.append(Paused(time=1.0))
    assert synced == []
    for event in (TURNED, runs.training(1)[-1], runs.DONE, runs.FAILED):
        journal.append(event)
        assert synced.pop() == run.events.stat().st_size
    journal.close()


@pytest.mark.parametrize(("code", "kept"), [(errno.EINVAL, True), (errno.ENOSPC, False)])
def test_an_event_that_does_not_reach_the_disk_is_not_told(run, monkeypatch, code, kept):
    def fsync(descriptor):
        raise OSError(code, os.strerror(code))

    journal = Journal(run.events)
    monkeypatch.setattr(disk.os, "fsync", fsync)
    if kept:
        journal.append(TURNED)
    else:
        with pytest.raises(OSError, match="No space"):
            journal.append(TURNED)
    journal.close()
    assert events(run) == [TURNED] * kept


def test_a_pipe_in_the_place_of_any_file_holds_nobody_up(run):
    (run.path / "experiment.toml").unlink()
    for path in (run.events, run.lock, run.log, run.note, run.last, run.path / "experiment.toml"):
        os.mkfifo(path)
    done = []

    def look():
        for reading, error in (
            (run.tail().read, OSError),
            (RunLog(run).read, OSError),
            (lambda: overview(run), OSError),
            (lambda: saved.read(run.last), CheckpointError),
            (run.experiment, RunError),
            (lambda: Journal(run.events), OSError),
            (held(run, Holder.me(None)).__enter__, OSError),
        ):
            with pytest.raises(error, match="it is no file"):
                reading()
        assert whereabouts(run) == (Whereabouts.NOBODY, None)
        assert (read_note(run), run.last_words()) == ("", ())
        with noting(run.log):
            done.append(True)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(10)
    assert done


def test_what_an_editor_puts_before_the_text_of_an_experiment_is_no_part_of_it(run):
    path, asked = run.path / "experiment.toml", run.experiment()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run.experiment() == asked
    assert Asked().experiment(run) == asked


def test_a_huge_file_in_the_place_of_an_experiment_is_not_read_and_not_waited_for(run):
    with (run.path / "experiment.toml").open("ab") as file:
        file.truncate(toml.MOST_BYTES + 1)
    assert Asked().experiment(run) is None
    with pytest.raises(RunError, match="larger than"):
        Patience(Control()).insist(run.experiment)


def test_a_pipe_in_the_place_of_the_events_holds_up_no_comparison(run):
    seen, refused = overview(run), []
    os.mkfifo(run.events)

    def look():
        with pytest.raises(RunError, match="cannot be compared: it is no file"):
            compare([seen, seen])
        refused.append(True)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(10)
    assert refused


def test_nothing_is_written_through_a_link_in_a_run(run, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    for path in (run.events, run.lock, run.log, run.last, run.note):
        path.symlink_to(precious)
    for writing in (lambda: Journal(run.events), held(run, Holder.me(None)).__enter__):
        with pytest.raises(OSError, match="it is a link, which is not followed"):
            writing()
    with noting(run.log):
        os.write(2, b"noise\n")
    saved.write(run.last, checkpoint(run))
    write_note(run, "good")
    assert precious.read_text() == "mine"
    assert (saved.read(run.last).epoch, read_note(run)) == (0, "good")
