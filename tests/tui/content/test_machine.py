"""What of the machine a run uses: its own process, and a driver that answers, is silent, or says nonsense."""

from __future__ import annotations

import fcntl
import os
import time

import pytest

from tests.tui import made, runs
from tui.content import machine
from tui.content.machine import Gpu, Meter, gpus


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Return a function that puts a driver's program on the path, which does this."""

    def install(script: str):
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return install


async def test_gpus_are_read_as_the_driver_writes_them(driver):
    driver(
        '[ "$1" = --query-gpu=utilization.gpu,memory.used,memory.total ] && echo "87, 10240, 81559"; echo "[N/A], 1, 2"'
    )
    assert await gpus() == (Gpu(87, 10240 * 2**20, 81559 * 2**20), Gpu(None, 2**20, 2 * 2**20))


@pytest.mark.parametrize("script", ["exit 9", "echo no devices; exit 0", "echo '1,2'; echo '\\377'", "sleep 60"])
async def test_a_driver_that_fails_harms_nobody(driver, monkeypatch, script):
    monkeypatch.setattr(machine, "GPU_SECONDS", 0.3)
    driver(script)
    began = time.monotonic()
    assert await gpus() == ()
    assert time.monotonic() - began < 5


async def test_without_a_driver_there_is_no_gpu(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await gpus() == ()


async def test_the_process_that_trains_is_measured(driver, tmp_path):
    driver(f"echo asked >> {tmp_path}/asked; echo '50, 1, 2'")
    run, meter = made.make(*runs.training(1)), Meter()
    assert await meter.look(run, gpu=True) is None  # nobody trains it
    made.lock(run)
    with run.lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        first = await meter.look(run, gpu=True)
        assert first.cpu is None
        assert first.memory > 10**7
        assert first.words[0].startswith("GPU 50%")
        sum(range(10**6))
        second = await meter.look(run, gpu=True)
        assert second.cpu >= 0
        assert second.gpus == first.gpus
        assert (tmp_path / "asked").read_text().count("asked") == 1
        assert (await meter.look(run, gpu=False)).gpus == ()
    assert await meter.look(run, gpu=False) is None
