"""An engine that has grown begins anew between two runs: nothing of it is lost, and its clients hardly notice."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine import paths
from engine.runs.directory import RunDirectory
from engine.runs.events import Finished
from engine.runs.lock import Whereabouts, whereabouts
from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient
from engine.worker.renewal import Renewal
from tests.e2e.program import wait_until

SMALL = ["data.limit=200", "fit.epochs=1", "compile.jit_compile=off"]
GROWS_AT_ONCE = (
    "import sys; from engine.worker import renewal, server; renewal.MOST_GROWTH = 1e6; sys.exit(server.main())"
)


def made() -> RunDirectory:
    return create(check(with_settings(load("notes-baseline"), SMALL)).experiment_or_raise())


def finished(run: RunDirectory) -> bool:
    return any(isinstance(event, Finished) for event in run.tail().read_all())


@pytest.mark.slow
def test_the_queue_and_the_clients_of_an_engine_that_begins_anew_stay() -> None:
    path = paths.sockets() / f"renewed-{os.getpid()}.sock"
    with (path.with_suffix(".log")).open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", GROWS_AT_ONCE, str(path)], stderr=log, stdout=log)
    with closing(EngineClient(path, 60)) as client:
        wait_until(client.reach)
        runs = [made() for _ in range(3)]
        for run in runs:
            assert client.ask("queue", run.path).ok
        assert len(client.ask("status").status.queue) == 2
        loading = set[int]()  # seconds since the engine began to load fall back to 0 when it begins anew
        before = 0.0

        def renewed() -> bool:
            nonlocal before
            status = client.ask("status").status
            anew, before = status.seconds < before, status.seconds
            if anew:
                loading.add(status.pid)
            return bool(loading)

        wait_until(renewed)
        assert loading == {process.pid}
        assert finished(runs[0])
        assert not finished(runs[2])
        wait_until(lambda: finished(runs[1]) and finished(runs[2]))
        for run in runs:
            wait_until(lambda run=run: whereabouts(run)[0] is Whereabouts.NOBODY)
        assert [event.time for event in runs[1].tail().read_all()][-1] < runs[2].tail().read_all()[0].time
    process.wait(60)
    assert process.returncode == 0
    assert not Path(path).exists()


def test_an_engine_that_cannot_begin_anew_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(path: str, command: list[str]) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(os, "execv", refuse)
    monkeypatch.setattr("engine.worker.renewal.MOST_GROWTH", -1)
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    renewal = Renewal(lock)
    assert renewal.due()
    with socket.socket(socket.AF_UNIX) as listening, pytest.raises(OSError, match="allocate"):
        renewal.begin_anew(tmp_path / "s", listening, ())
    os.close(lock)
