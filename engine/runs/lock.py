"""Who trains a run: a small file in its directory, held for as long as the run trains, or waits in an engine's queue.

On one machine the operating system's file lock decides (`flock`): it is let go of whenever its process ends, however it
ends. The file's content tells the others who it is, and how to reach it. Of a process on another machine, which may
share the directory, one can only know what it wrote.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from functools import cache
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from engine import disk
from engine.runs.directory import RunDirectory, RunError
from engine.shown import visible

MOST_BYTES = 10_000
PATIENCE_SECONDS = 0.5
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Whereabouts(Enum):
    """Where the process that trains a run is."""

    NOBODY = "nobody"
    HERE = "here"
    QUEUED = "queued"
    """A process on this machine holds it in its queue, and trains another one first."""
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    """It ended, or its machine was started anew, without a word."""


class Holder(BaseModel):
    """The process that trains a run.

    Attributes:
        host: the machine's name.
        boot: tells one start of the machine from the next; empty where that cannot be known.
        socket: where it takes commands; empty where it does not.
        since: Unix seconds.
        queued: it does not train the run yet, but will.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    host: str
    boot: str
    pid: int
    socket: str
    since: float
    queued: bool = False

    @classmethod
    def me(cls, command_socket: Path | None, *, queued: bool = False) -> Holder:
        """Return this process."""
        return cls(
            host=socket.gethostname(),
            boot=_boot(),
            pid=os.getpid(),
            socket=str(command_socket or ""),
            since=time.time(),
            queued=queued,
        )


Attendance = tuple[Whereabouts, Holder | None]
"""Where the process that trains a run is, and who it is."""


@contextmanager
def held(run: RunDirectory, holder: Holder) -> Iterator[None]:
    """Hold a run's lock.

    Raises:
        RunError: another process trains this run.
        OSError: the file cannot be written.
    """
    found, other = whereabouts(run)
    if found is Whereabouts.ELSEWHERE and other:
        raise RunError(
            f"{run.name} is trained on {visible(other.host)} (process {other.pid}). If that is no longer so, remove "
            f"{visible(str(run.lock))}"
        )
    with disk.appending(run.lock) as file:
        if not (_taken(file) if _locks(file) else found not in (Whereabouts.HERE, Whereabouts.QUEUED)):
            who = f"process {other.pid if other else 'unknown'}"
            if found is Whereabouts.QUEUED:
                raise RunError(f"{run.name} is in the queue of {who}, which trains it later")
            raise RunError(f"{run.name} is already being trained, by {who}")
        file.truncate(0)
        file.write(holder.model_dump_json().encode() + b"\n")
        file.flush()
        try:
            yield
        finally:
            # Emptied, not removed: a process that just opened it would lock a file that nobody else can see.
            with suppress(OSError):
                file.truncate(0)


def whereabouts(run: RunDirectory) -> Attendance:
    """Say whether someone trains a run, and who: None where nobody does or the file cannot be understood."""
    try:
        with disk.reading(run.lock) as file:
            text, locks = file.read(MOST_BYTES), _locks(file)
            free = _flock(file, fcntl.LOCK_SH) if locks else None
    except OSError:
        return Whereabouts.NOBODY, None
    try:
        holder = Holder.model_validate_json(text)
    except ValidationError:  # let go of, being written at this moment, or not by us
        return (Whereabouts.HERE if free is False else Whereabouts.NOBODY), None
    # A container may have another name at each start: what tells a machine is that it has been running since.
    if not holder.boot or holder.boot != _boot():
        if holder.host != socket.gethostname():
            return Whereabouts.ELSEWHERE, holder
        if holder.boot != _boot():
            return _gone(holder)
    alive = not free if free is not None else _alive(holder.pid)
    if not alive:
        return _gone(holder)
    return (Whereabouts.QUEUED if holder.queued else Whereabouts.HERE), holder


def _gone(holder: Holder) -> Attendance:
    """Return who a process was that ended without a word; in a run that only waited for it nothing has happened."""
    return (Whereabouts.NOBODY, None) if holder.queued else (Whereabouts.GONE, holder)


def other_host(attendance: Attendance) -> str:
    """Return the name of the other machine that trains a run; empty where it is this one, or none."""
    where, holder = attendance
    return visible(holder.host) if holder and where is Whereabouts.ELSEWHERE else ""


def _taken(file: BinaryIO) -> bool:
    """Take the lock for good; say whether it was to be had. One who only looks holds it for a moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _flock(file, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _locks(file: BinaryIO) -> bool:
    """Say whether the file system has locks at all."""
    try:
        _flock(file, fcntl.LOCK_UN)
    except OSError:
        return False
    return True


def _flock(file: BinaryIO, kind: int) -> bool:
    """Ask for a lock without waiting; say whether it was to be had.

    Raises:
        OSError: this file system has no locks.
    """
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is someone else's
        return True
    return True


@cache
def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:  # not Linux
        return ""
