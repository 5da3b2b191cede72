"""Convolution as slices and one matrix product: the form that XLA makes fast on a CPU.

XLA's own convolution is ten times slower there than TensorFlow's kernels, in the gradients above all. Its matrix
product runs at the machine's full speed, so the patches under the kernel are laid side by side and multiplied at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import keras
import tensorflow as tf

from engine.build.under_xla.windows import MOST_PLACES, Pair, padded, windows


class SlicedConv2D(keras.layers.Conv2D):
    """Keras' Conv2D, its convolution as a matrix product. The spec asks for no groups and no dilation."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return the convolution (b, h', w', filters) of inputs (b, h, w, c), without the bias."""
        if math.prod(self.kernel_size) > MOST_PLACES:
            return super().convolution_op(inputs, kernel)
        return conv2d(inputs, tf.convert_to_tensor(kernel), self.strides, self.padding)


def conv2d(inputs: Any, kernel: Any, strides: Pair, padding: str) -> Any:
    """Return the convolution (b, h', w', filters) of inputs (b, h, w, c) by a kernel (kh, kw, c, filters)."""
    rows, columns, _, filters = kernel.shape
    patches = _patches(padded(inputs, (rows, columns), strides, padding, 0.0), (rows, columns), strides)
    _, height, width, size = patches.shape
    outputs = tf.matmul(tf.reshape(patches, [-1, size]), tf.reshape(kernel, [size, filters]))
    return tf.reshape(outputs, [-1, height, width, filters])


def _patches(inputs: Any, size: Pair, strides: Pair) -> Any:
    """Return the windows (b, h', w', kh·kw·c) of inputs (b, h, w, c), each laid out as the kernel is."""
    if size == (1, 1) == strides:
        return inputs
    if strides != (1, 1):
        return tf.concat(windows(inputs, size, strides), axis=-1)

    @tf.custom_gradient
    def patches(inputs: Any) -> tuple[Any, Callable[[Any], Any]]:
        (height, width, _), (rows, columns) = inputs.shape[1:], size

        def gradient(upstream: Any) -> Any:
            # Each window's share goes back to its place. Padded once, the shares are plain slices, and XLA adds them
            # twice as fast as when each is padded by itself, as the gradient of a slice is.
            edges = [[0, 0], [rows - 1, rows - 1], [columns - 1, columns - 1], [0, 0]]
            parts = tf.split(tf.pad(upstream, edges), rows * columns, axis=-1)
            starts = product(reversed(range(rows)), reversed(range(columns)))
            return tf.add_n(
                [part[:, i : i + height, j : j + width] for part, (i, j) in zip(parts, starts, strict=True)]
            )

        return tf.concat(windows(inputs, size, strides), axis=-1), gradient

    return patches(inputs)
