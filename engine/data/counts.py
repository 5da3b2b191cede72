"""How many images there are of each class, to train on and to validate on, without reading the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Split, prepare


@dataclass(frozen=True)
class Counts:
    """Images of each class, in the order of the labels' numbers.

    Attributes:
        train: to train on; where labels are shuffled, by the labels that they have then.
        validation: to validate on.
        wrong: images to train on whose label is not their own.
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    wrong: int


def count(
    train: NDArray[np.uint8],
    test: NDArray[np.uint8],
    classes: int,
    *,
    sizes: tuple[int, int],
    held_out: bool,
    label_noise: float,
    seed: int,
) -> Counts:
    """Count what `engine.data.dataset.prepare` makes of the labels of a source; the arguments are the same."""
    options = {"sizes": sizes, "held_out": held_out, "seed": seed}
    clean, noisy = (
        prepare(_labelled(train), _labelled(test), label_noise=noise, **options)  # type: ignore[arg-type]
        for noise in (0.0, label_noise)
    )
    return Counts(
        _by_class(noisy.train.labels, classes),
        _by_class(noisy.validation.labels, classes),
        int(np.count_nonzero(noisy.train.labels != clean.train.labels)),
    )


def _labelled(labels: NDArray[np.uint8]) -> Split:
    """Return labels with images of no pixels."""
    return Split(np.zeros((len(labels), 0, 0), np.uint8), labels)


def _by_class(labels: NDArray[np.uint8], classes: int) -> tuple[int, ...]:
    return tuple(np.bincount(labels, minlength=classes).tolist())
