"""The queue of an engine: held while it waits, begun in its turn, let go of whatever happens."""

from __future__ import annotations

import pytest

from engine.runs.library import Condition, overview
from engine.runs.lock import Holder, Whereabouts, held, whereabouts
from engine.runs.resuming import check_resumable
from engine.train.thread import Refusal, UnwritableError
from engine.worker.protocol import Request
from engine.worker.server import Server
from engine.worker.waiting import Queue
from tests.tui import made, runs


class FakeThread:
    """Trains nothing, but knows what it was asked for."""

    def __init__(self):
        self.current = None
        self.trained = []
        self.refuses = False
        self.full = False
        self.stopped = 0

    def train(self, run, *, resume=False):
        if self.full:
            raise UnwritableError("the disk is full")
        if self.refuses:
            self.refuses = False
            raise Refusal("it cannot be")
        self.current = run
        self.trained.append((run.name, resume))

    def stop(self, reason="stopped"):
        self.stopped += 1


@pytest.fixture
def thread():
    return FakeThread()


@pytest.fixture
def queue(thread, tmp_path):
    return Queue(tmp_path / "socket", thread)


@pytest.fixture
def server(thread, queue, tmp_path):
    return Server(tmp_path / "socket", thread, queue)


def ask(server, command, run):
    server._obey(Request(command=command, run=str(run.path)))


def test_a_run_that_waits_is_seen_by_all_and_begun_by_nobody_else(queue):
    run = made.make()
    queue.add(run)
    seen = overview(run)
    assert (seen.condition, seen.where) == (Condition.QUEUED, Whereabouts.QUEUED)
    with pytest.raises(Exception, match="in the queue of process"), held(run, Holder.me(None)):
        pass
    with pytest.raises(Exception, match="in a queue already"):
        check_resumable(seen)
    with pytest.raises(Refusal, match="in the queue of process"):
        queue.add(run)
    queue.clear()
    assert overview(run).condition is Condition.EMPTY


def test_they_begin_in_order_and_one_that_ended_before_goes_on(server, queue, thread):
    first, second = made.make(runs.STARTED, runs.DONE.model_copy(update={"reason": "stopped"})), made.make()
    thread.current = made.make()
    ask(server, "queue", first)
    ask(server, "queue", second)
    queue.begin_next()
    assert thread.trained == []
    assert overview(first).condition is Condition.QUEUED
    ask(server, "first", second)
    assert queue.runs == (second, first)
    for _ in range(2):
        thread.current = None
        queue.begin_next()
    assert thread.trained == [(second.name, False), (first.name, True)]
    assert whereabouts(first)[0] is Whereabouts.NOBODY


def test_on_an_idle_engine_it_begins_at_once(server, thread):
    run = made.make()
    ask(server, "queue", run)
    assert thread.trained == [(run.name, False)]


def test_stop_takes_one_that_waits_out_and_ends_nothing(server, queue, thread):
    run, thread.current = made.make(), made.make()
    ask(server, "queue", run)
    with pytest.raises(Refusal, match="waits in the queue"):
        ask(server, "pause", run)
    ask(server, "stop", run)
    assert (queue.runs, thread.stopped) == ((), 0)
    ask(server, "stop", thread.current)
    assert thread.stopped == 1
    with pytest.raises(Refusal, match="not training here any more"):
        ask(server, "first", run)


def test_one_whose_files_cannot_be_written_keeps_its_turn(queue, thread, capfd, monkeypatch):
    monkeypatch.setattr("engine.worker.waiting.RETRY_SECONDS", 0.0)
    first, second = made.make(), made.make()
    queue.add(first)
    queue.add(second)
    thread.full = True
    for _ in range(3):
        queue.begin_next()
        assert queue.runs == (first, second)
        assert whereabouts(first)[0] is Whereabouts.QUEUED
    assert queue.trouble == f"{first.name} cannot begin: the disk is full"
    assert capfd.readouterr().err.count("the disk is full") == 1
    thread.full = False
    queue.begin_next()
    assert thread.trained == [(first.name, False)]
    assert queue.trouble == ""


def test_one_that_cannot_be_begun_holds_up_no_other(queue, thread, capfd):
    first, second = made.make(), made.make()
    queue.add(first)
    queue.add(second)
    thread.refuses = True
    queue.begin_next()
    assert thread.trained == [(second.name, False)]
    assert f"{first.name} could not be begun" in capfd.readouterr().err


def test_a_process_that_died_leaves_its_queue_not_begun():
    run = made.make()
    made.lock(run, queued=True)
    assert overview(run).condition is Condition.EMPTY
    stopped = made.make(runs.STARTED, runs.DONE.model_copy(update={"reason": "stopped"}))
    made.lock(stopped, queued=True)
    assert overview(stopped).condition is Condition.STOPPED


def test_a_process_that_trains_one_run_only_has_no_queue(thread, tmp_path):
    with pytest.raises(Refusal, match="it has no queue"):
        ask(Server(tmp_path / "socket", thread), "queue", made.make())


def test_the_lock_of_one_that_waits_is_made_once_more_and_one_that_is_trained_elsewhere_is_left(queue, capfd):
    run, other = made.make(), made.make()
    for each in (run, other):
        queue.add(each)
        each.lock.unlink()
    other.lock.write_text(Holder.me(None).model_copy(update={"host": "gpu-7", "boot": "another"}).model_dump_json())
    queue.keep()
    assert queue.runs == (run,)
    assert overview(run).condition is Condition.QUEUED
    assert whereabouts(other)[0] is Whereabouts.ELSEWHERE
    assert f"{other.name} is not in the queue any more" in capfd.readouterr().err
