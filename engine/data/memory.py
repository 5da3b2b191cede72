"""How large data may be: said before anything is unpacked, for a small file can promise more than the memory holds."""

from __future__ import annotations

import math

from engine.data.facts import DataError

MOST_IMAGES = 100_000_000
"""Also the largest `data.limit`. A label takes a byte, and an epoch a random order of all images."""
LARGEST_SIDE = 4096
"""Of an image, in pixels; larger ones come of damaged headers."""


def check_images(where: object, shape: tuple[int, ...], remedy: str) -> None:
    """Check the shape that a header promises.

    Args:
        where: the file, and the array in it.
        shape: (n, height, width) or (n, height, width, channels).
        remedy: for a header that promises what cannot be.

    Raises:
        DataError: there are no images, or more than this machine can hold.
    """
    if not shape[0]:
        raise DataError(f"{where} holds no images. {remedy}")
    if not all(1 <= side <= LARGEST_SIDE for side in shape[1:]):
        raise DataError(f"{where} has images of {shape[1:]}: each side must be from 1 to {LARGEST_SIDE}. {remedy}")
    check_count(where, shape[0])
    needed, there = math.prod(shape), _memory()
    if needed > there:
        raise DataError(
            f"{where} promises {shape[0]:,} images of {shape[1:]}, {_size(needed)}: nnplay holds all images in memory, "
            f"and this machine has {_size(there)}. Use fewer or smaller images"
        )


def check_count(where: object, count: int) -> None:
    """Check how many images or labels a header promises.

    Raises:
        DataError: they are too many.
    """
    if count > MOST_IMAGES:
        raise DataError(f"{where} promises {count:,} entries: there may be {MOST_IMAGES:,} at most")


def _memory() -> int:
    import psutil  # noqa: PLC0415 - only for data that are a person's own

    total: int = psutil.virtual_memory().total
    return total


def _size(count: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000  # type: ignore[assignment]
    return f"{count:,.0f} PB"
