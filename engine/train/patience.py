"""Patience with the disk: a full or read-only one pauses a run, which goes on when there is space."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable

from engine import disk
from engine.train.control import Control

RETRY_SECONDS = 0.5

READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Patience:
    """Does what writes to the disk again and again, until it succeeds or the run shall end."""

    def __init__(self, control: Control, on_trouble: Callable[[str], None], on_relief: Callable[[str, float], None]):
        """Take what is told.

        Args:
            control: learns of the trouble while it lasts, and says when to stop.
            on_trouble: called once with the reason; may fail as the disk does.
            on_relief: called when it is over, with the reason and since when it was so (Unix seconds).
        """
        self._control = control
        self._on_trouble = on_trouble
        self._on_relief = on_relief

    def insist(self, action: Callable[[], object]) -> None:
        """Do it, however often it takes.

        Raises:
            Stop: the run shall end, whether or not it could be done.
            FileNotFoundError: the run's directory is gone: waiting brings nothing back.
        """
        since = 0.0
        while True:
            try:
                action()
            except FileNotFoundError:
                raise
            except OSError as error:
                if not since:
                    since, self._control.trouble = time.time(), reason(error)
                    self._on_trouble(self._control.trouble)
                self._control.wait(RETRY_SECONDS)
            else:
                break
        if since:
            trouble, self._control.trouble = self._control.trouble, ""
            self._on_relief(trouble, since)


def reason(error: OSError) -> str:
    """Say what is wrong with the disk, and what to do."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in disk.FULL:
        return f"the disk is full{where}: make room, and it goes on by itself"
    if error.errno in READ_ONLY:
        return f"the disk cannot be written{where}: {error.strerror}. Make it writable, and it goes on by itself"
    return f"cannot write{where}: {error.strerror or error}. It tries again by itself"
