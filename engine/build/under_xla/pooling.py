"""Pooling out of slices. Where several pixels are the largest, the first gets the gradient, as in Keras."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from engine.build.under_xla.windows import MOST_PLACES, Pair, edges, padded, windows


class SlicedMaxPooling2D(keras.layers.MaxPooling2D):
    """Keras' MaxPooling2D out of slices."""

    def call(self, inputs: Any) -> Any:
        """Return the maxima (b, h', w', c) of the windows of inputs (b, h, w, c)."""
        if math.prod(self.pool_size) > MOST_PLACES:
            return super().call(inputs)
        return max_pool(inputs, self.pool_size, self.strides, self.padding)


class SlicedAveragePooling2D(keras.layers.AveragePooling2D):
    """Keras' AveragePooling2D out of slices."""

    def call(self, inputs: Any) -> Any:
        """Return the means (b, h', w', c) of the windows of inputs (b, h, w, c)."""
        if math.prod(self.pool_size) > MOST_PLACES:
            return super().call(inputs)
        return average_pool(inputs, self.pool_size, self.strides, self.padding)


def max_pool(inputs: Any, size: Pair, strides: Pair, padding: str) -> Any:
    """Return the maxima (b, h', w', c) of the windows of inputs (b, h, w, c); padding never wins."""
    if size == strides:
        return _max_of_tiles(_tiled(inputs, size, padding, inputs.dtype.min))
    best, *others = windows(padded(inputs, size, strides, padding, inputs.dtype.min), size, strides)
    for other in others:
        # Not tf.maximum, which shares the gradient among equals; Keras gives it all to the first.
        best = tf.where(other > best, other, best)
    return best


def average_pool(inputs: Any, size: Pair, strides: Pair, padding: str) -> Any:
    """Return the means (b, h', w', c) of the windows of inputs (b, h, w, c), of those pixels that are no padding."""
    if size == strides:
        sums = tf.reduce_sum(_tiled(inputs, size, padding, 0.0), axis=[2, 4])
    else:
        sums = tf.add_n(windows(padded(inputs, size, strides, padding, 0.0), size, strides))
    rows, columns = (
        _pixels(length, window, stride, padding)
        for length, window, stride in zip(inputs.shape[1:3], size, strides, strict=True)
    )
    return sums / tf.constant(np.outer(rows, columns)[:, :, None], inputs.dtype)


@tf.custom_gradient
def _max_of_tiles(tiles: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the maxima (b, h', w', c) over axes 2 and 4 of tiles (b, h', p, w', q, c)."""
    rows, columns = tiles.shape[2], tiles.shape[4]
    best = tiles[:, :, 0, :, 0]
    winner = tf.zeros_like(best, tf.int32)
    for place, (i, j) in enumerate(product(range(rows), range(columns))):
        other = tiles[:, :, i, :, j]
        # The first of equals wins, as in Keras.
        winner, best = tf.where(other > best, place, winner), tf.where(other > best, other, best)

    def gradient(upstream: Any) -> Any:
        places = tf.reshape(tf.range(rows * columns), [1, 1, rows, 1, columns, 1])
        won = tf.equal(winner[:, :, None, :, None], places)
        return tf.where(won, upstream[:, :, None, :, None], tf.zeros([], upstream.dtype))

    return best, gradient


def _tiled(inputs: Any, size: Pair, padding: str, value: float) -> Any:
    """Cut inputs (b, h, w, c) into windows that do not overlap: (b, h', p, w', q, c)."""
    rows, columns = size
    if padding == "valid":
        inputs = inputs[:, : inputs.shape[1] // rows * rows, : inputs.shape[2] // columns * columns]
    inputs = padded(inputs, size, size, padding, value)
    _, height, width, channels = inputs.shape
    return tf.reshape(inputs, [-1, height // rows, rows, width // columns, columns, channels])


def _pixels(length: int, size: int, stride: int, padding: str) -> Any:
    """Return for each window along one axis how many of its pixels are no padding."""
    both = (0, 0) if padding == "valid" else edges(length, size, stride)
    real = np.pad(np.ones(length), both)
    return np.array([real[start : start + size].sum() for start in range(0, len(real) - size + 1, stride)])
