"""Where the data come from: Fashion-MNIST, which comes with nnplay, or a person's own folder of IDX files or ``.npz``.

`facts` looks at headers and labels only, so that a model can be checked while its source is typed; `read` reads all.
NumPy is imported only where it is needed: the first screen does without it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.facts import FASHION_MNIST, DataError, DataFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.data.dataset import Split

BUILT_IN = "fashion-mnist"


def facts(source: str) -> DataFacts:
    """Return what a source holds.

    Raises:
        DataError: there is no such source, or it cannot be learnt from.
    """
    if source == BUILT_IN:
        return FASHION_MNIST
    path = _existing(source)
    return _own_facts(path, _age(path))


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
        exists = path.is_file() or path.is_dir()
    except (OSError, ValueError):  # a name that is too long, or with a NUL
        exists = False
    if not exists:
        raise DataError(f"there is no '{source}': write {BUILT_IN}, a folder of IDX files, or an .npz file")
    return path


def _age(path: Path) -> tuple[tuple[str, float, int], ...]:
    """Return when the files were changed, and how large they are: what was found out about them holds until then."""
    try:
        files = sorted(path.glob("*idx*")) if path.is_dir() else [path]
        found = [(file.name, file.stat()) for file in files]
        return tuple((name, stat.st_mtime, stat.st_size) for name, stat in found)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None


@lru_cache(maxsize=16)
def _own_facts(path: Path, age: tuple[tuple[str, float, int], ...]) -> DataFacts:  # noqa: ARG001 - part of the cache's key
    from engine.data import own  # noqa: PLC0415

    return own.facts(path)
