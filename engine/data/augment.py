"""Augmentation without TensorFlow: what is drawn for each image, and its resampling in NumPy, to test and to preview.

The rule is that of Keras' ImageDataGenerator: one affine resampling about the centre, bilinear, with the pixels at the
edge repeated outwards; then the flip. It draws per image an angle, two shifts, two zooms and a coin.
https://keras.io/api/data_loading/image/ (and its ``apply_affine_transform``). Where ours differs: ImageDataGenerator
applies width_shift_range to the rows and height_shift_range to the columns; here width is width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

AUGMENT = 0xA06E7
"""Sets these random numbers apart from all others that the run's seed decides."""


class Ranges(Protocol):
    """How far images may be changed: the knobs of `engine.spec.data.Augment`, which says what they mean."""

    @property
    def rotation_range(self) -> float:
        """In degrees, to both sides."""

    @property
    def width_shift_range(self) -> float:
        """Below 1 a share of the width, from 1 on in pixels; to both sides."""

    @property
    def height_shift_range(self) -> float:
        """Below 1 a share of the height, from 1 on in pixels; to both sides."""

    @property
    def zoom_range(self) -> tuple[float, float]:
        """The smallest and the largest factor; below 1 the image grows, above 1 it shrinks."""

    @property
    def horizontal_flip(self) -> bool:
        """Mirror every second image."""


@dataclass(frozen=True)
class Transforms:
    """What was drawn for some images.

    Attributes:
        matrices: float32 (n, 6): output pixel (r, c) shows the input at (m0·r + m1·c + m2, m3·r + m4·c + m5).
        flips: bool (n,): mirror afterwards.
    """

    matrices: NDArray[np.float32]
    flips: NDArray[np.bool_]


def draw(ranges: Ranges, image_shape: tuple[int, ...], images: int, seed: int, epoch: int) -> Transforms:
    """Draw for every image of an epoch, in the order in which they are trained on: a pure function of its arguments.

    Step s with batches of b uses the entries from s·b on, so (seed, epoch, step) decides what a step sees.
    """
    random = np.random.default_rng([seed, epoch, AUGMENT])
    height, width = image_shape[:2]
    angles = np.deg2rad(random.uniform(-1, 1, images) * ranges.rotation_range)
    rows = random.uniform(-1, 1, images) * _pixels(ranges.height_shift_range, height)
    columns = random.uniform(-1, 1, images) * _pixels(ranges.width_shift_range, width)
    zooms = random.uniform(*ranges.zoom_range, (2, images))  # each axis its own
    flips = (random.random(images) < 0.5) & ranges.horizontal_flip
    return Transforms(matrices(image_shape, angles, rows, columns, *zooms), flips)


def matrices(
    image_shape: tuple[int, ...],
    angles: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    row_zooms: NDArray[np.float64],
    column_zooms: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return float32 (n, 6): rotation · translation · zoom about the centre, as ImageDataGenerator composes them.

    Args:
        image_shape: height, width and perhaps channels.
        angles: (n,), in radians.
        rows: (n,), shifts down in pixels.
        columns: (n,), shifts across in pixels.
        row_zooms: (n,), factors.
        column_zooms: (n,), factors.
    """
    middle_row, middle_column = (image_shape[0] - 1) / 2, (image_shape[1] - 1) / 2
    sine, cosine = np.sin(angles), np.cos(angles)
    a, b, d, e = cosine * row_zooms, sine * column_zooms, -sine * row_zooms, cosine * column_zooms
    down = cosine * rows + sine * columns + middle_row - a * middle_row - b * middle_column
    across = cosine * columns - sine * rows + middle_column - d * middle_row - e * middle_column
    return np.stack([a, b, down, d, e, across], axis=1).astype(np.float32)


def resample(images: NDArray[np.uint8], transforms: Transforms) -> NDArray[np.float32]:
    """Return the images (n, height, width[, channels]) as they are trained on, from 0 to 255.

    Bilinear; what lies outside shows the nearest pixel of the edge.
    """
    height, width = images.shape[1:3]
    r, c = np.arange(height)[None, :, None], np.arange(width)[None, None, :]
    m = transforms.matrices[:, :, None, None]
    c = np.where(transforms.flips[:, None, None], width - 1 - c, c)
    row = np.clip(m[:, 0] * r + m[:, 1] * c + m[:, 2], 0, height - 1)
    column = np.clip(m[:, 3] * r + m[:, 4] * c + m[:, 5], 0, width - 1)
    top, left = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    trailing = (..., *[None] * (images.ndim - 3))
    down, across = (row - top)[trailing], (column - left)[trailing]
    n = np.arange(len(images))[:, None, None]
    pixels = images.astype(np.float32)
    upper = pixels[n, top, left] * (1 - across) + pixels[n, top, right] * across
    lower = pixels[n, bottom, left] * (1 - across) + pixels[n, bottom, right] * across
    resampled: NDArray[np.float32] = (upper * (1 - down) + lower * down).astype(np.float32)
    return resampled


def _pixels(shift: float, side: int) -> float:
    return shift if shift >= 1 else shift * side
