"""The runs of this home: found by name, and what each came to, read from the ends of its files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from engine import disk, paths
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import AnyEvent, Epoch, Started, parse
from engine.runs.history import History, State
from engine.runs.lock import Attendance, Holder, Whereabouts, other_host, whereabouts
from engine.runs.note import read_note
from engine.shown import visible
from engine.spec.knob import suggest

BLOCK = 4096
"""Bytes read at once from the end of a run's events: most runs' last epoch is in the first block."""
MOST_BYTES = 4_000_000
"""So far back an epoch is looked for."""


class Condition(Enum):
    """How a run is: what its events tell, and whether someone trains it."""

    EMPTY = "not begun"
    QUEUED = "queued"
    WAITING = "waiting"
    TRAINING = "training"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"

    @property
    def live(self) -> bool:
        """A process trains it."""
        return self in (Condition.WAITING, Condition.TRAINING, Condition.PAUSED)

    @property
    def resumable(self) -> bool:
        """It ended before its time."""
        return self in (Condition.STOPPED, Condition.FAILED, Condition.CRASHED)


def condition(history: History, where: Whereabouts) -> Condition:
    """Say how a run is whose events came to a history, and whose process is somewhere."""
    if where is Whereabouts.QUEUED:
        return Condition.QUEUED
    if history.failed:
        return Condition.FAILED
    if history.finished:
        return Condition.STOPPED if history.finished.reason in ("stopped", "interrupted") else Condition.DONE
    if where in (Whereabouts.HERE, Whereabouts.ELSEWHERE):
        return {State.PAUSED: Condition.PAUSED, State.TRAINING: Condition.TRAINING}.get(
            history.state, Condition.WAITING
        )
    begun = history.started is not None or where is Whereabouts.GONE
    return Condition.CRASHED if begun else Condition.EMPTY


def going_on(history: History, attendance: Attendance) -> History:
    """Return a history without its end, where a process took the run since to go on with it: it tells so only later.

    Until then it loads TensorFlow and builds the model, and may be stopped, or crash, as any other.
    """
    end, (where, holder) = history.failed or history.finished, attendance
    if end is None or holder is None or where is Whereabouts.QUEUED or holder.since <= end.time:
        return history
    return replace(history, state=State.WAITING, finished=None, failed=None)


@dataclass(frozen=True)
class Overview:
    """What a run came to so far.

    Attributes:
        history: its first and last events; the curves in between are not in it.
        first: how it began; `history` tells how it went on last. None where that is not known.
        trouble: what its process waits for, where that was asked: on a full disk, its events cannot tell.
        began, changed: Unix seconds of its first and its newest event; of its directory, where there is none.
        holder: who trains it, or has it in a queue.
        problem: why it cannot be read.
        note: what a person noted of it.
    """

    run: RunDirectory
    condition: Condition
    history: History
    began: float
    changed: float
    where: Whereabouts = Whereabouts.NOBODY
    holder: Holder | None = None
    problem: str = ""
    note: str = ""
    first: Started | None = None
    trouble: str = ""

    @property
    def host(self) -> str:
        """The other machine that trains it; empty where it is this one, or none."""
        return other_host((self.where, self.holder))


class Library:
    """Overviews of all runs; what has not changed since the last look is not read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Stamp, Overview]] = {}

    def look(self) -> list[Overview]:
        """Return all runs, the one that changed last first."""
        found = {}
        for run in _runs():
            try:
                found[run.path] = self._overview(run)
            except FileNotFoundError:
                pass  # it was removed a moment ago
            except OSError as error:
                problem = f"{run.events}: {error.strerror or error}"
                unread = Overview(run, Condition.UNREADABLE, History(), 0.0, 0.0, problem=visible(problem))
                found[run.path] = (), unread
        self._known = found
        return sorted((each for _, each in found.values()), key=lambda each: each.changed, reverse=True)

    def _overview(self, run: RunDirectory) -> tuple[_Stamp, Overview]:
        known = self._known.get(run.path)
        if known and known[1].history.state.over and known[0] == _stamp(run) and not _size(run.lock):
            # Nobody trains it, whoever may look at its lock.
            return known[0], _attended(known[1], (Whereabouts.NOBODY, None))
        # Looked at before its events: a run that ends meanwhile tells so, and is not taken for one that crashed.
        attendance, stamp = whereabouts(run), _stamp(run)
        if known and known[0] == stamp:
            return stamp, _attended(known[1], attendance)
        return stamp, _read(run, attendance)


_Stamp = tuple[int, ...]


def _stamp(run: RunDirectory) -> _Stamp:
    """Return what changes with a run's events and its note."""
    stamp = list[int]()
    for path in (run.events, run.note):
        try:
            facts = path.stat()
        except FileNotFoundError:
            stamp += (0, 0)
        else:
            stamp += (facts.st_mtime_ns, facts.st_size)
    return tuple(stamp)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def overview(run: RunDirectory) -> Overview:
    """Read what a run came to, from the two ends of its events.

    Raises:
        OSError: it cannot be read.
    """
    return _read(run, whereabouts(run))


def _read(run: RunDirectory, attendance: Attendance) -> Overview:
    created = run.path.stat().st_mtime
    events = _ends(run.events)
    began, changed = (events[0].time, events[-1].time) if events else (created, created)
    first = events[0] if events and isinstance(events[0], Started) and not events[0].resumed else None
    seen = Overview(run, Condition.EMPTY, History().after(events), began, changed, note=read_note(run), first=first)
    return _attended(seen, attendance)


def _attended(seen: Overview, attendance: Attendance) -> Overview:
    """Return an overview with who trains the run, and how it is then."""
    history = going_on(seen.history, attendance)
    nobody = history.state.over and attendance[0] is not Whereabouts.QUEUED
    where, holder = (Whereabouts.NOBODY, None) if nobody else attendance
    return replace(seen, condition=condition(history, where), where=where, holder=holder)


def _ends(path: Path) -> list[AnyEvent]:
    """Return the first event, and those from the last epoch on; none where there is no file.

    Raises:
        OSError: it cannot be read.
    """
    try:
        file = disk.reading(path)
    except FileNotFoundError:
        return []
    with file:
        begun, size = _first_start(file), BLOCK
        rest = file.tell()
        end, newest, found = file.seek(0, os.SEEK_END), list[AnyEvent](), False
        while not found:
            start = max(rest, end - size)
            file.seek(start)
            lines = file.read(end - start).split(b"\n")[:-1]  # the last line is empty, or torn
            # What was cut from a line's end is no line.
            newest, found = _from_last_epoch(lines if start == rest else lines[1:])
            if start == rest or size > MOST_BYTES:
                break
            size *= 8
    return [begun, *newest] if begun else newest


def _first_start(file: BinaryIO) -> Started | None:
    """Return how the run was begun, and leave the file behind that line; None, and at its beginning, where it was not.

    What stands before it tells of tries that failed before the first step, because the data were missing, for instance.
    """
    while file.tell() < BLOCK and (line := file.readline(MOST_BYTES)):
        event = parse(line)
        if isinstance(event, Started):
            return event
    file.seek(0)
    return None


def _from_last_epoch(lines: list[bytes]) -> tuple[list[AnyEvent], bool]:
    """Return the events from the last epoch on, and whether it was found.

    An epoch that a resumed run took back, because it went on from an older checkpoint, is not the last.
    """
    events, kept, found = list[AnyEvent](), sys.maxsize, False
    for line in reversed(lines):
        event = parse(line)
        if event is not None:
            events.append(event)
        if isinstance(event, Started):
            kept = min(kept, event.epochs_done)
        found = isinstance(event, Epoch) and event.epoch <= kept
        if found:
            break
    return events[::-1], found


def find(text: str) -> RunDirectory:
    """Return the run of this name or at this path.

    Raises:
        RunError: there is none, or it cannot be read.
    """
    # A name never leads out of the runs directory: only what looks like a path is one.
    path = Path(os.path.expanduser(text)) if os.sep in text else paths.runs() / text  # noqa: PTH111 - see paths.home
    run = RunDirectory(path.absolute())
    try:
        there = text not in ("", ".", "..") and (run.path / "experiment.toml").is_file()
    except OSError as error:
        raise RunError(f"cannot read {visible(str(run.path))}: {error.strerror}") from None
    if not there:
        if text not in ("", ".", "..") and run.path.is_dir():
            raise RunError(f"{visible(str(run.path))} is no run: it has no experiment.toml")
        names = [each.name for each in _runs()]
        known = suggest(text, names) if len(names) <= 10 else _nearest(text, names)
        raise RunError(f"there is no run '{visible(text)}'" + (f": {known}" if names else ": nothing was trained yet"))
    return run


def _nearest(text: str, names: list[str]) -> str:
    hint = suggest(text, names).partition("allowed:")[0]
    return f"{hint}'nnplay runs' lists them"


def newest() -> RunDirectory | None:
    """Return the run in which something happened last; None where there is none."""
    events = _newest(run.events for run in _runs())
    return RunDirectory(events.parent) if events else None


def newest_checkpoint(name: str, *, besides: RunDirectory) -> Path | None:
    """Return the checkpoint of the newest other run of a name: its last or, if only that was kept, its best.

    None where there is none.
    """
    mine = re.compile(re.escape(name) + r"-\d+")
    others = (run for run in _runs() if mine.fullmatch(run.path.name) and run != besides)
    return _newest(run.last if run.last.is_file() else run.best for run in others)


def check_readable() -> None:
    """Make sure that the folder of the runs can be looked into, where there is one.

    Raises:
        RunError: it cannot: that there are no runs would not be true.
    """
    try:
        with os.scandir(paths.runs()):
            pass
    except FileNotFoundError:
        pass
    except OSError as error:
        raise RunError(f"cannot read {visible(str(paths.runs()))}: {error.strerror or error}") from None


def _runs() -> list[RunDirectory]:
    try:
        return [RunDirectory(Path(entry.path)) for entry in os.scandir(paths.runs()) if _is_folder(entry)]
    except OSError:
        return []  # no runs yet, or none that can be read: making one will say why


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, or into what one may not enter: it must not hide the others
        return False


def _newest(files: Iterable[Path]) -> Path | None:
    """Return the file that was written last, of those that exist."""
    found: list[tuple[float, Path]] = []
    for file in files:
        with suppress(OSError):  # gone, or never there
            found.append((file.stat().st_mtime, file))
    return max(found)[1] if found else None
