"""How files are opened, so that a pipe or a link in their place does no harm; replaced whole; made to last."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp"
"""How the names end of files that are not whole yet, and that of a killed process never will be."""

NO_SYNC = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)
"""What a file system says that cannot sync this: some of a network do not for a folder."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a full disk says."""


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


def read(path: Path, most_bytes: int) -> bytes:
    """Return what a regular file holds, if that is not too much.

    Raises:
        OSError: it cannot be read, is no file, or is larger than ``most_bytes``.
    """
    with reading(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes:,} bytes", str(path))
    return content


@contextmanager
def replaced(path: Path, *, through_link: bool = False) -> Iterator[BinaryIO]:
    """Give a new file to write to, which takes the place of ``path`` when the block ends, durably and all at once.

    Whoever reads meets the old file or the new one, never a part. Where the block raises, nothing has changed. Until
    then the new file has a name that nobody can guess, so that no link can be laid where it will be.

    Args:
        path: a file, or nothing yet.
        through_link: where it is a link, replace what it leads to, as for a file that a person keeps elsewhere;
            otherwise the link itself is replaced.

    Raises:
        OSError: the disk is full or read-only, or something else than a file stands there.
    """
    path = Path(os.path.realpath(path)) if through_link else path
    _refuse_other(path)
    temporary = temporary_beside(path)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            sync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def temporary_beside(path: Path, ending: str = TEMPORARY) -> Path:
    """Return a name in the same folder that nobody can guess, for a file that is to take the place of ``path``."""
    return path.with_name(f".{secrets.token_hex(8)}{ending}")


def remove_temporary(folder: Path) -> None:
    """Remove what a killed process left of its files, in a folder where nobody else writes now.

    Raises:
        OSError: it cannot be removed.
    """
    for left in folder.glob(f"*{TEMPORARY}"):
        left.unlink(missing_ok=True)


def _file(path: Path, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    raise _no_file(path, kind)


def _refuse_other(path: Path) -> None:
    """Refuse to replace a pipe, a device or a folder."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(kind) and not stat.S_ISLNK(kind):
        raise _no_file(path, kind)


def _no_file(path: Path, kind: int) -> OSError:
    if stat.S_ISDIR(kind):
        return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return OSError(errno.EINVAL, "it is no file", str(path))


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
