"""What a data source holds, known without reading its images, and the error of data that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass


class DataError(Exception):
    """Data cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True)
class DataFacts:
    """What a source holds.

    Attributes:
        image_shape: (height, width), or (height, width, channels).
        classes: their names, in the order of the labels' numbers.
        train: images to train on.
        test: images to judge on; 0 where there is no test set.
    """

    image_shape: tuple[int, ...]
    classes: tuple[str, ...]
    train: int
    test: int


FASHION_MNIST = DataFacts(
    image_shape=(28, 28),
    classes=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    train=60_000,
    test=10_000,
)  # fmt: skip
