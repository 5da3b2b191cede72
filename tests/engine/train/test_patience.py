"""A disk that cannot be written: the run waits, and nothing of it is half written."""

from __future__ import annotations

import errno
import threading
import time

import pytest

from engine.runs import saved
from engine.runs.events import CheckpointSaved, Continued, Epoch, Finished, Paused
from engine.runs.history import History, State
from engine.runs.making import create
from engine.runs.resuming import events
from engine.train import patience
from engine.train.control import SaveNow
from tests.engine.train.attempt import (
    Attempt,
    digest,
    of,
)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_pauses_the_run_which_then_goes_on(quick, data, monkeypatch, number):
    experiment = quick("fit.epochs=3")
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    attempt = Attempt(run, data)
    write, append, refused = saved.write, attempt._journal.append, []
    seen = []

    def refusing(path, content):
        if len(refused) < 3:
            refused.append(path)
            seen.append(attempt.control.trouble)
            raise OSError(number, "No space left on device" if number == errno.ENOSPC else "Read-only", str(path))
        write(path, content)

    def full_for_a_while(event):
        if isinstance(event, Epoch) and event.epoch == 2 and len(refused) < 5:
            refused.append(event)
            raise OSError(number, "full")
        append(event)

    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(saved, "write", refusing)
    attempt._journal.append = full_for_a_while
    attempt.go()
    assert len(refused) == 5
    assert "by itself" in seen[1]
    assert attempt.control.trouble == ""
    paused = of(run, Paused)
    assert len(paused) == len(of(run, Continued)) == 2
    assert all("by itself" in event.why for event in paused)
    assert digest(run) == digest(straight)
    assert [event.epoch for event in of(run, Epoch)] == [1, 2, 3]


def test_a_stop_ends_the_waiting_for_a_disk(quick, data, monkeypatch):
    run = create(quick("fit.epochs=3"))
    attempt = Attempt(run, data)

    def full(path, content):
        attempt.control.stop()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(saved, "write", full)
    with pytest.raises(OSError, match="full"):  # the end cannot be saved either: the engine thread writes it down
        attempt.go()


def test_a_run_whose_directory_vanished_does_not_wait_for_ever(quick, data, monkeypatch):
    run = create(quick("fit.epochs=3"))
    attempt = Attempt(run, data)

    def gone(path, content):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))

    monkeypatch.setattr(saved, "write", gone)
    with pytest.raises(FileNotFoundError):
        attempt.go()


@pytest.mark.parametrize("when", ["epoch", "checkpoint"])
def test_a_stop_while_an_epoch_waits_for_the_disk_closes_it_whole_or_not_at_all(quick, data, monkeypatch, when):
    experiment = quick(
        "fit.epochs=6", "fit.early_stopping={monitor='val_loss', patience=2, min_delta=10.0}",
        "fit.reduce_on_plateau={monitor='val_loss', patience=1, min_delta=10.0}",
    )  # fmt: skip
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    attempt = Attempt(run, data)
    full = []

    def refuse():
        if not full:
            full.append(attempt.control.stop())
            raise OSError(errno.ENOSPC, "full")

    write, append = saved.write, attempt._journal.append

    def refusing(path, content):
        if when == "checkpoint" and content.epoch == 2:
            refuse()
        write(path, content)

    def refusing_event(event):
        if when == "epoch" and isinstance(event, Epoch) and event.epoch == 2:
            refuse()
        append(event)

    with monkeypatch.context() as patch:
        patch.setattr(saved, "write", refusing)
        attempt._journal.append = refusing_event
        attempt.go()
    assert of(run, Finished)[-1].reason == "stopped"
    Attempt(run, data, resume=True).go()
    ours, theirs = History().after(events(run)), History().after(events(straight))
    assert [each.epoch for each in ours.epochs] == [each.epoch for each in theirs.epochs]
    assert (ours.best, ours.finished.why) == (theirs.best, theirs.finished.why)
    assert digest(run) == digest(straight)
    assert saved.read(run.best).digest() == saved.read(straight.best).digest()


def test_a_pause_is_still_one_after_trouble_with_the_disk(quick, data, monkeypatch):
    run = create(quick("fit.epochs=3"))
    attempt = Attempt(run, data)
    refused = []

    def full_once(path, content):
        if not refused:
            refused.append(path)
            raise OSError(errno.ENOSPC, "full")
        write(path, content)

    write = saved.write
    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(saved, "write", full_once)
    attempt.control.pause()
    attempt.control.wish(SaveNow())
    thread = threading.Thread(target=attempt.go)
    thread.start()
    deadline = time.monotonic() + 20
    while not any(isinstance(event, CheckpointSaved) for event in events(run)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.1)
    assert History().after(events(run)).state is State.PAUSED
    attempt.control.proceed()
    thread.join(20)
    assert of(run, Finished)[0].reason == "completed"
