"""How much of the machine a run uses: its process' CPU and memory, and the GPU where there is one.

It is measured from here, beside the engine: nothing is asked of the process that trains, so it costs it nothing.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from dataclasses import dataclass

import psutil

from engine.runs.directory import RunDirectory
from engine.runs.lock import Whereabouts, whereabouts

MEASURE_SECONDS = 2.0
"""How often: CPU use is the mean of this time."""
GPU_EVERY = 3
"""The GPU's program takes a moment to start: it is asked at every third time."""
GPU_SECONDS = 5.0
"""So long its answer is waited for."""
GPU_QUERY = (
    "nvidia-smi",
    "--query-gpu=utilization.gpu,memory.used,memory.total",
    "--format=csv,noheader,nounits",
)


@dataclass(frozen=True)
class Gpu:
    """The use of one GPU, by whoever uses it.

    Attributes:
        busy: percent of the time; None where the driver does not say.
        used: bytes.
        total: bytes.
    """

    busy: int | None
    used: int
    total: int


@dataclass(frozen=True)
class Use:
    """What a run uses.

    Attributes:
        cpu: percent of one core: 200 are two cores; None before the second look.
        memory: bytes.
        gpus: each that is there; empty where there is none, or it cannot be asked.
    """

    cpu: float | None
    memory: int
    gpus: tuple[Gpu, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Say it in few words, the most important first."""
        parts = []
        for index, gpu in enumerate(self.gpus):
            name = f"GPU {index}" if len(self.gpus) > 1 else "GPU"
            busy = "" if gpu.busy is None else f" {gpu.busy}%"
            parts.append(f"{name}{busy} {gpu.used / 1e9:.1f}/{gpu.total / 1e9:.0f} GB")
        busy = "" if self.cpu is None else f" {self.cpu:.0f}%"
        return (*parts, f"CPU{busy} {self.memory / 1e9:.1f} GB")


class Meter:
    """Looks at the process that trains a run, time after time."""

    def __init__(self) -> None:
        self._process: psutil.Process | None = None
        self._gpus: tuple[Gpu, ...] = ()
        self._looks = 0

    async def look(self, run: RunDirectory, *, gpu: bool) -> Use | None:
        """Return what a run's process uses now; None where it is not on this machine, or may not be looked at.

        Args:
            run: the run.
            gpu: whether it trains on a GPU.
        """
        measured = await asyncio.to_thread(self._measure, run)
        if measured is None:
            self._looks = 0
            return None
        if not gpu:
            self._gpus = ()
        elif self._looks % GPU_EVERY == 0:
            self._gpus = await gpus()
        self._looks += 1
        return Use(*measured, self._gpus)

    def _measure(self, run: RunDirectory) -> tuple[float | None, int] | None:
        where, holder = whereabouts(run)
        if where is not Whereabouts.HERE or holder is None:
            self._process = None
            return None
        try:
            known = self._process is not None and self._process.pid == holder.pid and self._process.is_running()
            if not known:
                self._process = psutil.Process(holder.pid)
            assert self._process is not None  # noqa: S101 - for the type checker
            cpu = self._process.cpu_percent()  # since the last look
            return cpu if known else None, self._process.memory_info().rss
        except psutil.Error:  # it has just ended, or belongs to someone else
            self._process = None
            return None


async def gpus() -> tuple[Gpu, ...]:
    """Ask the NVIDIA driver about its GPUs; none where it cannot be asked, or does not answer in time."""
    try:
        process = await asyncio.create_subprocess_exec(
            *GPU_QUERY, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
    except OSError:  # there is no such program
        return ()
    try:
        async with asyncio.timeout(GPU_SECONDS):
            answer, _ = await process.communicate()
    except TimeoutError:
        return ()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with all that it started: they would hold its output open
            await process.communicate()
    lines = answer.decode("utf-8", errors="replace").splitlines() if process.returncode == 0 else []
    return tuple(gpu for line in lines if (gpu := _parsed(line)))


def _parsed(line: str) -> Gpu | None:
    """Return what a line says, such as "87, 10240, 81559"; the driver writes "[N/A]" for what it does not know."""
    try:
        busy, used, total = (field.strip() for field in line.split(","))
        return Gpu(int(busy) if busy.isdecimal() else None, int(used) * 2**20, int(total) * 2**20)
    except ValueError:
        return None
