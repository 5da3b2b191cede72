"""Who trains a run: a small file in its directory, held for as long as the run trains, or waits in an engine's queue.

On one machine the operating system's file lock decides (`flock`): it is let go of whenever its process ends, however it
ends. The file's content tells the others who it is, and how to reach it. Of a process on another machine, which may
share the directory, one can only know what it wrote.

A person may remove the file while its run trains. So the run's directory itself is locked as well, where the file
system can do that, and who holds a run looks after its file: see `Hold.keep`.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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


class Hold:
    """A run that is held: its lock file, open."""

    def __init__(self, run: RunDirectory, holder: Holder, file: BinaryIO | None) -> None:
        """Take the file, which is locked already, where there are locks; None where it cannot be made."""
        self._run, self._holder, self._file = run, holder, file
        self._using = threading.Lock()

    def tell(self) -> None:
        """Write who holds it.

        Raises:
            OSError: the file cannot be written.
        """
        if self._file:
            self._file.truncate(0)
            self._file.write(self._holder.model_dump_json().encode() + b"\n")
            self._file.flush()

    def keep(self) -> bool:
        """Look after the file, and make it once more where it was removed; callable from any thread.

        Returns:
            False where another process holds the run since: whoever held it before must leave it alone.
        """
        with self._using:
            if self._file is None or self._is_ours(self._file):
                return True
            try:
                file = disk.appending(self._run.lock)
            except OSError:  # it cannot be made now, or the whole run is gone
                return True
            found, _ = whereabouts(self._run)
            if found is Whereabouts.ELSEWHERE or not _is_ours_now(file, found):
                file.close()
                return False
            self._file.close()
            self._file = file
            with suppress(OSError):  # a full disk: others see that it is held, but not by whom
                self.tell()
            return True

    def _is_ours(self, file: BinaryIO) -> bool:
        try:
            there = self._run.lock.stat()
        except FileNotFoundError:
            return False
        except OSError:  # not to be known now
            return True
        return os.path.samestat(there, os.fstat(file.fileno()))

    def close(self) -> None:
        """Let go of it. The file is emptied, not removed: who just opened it would lock what nobody else can see."""
        with self._using, suppress(OSError):
            if self._file:
                with self._file:
                    self._file.truncate(0)
            self._file = None


@contextmanager
def held(run: RunDirectory, holder: Holder, *, silently: bool = False) -> Iterator[Hold]:
    """Hold a run's lock.

    Args:
        run: which is held.
        holder: who holds it.
        silently: it is enough to hold it, where no file can be written: on a full disk, runs can be removed.

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
    with ExitStack() as stack:
        if not _directory_held(run, stack):
            raise _trained(run, found, other)
        try:
            file = disk.appending(run.lock)
        except OSError as error:
            if not (silently and error.errno in disk.FULL):
                raise
            hold = Hold(run, holder, None)
        else:
            if not _is_ours_now(file, found):
                file.close()
                raise _trained(run, found, other)
            hold = Hold(run, holder, file)
            stack.callback(hold.close)
            try:
                hold.tell()
            except OSError as error:
                if not (silently and error.errno in disk.FULL):
                    raise
        yield hold


def _trained(run: RunDirectory, found: Whereabouts, other: Holder | None) -> RunError:
    who = f"process {other.pid}" if other else "another process"
    if found is Whereabouts.QUEUED:
        return RunError(f"{run.name} is in the queue of {who}, which trains it later")
    return RunError(f"{run.name} is already being trained, by {who}")


def _is_ours_now(file: BinaryIO, found: Whereabouts) -> bool:
    """Lock an open lock file; where there are no locks, say whether its process has ended."""
    if _locks(file):
        return _taken(file.fileno())
    return found not in (Whereabouts.HERE, Whereabouts.QUEUED)


def _directory_held(run: RunDirectory, stack: ExitStack) -> bool:
    """Lock the directory of a run until the stack is closed; say whether nobody else has."""
    descriptor = os.open(run.path, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    try:
        return _taken(descriptor)
    except OSError:  # no locks at all, or none of a directory, as on NFS: the file alone decides
        return True


def whereabouts(run: RunDirectory) -> Attendance:
    """Say whether someone trains a run, and who: None where nobody does or the file cannot be understood."""
    try:
        with disk.reading(run.lock) as file:
            text, locks = file.read(MOST_BYTES), _locks(file)
            free = _flock(file.fileno(), fcntl.LOCK_SH) if locks else None
    except OSError:  # none was made, or it was removed, or it cannot be read
        return (Whereabouts.HERE if _directory_is_locked(run) else Whereabouts.NOBODY), None
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


def _directory_is_locked(run: RunDirectory) -> bool:
    """Say whether someone holds a run whose lock file was removed a moment ago, or is out of reach."""
    try:
        descriptor = os.open(run.path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        return not _flock(descriptor, fcntl.LOCK_SH)
    except OSError:  # no locks of a directory
        return False
    finally:
        os.close(descriptor)


def _gone(holder: Holder) -> Attendance:
    """Return who a process was that ended without a word; in a run that only waited for it nothing has happened."""
    return (Whereabouts.NOBODY, None) if holder.queued else (Whereabouts.GONE, holder)


def other_host(attendance: Attendance) -> str:
    """Return the name of the other machine that trains a run; empty where it is this one, or none."""
    where, holder = attendance
    return visible(holder.host) if holder and where is Whereabouts.ELSEWHERE else ""


def _taken(file: int) -> bool:
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
        _flock(file.fileno(), fcntl.LOCK_UN)
    except OSError:
        return False
    return True


def _flock(file: int, kind: int) -> bool:
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
