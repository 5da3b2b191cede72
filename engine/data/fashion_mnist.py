"""Fashion-MNIST, as it comes with nnplay: every byte is checked against its hash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import paths
from engine.data import idx
from engine.data.dataset import Split
from engine.data.facts import DataError

TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
REMEDY = "Install nnplay again."


def read(folder: Path | None = None) -> tuple[Split, Split]:
    """Read the training and the test set.

    Args:
        folder: where the four IDX files and SHA256SUMS lie; None for those that come with nnplay.

    Raises:
        DataError: a file is missing, damaged or truncated.
    """
    folder = folder or paths.assets() / "fashion-mnist"
    sums = _sums(folder / "SHA256SUMS")
    return _split(folder, TRAIN, sums), _split(folder, TEST, sums)


def read_test(folder: Path | None = None) -> Split:
    """Read the test set only: a seventh of the bytes, enough to show what the images look like.

    Raises:
        DataError: a file is missing, damaged or truncated.
    """
    folder = folder or paths.assets() / "fashion-mnist"
    return _split(folder, TEST, _sums(folder / "SHA256SUMS"))


def read_labels() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the labels of the training and the test set.

    Raises:
        DataError: a file is missing, damaged or truncated.
    """
    folder = paths.assets() / "fashion-mnist"
    sums = _sums(folder / "SHA256SUMS")
    try:
        train, test = (idx.read(folder / f"{name}.gz", 1, sums.get(name, "")) for _, name in (TRAIN, TEST))
    except DataError as error:
        raise DataError(f"{error} {REMEDY}") from None
    return train, test


def _sums(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{path} is missing or unreadable. {REMEDY}") from None
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}


def _split(folder: Path, names: tuple[str, str], sums: dict[str, str]) -> Split:
    try:
        images, labels = (
            idx.read(folder / f"{name}.gz", axes, sums.get(name, "")) for name, axes in zip(names, (3, 1), strict=True)
        )
    except DataError as error:
        raise DataError(f"{error} {REMEDY}") from None
    if len(images) != len(labels):
        raise DataError(f"{folder}: {names[0]} holds {len(images):,} images, {names[1]} {len(labels):,} labels")
    return Split(images, labels)
