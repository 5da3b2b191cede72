"""A dataset in memory: images and labels to train on, and others to judge on."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LABEL_NOISE = 0x1ABE1
"""Sets the random numbers of the label noise apart from all others that the run's seed decides."""


@dataclass(frozen=True)
class Split:
    """Images with their labels.

    Attributes:
        images: uint8, shape (n, height, width) or (n, height, width, channels), 0 black to 255 white.
        labels: uint8, shape (n,), the number of the class.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, start: int, stop: int) -> Split:
        """Return the images from ``start`` up to, not including, ``stop``."""
        return Split(self.images[start:stop], self.labels[start:stop])

    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that other images or labels would change: two CRC-32. It takes milliseconds."""
        parts = (zlib.crc32(np.ascontiguousarray(part).data) for part in (self.images, self.labels))
        return "".join(f"{part:08x}" for part in parts)


@dataclass(frozen=True)
class Dataset:
    """What an experiment learns from.

    Attributes:
        train: trained on.
        validation: judged on after an epoch.
        test: judged on once, at the end; None where the test set is the validation set, or there is none.
    """

    train: Split
    validation: Split
    test: Split | None

    def judged(self) -> list[str]:
        """Return the fingerprints of the images that it is validated on, and tested on, if there are such."""
        return [self.validation.fingerprint(), self.test.fingerprint() if self.test else ""]


def prepare(
    train: Split, test: Split, *, sizes: tuple[int, int], held_out: bool, label_noise: float, seed: int
) -> Dataset:
    """Split what was read as the experiment asks.

    Args:
        train: all that the source has to train on.
        test: its test set, perhaps empty.
        sizes: how many images to train on and to validate on.
        held_out: validate on the training images that follow those trained on, instead of on the test set.
        label_noise: the share of labels, of the images trained on, that are permuted.
        seed: decides which.
    """
    trained, validated = sizes
    part = train.part(0, trained)
    part = with_label_noise(part, label_noise, seed) if label_noise else part
    if not held_out:
        return Dataset(part, test, None)
    return Dataset(part, train.part(trained, trained + validated), test if len(test) else None)


def with_label_noise(split: Split, share: float, seed: int) -> Split:
    """Return the split with a share of its labels dealt out anew among the images that they belong to.

    The images are those whose number ``seed`` draws; their labels are permuted, so every class keeps its count. Some of
    them get their own label back: about one in ten, where ten classes are equally frequent.

    Args:
        split: what is trained on.
        share: of the labels that are permuted, from 0 to 1.
        seed: decides which, and how.
    """
    chosen = np.random.default_rng([seed, LABEL_NOISE]).permutation(len(split))[: round(share * len(split))]
    labels = split.labels.copy()
    labels[np.sort(chosen)] = split.labels[chosen]
    return Split(split.images, labels)
