"""Where the data come from: Fashion-MNIST, which comes with nnplay, or a person's own folder of IDX files or ``.npz``.

`facts` looks at headers and labels only, so that a model can be checked while its source is typed; `read` reads all.
NumPy is imported only where it is needed: the first screen does without it.
"""

from __future__ import annotations

import stat
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.facts import FASHION_MNIST, DataError, DataFacts, UnreadableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.data.dataset import Split

BUILT_IN = "fashion-mnist"
CHOICES = f"write {BUILT_IN}, a folder of IDX files, or an .npz file"
OTHERS = {
    stat.S_ISFIFO: "a named pipe",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
    stat.S_ISSOCK: "a socket",
}
"""What is neither a file nor a folder."""

Version = tuple[tuple[str | int, ...], ...]
"""Which files a source has, when they were changed, and how large they are."""


def facts(source: str) -> DataFacts:
    """Return what a source holds.

    Raises:
        DataError: there is no such source, or it cannot be learnt from.
    """
    if source == BUILT_IN:
        return FASHION_MNIST
    path = _existing(source)
    known = _own_facts(path, _version(path))
    if isinstance(known, str):
        raise DataError(known)
    return known


def version(source: str) -> Version:
    """Return what changes when the files of a source do: what was read of them holds until then.

    Raises:
        DataError: there is no such source.
    """
    return () if source == BUILT_IN else _version(_existing(source))


def read(source: str) -> tuple[Split, Split]:
    """Read the training and the test set; the test set is empty where the source has none.

    Raises:
        DataError: a file is missing, damaged or holds something else than images and labels.
    """
    from engine.data import fashion_mnist, own  # noqa: PLC0415

    return fashion_mnist.read() if source == BUILT_IN else own.read(_existing(source))


def labels(source: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the labels of the training and the test set alone: a few bytes of many.

    Raises:
        DataError: as for `read`.
    """
    from engine.data import fashion_mnist, own  # noqa: PLC0415

    return fashion_mnist.read_labels() if source == BUILT_IN else own.read_labels(_existing(source))


def _existing(source: str) -> Path:
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last one: a name with a NUL
        raise DataError(f"there is no '{source}': {CHOICES}") from None
    except OSError as error:
        raise UnreadableError(f"'{source}' cannot be read: {error.strerror or error}. Otherwise, {CHOICES}") from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        found = next((name for is_it, name in OTHERS.items() if is_it(mode)), "something else")
        raise DataError(f"'{source}' is {found}: {CHOICES}")
    return path


def _version(path: Path) -> Version:
    try:
        files = sorted(file for file in path.glob("*idx*") if file.is_file()) if path.is_dir() else [path]
        found = [(file.name, file.stat()) for file in files]
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror or error}. Look at its permissions") from None
    # The time of a change of rights is among them, for then a file that could not be read may be.
    return tuple((name, each.st_ino, each.st_mtime_ns, each.st_ctime_ns, each.st_size) for name, each in found)


@lru_cache(maxsize=16)
def _own_facts(path: Path, version: Version) -> DataFacts | str:  # noqa: ARG001 - part of the cache's key
    """Return what is wrong as a text: a source that cannot be used is looked at once, too, and not at every key."""
    from engine.data import own  # noqa: PLC0415

    try:
        return own.facts(path)
    except UnreadableError:
        raise
    except DataError as error:
        return str(error)
