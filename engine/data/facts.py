"""What a data source holds, known without reading its images, and the error of data that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass


class DataError(Exception):
    """Data cannot be used; the message names the file and the remedy."""


class UnreadableError(DataError):
    """The system does not let the data be read now; another time the same files may be read."""


@dataclass(frozen=True)
class DataFacts:
    """What a source holds.

    Attributes:
        image_shape: (height, width), or (height, width, channels).
        classes: their names, in the order of the labels' numbers.
        train: images to train on.
        test: images to judge on; 0 where there is no test set.
        first: where the first training image of each class stands; None for a class that has none.
        tested: the numbers of the classes that the test set has images of.
        grouped: all training images of a class stand together, as in a source that is sorted by class.
    """

    image_shape: tuple[int, ...]
    classes: tuple[str, ...]
    train: int
    test: int
    first: tuple[int | None, ...]
    tested: frozenset[int]
    grouped: bool


FASHION_MNIST = DataFacts(
    image_shape=(28, 28),
    classes=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    train=60_000,
    test=10_000,
    first=(1, 16, 5, 3, 19, 8, 18, 6, 23, 0),
    tested=frozenset(range(10)),
    grouped=False,
)  # fmt: skip
