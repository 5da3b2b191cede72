"""Windows that slide over images, out of slices: what convolution and pooling share.

All tensors are channels-last, with static shapes but for the batch.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import tensorflow as tf

Pair = tuple[int, int]
MOST_PLACES = 49
"""Windows with more places are left to Keras: a slice for each of them would take XLA tens of seconds to compile."""


def windows(inputs: Any, size: Pair, strides: Pair) -> list[Any]:
    """Return, for each place in a window, row by row, what all windows have there: (b, h', w', c) each."""
    height, width = inputs.shape[1:3]
    return [
        inputs[:, i : height - size[0] + i + 1 : strides[0], j : width - size[1] + j + 1 : strides[1]]
        for i, j in product(range(size[0]), range(size[1]))
    ]


def padded(inputs: Any, size: Pair, strides: Pair, padding: str, value: float) -> Any:
    """Return inputs (b, h, w, c) with the edges that "same" padding gives them."""
    if padding == "valid":
        return inputs
    both = [edges(length, *sides) for length, *sides in zip(inputs.shape[1:3], size, strides, strict=True)]
    return inputs if not np.any(both) else tf.pad(inputs, [(0, 0), *both, (0, 0)], constant_values=value)


def edges(length: int, size: int, stride: int) -> Pair:
    """Return how much "same" padding adds before and after one axis."""
    total = max((-(-length // stride) - 1) * stride + size - length, 0)
    return total // 2, total - total // 2
