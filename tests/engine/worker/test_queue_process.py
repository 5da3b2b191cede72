"""A real engine works off its queue by itself, also when nobody watches any more; then it leaves."""

from __future__ import annotations

import time

import pytest

from engine.runs.library import Condition, overview
from engine.worker import server
from engine.worker.client import tell
from tests.tui import made

pytestmark = pytest.mark.slow


def test_losing_the_client_ends_no_run_those_that_wait_have_their_turn_and_at_last_it_leaves(client):
    client.connect()
    tiny = ("data.limit=200", "fit.epochs=1", "compile.jit_compile=off")
    first, second, third, dropped = (made.make(settings=tiny) for _ in range(4))
    assert client.ask("start", first.path).ok
    for run in (third, second, dropped):
        assert client.ask("queue", run.path).ok
    assert client.ask("first", second.path).status.queue == tuple(str(run.path) for run in (second, third, dropped))
    assert overview(second).condition is Condition.QUEUED
    assert tell(dropped, "stop").ok
    process = client._process
    client.close()
    deadline = time.monotonic() + 90
    while overview(third).condition is not Condition.DONE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    ended = [overview(run) for run in (first, second, third)]
    assert {each.condition for each in ended} == {Condition.DONE}
    assert [each.began for each in ended] == sorted(each.began for each in ended)
    assert overview(dropped).condition is Condition.EMPTY
    # Idle and alone, it leaves, and takes its socket along.
    assert process.wait(server.GRACE_SECONDS + 60) == 0
    assert not client.path.exists()
