"""Patience with the disk: one that is full, or cannot be written or read for a while, makes a run wait, not fail."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import TypeVar

from engine import disk
from engine.runs.directory import UnreadableRunError
from engine.runs.saved import UnreadableError
from engine.train.control import Control

RETRY_SECONDS = 0.5

READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
NOT_A_FILE = (errno.EISDIR, errno.ENOTDIR, errno.EINVAL, errno.ELOOP, errno.ENAMETOOLONG, errno.EFBIG)
"""Where something else stands, or far too much, nothing can be read, however long one waits."""

T = TypeVar("T")
Unreadable = UnreadableRunError | UnreadableError


def at_once(action: Callable[[], T]) -> T:
    """Do what reads from the disk, or fail: without patience."""
    return action()


class Patience:
    """Does what needs the disk again and again, until it succeeds or the run shall end."""

    def __init__(
        self,
        control: Control,
        on_trouble: Callable[[str], None] = lambda _: None,
        on_relief: Callable[[str, float], None] = lambda *_: None,
    ) -> None:
        """Take what is told.

        Args:
            control: learns of the trouble while it lasts, and says when to stop.
            on_trouble: called once with the reason; may fail as the disk does.
            on_relief: called when it is over, with the reason and since when it was so (Unix seconds).
        """
        self._control = control
        self._on_trouble = on_trouble
        self._on_relief = on_relief

    def insist(self, action: Callable[[], T]) -> T:
        """Do what writes, or reads, however often it takes, and return what it returns.

        Raises:
            Stop: the run shall end, whether or not it could be done.
            FileNotFoundError: the run's directory is gone: waiting brings nothing back.
            UnreadableRunError, UnreadableError: what shall be read is gone, or no file.
        """
        since = 0.0
        while True:
            try:
                done = action()
            except FileNotFoundError:
                raise
            except (OSError, UnreadableRunError, UnreadableError) as error:
                if isinstance(error, UnreadableRunError | UnreadableError) and error.cause.errno in NOT_A_FILE:
                    raise
                if not since:
                    since, self._control.trouble = time.time(), reason(error)
                    self._on_trouble(self._control.trouble)
                self._control.wait(RETRY_SECONDS)
            else:
                break
        if since:
            trouble, self._control.trouble = self._control.trouble, ""
            self._on_relief(trouble, since)
        return done


def reason(error: OSError | Unreadable) -> str:
    """Say what is wrong with the disk, and what to do."""
    if not isinstance(error, OSError):
        return f"{error}. It tries again by itself"
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in disk.FULL:
        return f"the disk is full{where}: make room, and it goes on by itself"
    if error.errno in READ_ONLY:
        return f"the disk cannot be written{where}: {error.strerror}. Make it writable, and it goes on by itself"
    return f"cannot write{where}: {error.strerror or error}. It tries again by itself"
