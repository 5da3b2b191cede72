"""The augmentation kernel: one affine, bilinear resampling of each image, inside the compiled training step."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def resample(images: Any, matrices: Any, flips: Any, *, jit: bool) -> Any:
    """Return the images as `engine.data.augment.resample` does: float32, from 0 to 255.

    Args:
        images: uint8 (b, height, width[, channels]).
        matrices: float32 (b, 6).
        flips: bool (b,).
        jit: it is compiled by XLA.
    """
    b, height, width = images.shape[:3]
    m = tf.reshape(matrices, (-1, 6, 1, 1))
    r = tf.range(height, dtype=tf.float32)[None, :, None]
    c = tf.range(width, dtype=tf.float32)[None, None, :]
    c = tf.where(flips[:, None, None], width - 1 - c, c)
    row = tf.clip_by_value(m[:, 0] * r + m[:, 1] * c + m[:, 2], 0.0, height - 1.0)
    column = tf.clip_by_value(m[:, 3] * r + m[:, 4] * c + m[:, 5], 0.0, width - 1.0)
    top, left = tf.floor(row), tf.floor(column)
    down, across = row - top, column - left
    top, left = tf.cast(top, tf.int32), tf.cast(left, tf.int32)
    bottom, right = tf.minimum(top + 1, height - 1), tf.minimum(left + 1, width - 1)
    first = tf.range(b)[:, None, None] * (height * width)
    pixels = tf.reshape(images, (b * height * width, *images.shape[3:]))

    def at(y: Any, x: Any) -> Any:
        return tf.cast(tf.gather(pixels, first + y * width + x), tf.float32)

    if len(images.shape) == 4:
        down, across = down[..., None], across[..., None]
    upper = at(top, left) * (1 - across) + at(top, right) * across
    lower = at(bottom, left) * (1 - across) + at(bottom, right) * across
    return upper * (1 - down) + lower * down
