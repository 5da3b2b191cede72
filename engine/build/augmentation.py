"""The augmentation kernel: one affine, bilinear resampling of each image, inside the compiled training step."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

# TensorFlow has no public name for XLA's barrier, which halves the time of the kernel; its version is pinned.
from tensorflow.compiler.tf2xla.python import xla


def resample(images: Any, matrices: Any, flips: Any, *, jit: bool) -> Any:
    """Return the images as `engine.data.augment.resample` does: float32, from 0 to 255, of the same shape.

    Args:
        images: uint8 (b, height, width[, channels]).
        matrices: float32 (b, 6): output pixel (r, c) shows the input at (m0·r + m1·c + m2, m3·r + m4·c + m5).
        flips: bool (b,): mirror afterwards.
        jit: XLA compiles it.
    """
    return _gathered(images, matrices, flips) if jit else _projected(images, matrices, flips)


def _gathered(images: Any, matrices: Any, flips: Any) -> Any:
    """Look up the four neighbours of each point. XLA has no kernel for TensorFlow's own operation on a CPU.

    One 32-bit number holds all four, so that each output pixel needs one look into memory.
    """
    count, height, width, *channels = images.shape
    rows, columns = tf.range(height, dtype=tf.float32)[None, :, None], tf.range(width, dtype=tf.float32)[None, None]
    columns = tf.where(flips[:, None, None], width - 1.0 - columns, columns)
    m = [matrices[:, place, None, None] for place in range(6)]
    row = tf.clip_by_value(m[0] * rows + (m[1] * columns + m[2]), 0.0, height - 1.0)
    column = tf.clip_by_value(m[3] * rows + (m[4] * columns + m[5]), 0.0, width - 1.0)
    # The last row and column are reached from the ones before, with weight 1.
    above, left = (
        tf.maximum(tf.minimum(tf.cast(place, tf.int32), side - 2), 0)
        for place, side in ((row, height), (column, width))
    )
    down, right = row - tf.cast(above, tf.float32), column - tf.cast(left, tf.float32)

    pixels = tf.cast(tf.reshape(images, [-1, *channels]), tf.int32)
    # In one line of all pixels a shift is one piece of memory. What comes from another row or image is never asked for.
    total, ends = count * height * width, [[0, width + 1], *([0, 0] for _ in channels)]
    beyond = tf.pad(pixels, ends)
    packed = pixels
    for bits, offset in ((8, 1), (16, width), (24, width + 1)):
        packed |= tf.bitwise.left_shift(beyond[offset : offset + total], bits)
    found = tf.gather(packed, tf.range(count)[:, None, None] * (height * width) + above * width + left)
    # Merged with the rest, XLA would look up, and pack, once for each of the four corners.
    (found,) = xla.optimization_barrier(found)

    if channels:
        down, right = down[..., None], right[..., None]
    corners = [tf.cast(tf.bitwise.right_shift(found, bits) & 255, tf.float32) for bits in (0, 8, 16, 24)]
    upper, lower = corners[0] + right * (corners[1] - corners[0]), corners[2] + right * (corners[3] - corners[2])
    return upper + down * (lower - upper)


def _projected(images: Any, matrices: Any, flips: Any) -> Any:
    """Resample by TensorFlow's own operation. It counts (x, y), we count (row, column)."""
    height, width = images.shape[1:3]
    pixels = tf.cast(images if len(images.shape) == 4 else images[..., None], tf.float32)
    a, b, down, d, e, across = tf.unstack(matrices, axis=1)
    nothing = tf.zeros_like(a)
    transforms = tf.stack([e, d, across, b, a, down, nothing, nothing], axis=1)
    resampled = tf.raw_ops.ImageProjectiveTransformV3(
        images=pixels,
        transforms=transforms,
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    flipped = tf.where(flips[:, None, None, None], tf.reverse(resampled, [2]), resampled)
    return tf.reshape(flipped, tf.shape(images))
