"""The engine thread: whatever happens, a run ends in its journal, with why and what to do; the next one can train."""

from __future__ import annotations

import errno
import time
import weakref

import pytest
import tensorflow as tf
from absl import logging as of_absl

from engine import disk
from engine.data import source
from engine.runs.events import Failed, Paused, Started
from engine.runs.library import Condition, overview
from engine.runs.lock import Holder, Whereabouts, whereabouts
from engine.runs.making import create
from engine.runs.resuming import events
from engine.train import patience, trainer
from engine.train.thread import EngineThread, Refusal, prepare_environment
from tests.engine.train.attempt import Attempt, digest, of


@pytest.fixture
def thread(data, monkeypatch):
    monkeypatch.setattr(source, "read", lambda _: (data.train, data.validation))
    thread = EngineThread(None)
    thread.start()
    return thread


def finished(thread, run):
    deadline = time.monotonic() + 30
    while thread.current is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return events(run)[-1]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[10000,65536]"),
        tf.errors.InternalError(None, None, "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 12884901888"),
    ],
)
def test_memory_that_ran_out_becomes_advice(thread, make, monkeypatch, error):
    run = create(make())
    monkeypatch.setattr(trainer.Trainer, "run", lambda self: (_ for _ in ()).throw(error))
    thread.train(run)
    ended = finished(thread, run)
    assert isinstance(ended, Failed)
    assert ended.sentence.startswith("the memory ran out. Use smaller batches (fit.batch_size)")


def test_an_unknown_fault_names_the_log_and_the_next_run_trains(thread, quick, monkeypatch):
    broken, whole = create(quick("data.limit=100")), create(quick("data.limit=100"))
    with monkeypatch.context() as patch:
        patch.setattr(trainer.Trainer, "run", lambda self: (_ for _ in ()).throw(RuntimeError("\x1b[2J[red]odd")))
        thread.train(broken)
        with pytest.raises(Refusal, match="is still training: stop it first"):
            thread.train(whole)
        ended = finished(thread, broken)
    assert ended.why == "RuntimeError: \\x1b[2J[red]odd"
    assert str(broken.log) in ended.remedy
    assert whereabouts(broken)[0] is Whereabouts.NOBODY
    with pytest.raises(Refusal, match="was trained already: resume it, fork it, or start a new run"):
        thread.train(broken)
    thread.train(whole)
    assert finished(thread, whole).kind == "finished"
    thread.train(broken, resume=True)
    assert finished(thread, broken).kind == "finished"


def test_a_run_that_cannot_be_written_is_refused_in_words(thread, make):
    run = create(make())
    run.events.mkdir()
    with pytest.raises(Refusal, match=f"cannot write to {run.events}: Is a directory. Make room there or"):
        thread.train(run, resume=True)
    assert whereabouts(run)[0] is Whereabouts.NOBODY
    assert thread.current is None


def test_errors_reach_the_log_and_advice_to_programmers_does_not(caplog):
    prepare_environment()
    traced = tf.function(tf.constant)
    for number in range(8):
        traced(number)
    of_absl.warning("it is deprecated")
    assert caplog.messages == []
    tf.get_logger().error("it is broken")
    of_absl.error("this, too")
    assert caplog.messages == ["it is broken", "this, too"]


def test_a_knob_is_turned_only_in_a_run_that_trains(thread):
    with pytest.raises(Refusal, match="no run is training yet"):
        thread.turn("compile.optimizer.learning_rate", 0.1)


def test_what_a_run_held_is_garbage_when_it_is_over(thread, make, monkeypatch):
    held = []

    class Observed(trainer.Trainer):
        def run(self):
            images = self.subject._train.images
            held.append([weakref.ref(each) for each in (self, self.built.model, self.built.optimizer, images)])
            super().run()

    monkeypatch.setattr(trainer, "Trainer", Observed)
    swish = ({"type": "flatten"}, {"type": "dense", "units": 8, "activation": "swish"})  # its gradient is of its own
    for jit in ("on", "off"):
        run = create(make(f"compile.jit_compile={jit}", "data.limit=100", layers=swish))
        thread.train(run)
        assert finished(thread, run).kind == "finished"
    assert [[each() for each in refs] for refs in held] == [[None] * 4] * 2


def test_what_a_run_held_is_garbage_when_it_failed(thread, quick, monkeypatch):
    held = []

    def fail(self):
        held.append(weakref.ref(self.built.model))
        raise RuntimeError("odd")

    monkeypatch.setattr(trainer.Trainer, "run", fail)
    run = create(quick("data.limit=100"))
    thread.train(run)
    assert isinstance(finished(thread, run), Failed)
    assert held[0]() is None


def test_a_run_whose_lock_was_removed_is_left_alone_once_another_process_trains_it(thread, quick, capsys):
    run = create(quick("data.limit=100"))
    thread.train(run)
    thread.pause()
    deadline = time.monotonic() + 30
    while not any(isinstance(event, Paused) for event in events(run)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.lock.unlink()
    thread.keep()
    assert whereabouts(run)[0] is Whereabouts.HERE
    before = run.events.read_bytes()
    run.lock.unlink()
    elsewhere = Holder.me(None).model_copy(update={"host": "gpu-7", "boot": "another"}).model_dump_json()
    run.lock.write_text(elsewhere)
    thread.keep()
    assert isinstance(finished(thread, run), Paused)
    assert (run.events.read_bytes(), run.lock.read_text()) == (before, elsewhere)
    assert not any(run.checkpoints.iterdir())
    assert f"another process trains {run.name} now" in capsys.readouterr().err


@pytest.fixture
def out_of_reach(monkeypatch):
    """Return a function that makes the disk refuse to read files of some names so many times each; and the refused."""
    refused, names = [], {}
    reading = disk.reading

    def read(path):
        if names.get(path.name, 0):
            names[path.name] -= 1
            refused.append(path.name)
            raise OSError(errno.EMFILE, "Too many open files", str(path))
        return reading(path)

    monkeypatch.setattr(disk, "reading", read)
    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    return names, refused


def test_files_that_cannot_be_read_for_a_moment_are_waited_for_when_a_run_goes_on(thread, data, quick, out_of_reach):
    names, refused = out_of_reach
    experiment = quick("fit.epochs=3", "data.limit=100")
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(run, data, at={6: "stop"}).go()
    names |= {"experiment.toml": 2, "events.jsonl": 2, "last.npz": 3}
    thread.train(run, resume=True)
    assert finished(thread, run).reason == "completed"
    assert sorted(refused) == ["events.jsonl"] * 2 + ["experiment.toml"] * 2 + ["last.npz"] * 3
    assert of(run, Started)[-1].loaded == "last.npz"
    assert digest(run) == digest(straight)


def test_a_stop_ends_the_waiting_for_files_and_the_run_is_as_it_was(thread, data, quick, out_of_reach):
    names, _ = out_of_reach
    run = create(quick("fit.epochs=3", "data.limit=100"))
    Attempt(run, data, at={6: "stop"}).go()
    names["last.npz"] = 10**9
    thread.train(run, resume=True)
    deadline = time.monotonic() + 30
    while "last.npz cannot be read: Too many open files. It tries again by itself" not in thread.trouble:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    before = {path.name: path.read_bytes() for path in run.checkpoints.iterdir()}
    thread.stop("interrupted")
    names.clear()
    assert finished(thread, run).reason == "interrupted"
    assert {path.name: path.read_bytes() for path in run.checkpoints.iterdir()} == before
    assert overview(run).condition is Condition.STOPPED
