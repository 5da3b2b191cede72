"""The images that Data shows, before and after augmentation, and their counts. Slow: called off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.data import source
from engine.data.facts import DataError, DataFacts
from engine.spec.data import Augment, Data

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.data.counts import Counts
    from engine.data.dataset import Split


@dataclass(frozen=True, eq=False)
class Pairs:
    """The same images twice.

    Attributes:
        before: as the source has them.
        after: as they would be trained on.
    """

    before: list[NDArray[np.uint8]]
    after: list[NDArray[np.uint8]]


def one_of_each(name: str, turn: int, classes: int) -> list[NDArray[np.uint8] | None]:
    """Return an image of each class: the first at turn 0, then the second, ...; None for a class without images.

    Raises:
        DataError: the source cannot be read.
    """
    import numpy as np  # noqa: PLC0415 - no other screen needs it

    split = _images(name, source.version(name))
    found = [np.flatnonzero(split.labels == number) for number in range(classes)]
    return [split.images[indices[turn % len(indices)]] if len(indices) else None for indices in found]


def pairs(name: str, turn: int, classes: int, augment: Augment, seed: int, epoch: int, most: int) -> Pairs:
    """Return images of several classes and what augmentation makes of them: by the rule that training follows.

    Args:
        name: the source.
        turn: which images.
        classes: how many there are.
        augment: the knobs.
        seed: of the run; with the epoch it decides all draws.
        epoch: every epoch draws anew.
        most: images at most.

    Raises:
        DataError: the source cannot be read.
    """
    import numpy as np  # noqa: PLC0415

    from engine.data.augment import draw, resample  # noqa: PLC0415

    rounds = range(turn, turn + -(-most // classes))
    found = [image for each in rounds for image in one_of_each(name, each, classes) if image is not None][:most]
    if not found:
        raise DataError(f"{name} has no images of its classes any more: its files have changed")
    images = np.stack(found)
    changed = resample(images, draw(augment, images.shape[1:], len(images), seed, epoch))
    return Pairs(found, list(np.rint(changed).astype(np.uint8)))


def counts(data: Data, facts: DataFacts, seed: int) -> Counts:
    """Return how many images of each class are trained on and validated on.

    Raises:
        DataError: the source cannot be read.
    """
    from engine.data.counts import count  # noqa: PLC0415 - brings NumPy

    train, test = _labels(data.source, source.version(data.source))
    return count(
        train,
        test,
        len(facts.classes),
        sizes=data.sizes(),
        held_out=data.validation != "test",
        label_noise=data.label_noise,
        seed=seed,
    )


@lru_cache(maxsize=1)
def _images(name: str, version: source.Version) -> Split:  # noqa: ARG001 - version: of which files
    """Read a source's images once: every look at others takes them from memory. The test set says enough, if any."""
    from engine.data import fashion_mnist  # noqa: PLC0415 - brings NumPy

    if name == source.BUILT_IN:
        return fashion_mnist.read_test()
    train, test = source.read(name)
    return test if len(test) else train


@lru_cache(maxsize=1)
def _labels(
    name: str,
    version: source.Version,  # noqa: ARG001 - of which files
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return source.labels(name)
