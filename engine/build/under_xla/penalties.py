"""Penalties whose sums are fast under XLA on a CPU."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

PIECES = 32
"""At most so many pieces are added up."""


class FastL1(keras.regularizers.L1):
    """Keras' L1: λ·Σ|w|."""

    def __call__(self, x: Any) -> Any:
        """Return the penalty, a scalar, of a tensor of any static shape."""
        return penalty(x, self.l1, 0.0)


class FastL2(keras.regularizers.L2):
    """Keras' L2: λ·Σw²."""

    def __call__(self, x: Any) -> Any:
        """Return the penalty, a scalar, of a tensor of any static shape."""
        return penalty(x, 0.0, self.l2)


class FastL1L2(keras.regularizers.L1L2):
    """Keras' L1L2: λ₁·Σ|w| + λ₂·Σw²."""

    def __call__(self, x: Any) -> Any:
        """Return the penalty, a scalar, of a tensor of any static shape."""
        return penalty(x, self.l1, self.l2)


def penalty(x: Any, l1: Any, l2: Any) -> Any:
    """Return l1·Σ|x| + l2·Σx², a float32 scalar, of a tensor of any static shape. l1 and l2 are float32 scalars."""

    @tf.custom_gradient
    def of(x: Any) -> tuple[Any, Callable[[Any], Any]]:
        value = _sum(x, lambda piece: _cost(piece, l1, l2))

        def gradient(upstream: Any) -> Any:
            slope = l1 * tf.sign(x) + 2.0 * l2 * x
            # Adds nothing, but makes the step of the weights wait for their sum: otherwise XLA keeps a copy of the old
            # weights for it, which costs more than all the rest.
            return upstream * slope + 0.0 * value

        return value, gradient

    # In mixed precision outputs have 16 bits, too few to add up thousands of them.
    return of(tf.cast(tf.convert_to_tensor(x), tf.float32))


def _cost(x: Any, l1: Any, l2: Any) -> Any:
    return l1 * tf.abs(x) + l2 * tf.square(x)


def _sum(x: Any, cost: Callable[[Any], Any]) -> Any:
    """Return the sum of a tensor's costs: pieces are added side by side, which XLA does with vectors, then the rest.

    A sum over everything at once becomes a tree of small windows, ten times slower than the matrix products beside it.
    """
    size = math.prod(x.shape)
    pieces = next(count for count in range(PIECES, 0, -1) if size % count == 0)
    return tf.reduce_sum(tf.add_n([cost(piece) for piece in tf.unstack(tf.reshape(x, (pieces, -1)))]))
