"""A dataset in memory: images and labels to train on, and others to judge on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import paths
from engine.data import idx
from engine.spec.experiment import Data, held_out_from

TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


@dataclass(frozen=True)
class Split:
    """Images with their labels.

    Attributes:
        images: uint8, shape (n, height, width), 0 black to 255 white.
        labels: uint8, shape (n,), the number of the class.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, start: int, stop: int) -> Split:
        """Return the images from ``start`` up to, not including, ``stop``."""
        return Split(self.images[start:stop], self.labels[start:stop])


@dataclass(frozen=True)
class Dataset:
    """What an experiment learns from.

    Attributes:
        train: trained on.
        validation: judged on after an epoch.
        test: judged on once, at the end; None where the test set is the validation set.
    """

    train: Split
    validation: Split
    test: Split | None


def fashion_mnist(folder: Path | None = None) -> tuple[Split, Split]:
    """Read Fashion-MNIST's training and test set, and check every byte against its hash.

    Args:
        folder: where the four IDX files and SHA256SUMS lie; None for those that come with nnplay.

    Raises:
        DataError: a file is missing, damaged or truncated.
    """
    folder = folder or paths.assets() / "fashion-mnist"
    sums = _sums(folder / "SHA256SUMS")
    return _split(folder, TRAIN, sums), _split(folder, TEST, sums)


def fashion_mnist_test(folder: Path | None = None) -> Split:
    """Read and check the test set only: a seventh of the bytes, enough to show what the images look like.

    Raises:
        DataError: a file is missing, damaged or truncated.
    """
    folder = folder or paths.assets() / "fashion-mnist"
    return _split(folder, TEST, _sums(folder / "SHA256SUMS"))


def prepare(data: Data, train: Split, test: Split) -> Dataset:
    """Split what was read as the experiment asks: its limit first, then the validation set."""
    train = train.part(0, data.limit or len(train))
    if data.validation == "test":
        return Dataset(train, test, None)
    border = held_out_from(len(train), float(data.validation))
    return Dataset(train.part(0, border), train.part(border, len(train)), test)


def _sums(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise idx.DataError(f"{path} is missing or unreadable. Install nnplay again.") from None
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}


def _split(folder: Path, names: tuple[str, str], sums: dict[str, str]) -> Split:
    images, labels = (
        idx.read(folder / f"{name}.gz", axes, sums.get(name, "")) for name, axes in zip(names, (3, 1), strict=True)
    )
    if len(images) != len(labels):
        raise idx.DataError(f"{folder}: {names[0]} holds {len(images):,} images, {names[1]} {len(labels):,} labels")
    return Split(images, labels)
