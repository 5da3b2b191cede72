"""How the files of a run are opened, so that a pipe or a link in their place does no harm, and made to last."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

NO_SYNC = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)
"""What a file system says that cannot sync this: some of a network do not for a folder."""


def reading(path: Path) -> BinaryIO:
    """Open a regular file for reading.

    Raises:
        OSError: it cannot be read, or is no file: to open a pipe would wait for ever.
    """
    return os.fdopen(_file(path, os.O_RDONLY), "rb")


def appending(path: Path, buffering: int = -1) -> BinaryIO:
    """Open a regular file, or make it, for reading and for writing at its end. A link is not followed.

    Raises:
        OSError: it cannot be written, or is a link or no file.
    """
    try:
        return os.fdopen(_file(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW), "ab+", buffering)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(error.errno, "it is a link, which is not followed", str(path)) from None
        raise


def replacing(path: Path) -> BinaryIO:
    """Make a new file for writing; whatever stood in its place is removed, not written to.

    Raises:
        OSError: it cannot be written.
    """
    path.unlink(missing_ok=True)
    return path.open("xb")


def _file(path: Path, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is no file", str(path))


def sync(descriptor: int) -> None:
    """Have what was written reach the disk, so that it survives a loss of power, where the file system can do that.

    Raises:
        OSError: the disk is full or broken.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder itself durable; see `sync`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
