"""A temporary folder for one engine process alone: TensorFlow leaves the code that it generates in files.

Neither a process that is killed nor one that ends at once, as ours do, tidies up behind itself: whoever comes next does
it. A lock on the folder, let go of however its process ends, tells which are still in use; programs that tidy up the
temporary files of a machine heed it, too. It is no place beside the sockets, which may vanish when a person logs out.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

PREFIX = "nnplay-scratch-"


@contextmanager
def scratch() -> Iterator[None]:
    """Give Python's temporary files a folder of their own, and remove it at the end; and those that others left.

    Where it cannot be made, they lie where they always do.
    """
    with ExitStack() as stack:
        stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        with suppress(OSError):
            folder = _made(Path(tempfile.gettempdir()))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            tempfile.tempdir = str(folder)
        yield


def _made(parent: Path) -> Path:
    """Make the folder.

    Raises:
        OSError: it cannot be made.
    """
    for left in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # in use, or another user's
            held = _held(left)
            shutil.rmtree(left, ignore_errors=True)
            os.close(held)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        _held(folder)  # for as long as this process lives
        folder.stat()
    except OSError:  # no locks here; or one who came between took it for one that was left, which is rare
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _held(folder: Path) -> int:
    """Take a folder's lock for as long as the returned descriptor is open.

    Raises:
        OSError: another has it, or it cannot be had.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
