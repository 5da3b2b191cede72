"""Convolution: a small filter that looks everywhere in the image."""

from __future__ import annotations

import math

from engine.spec.knob import knob
from engine.spec.layers.layer import ActivationName, Padding, Weighted, window, with_activation
from engine.spec.shape import Pair, Shape, show_shape


class Conv2D(Weighted):
    """Slides small filters over height and width; each learns one feature."""

    filters: int = knob(
        32, title="filters", help="how many features it looks for: the channels of its output", ge=1, le=4096
    )
    kernel_size: Pair = knob((3, 3), title="kernel size", help="height and width of each filter, in pixels")
    strides: Pair = knob((1, 1), title="strides", help="how far the filter moves at each step, down and across")
    padding: Padding = knob(
        "valid", title="padding", help="valid: stay inside the image; same: pad so that 28×28 stays 28×28"
    )
    activation: ActivationName = knob("linear", title="activation", help="the function applied to each output")

    def output_shape(self, shape: Shape) -> Shape:
        sides = window(self, "kernel", shape, self.kernel_size, self.strides, self.padding)
        return self.checked((*sides, self.filters), shape)

    def variables(self, shape: Shape) -> dict[str, Shape]:
        return {"kernel": (*self.kernel_size, shape[-1], self.filters), "bias": (self.filters,)}

    def parameters(self, shape: Shape) -> int:
        return math.prod(self.kernel_size) * shape[-1] * self.filters + self.filters * self.use_bias

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(self.output_shape(shape)) * math.prod(self.kernel_size) * shape[-1]

    def workspace(self, shape: Shape) -> int:
        patches = self.multiply_adds(shape) // self.filters  # what XLA multiplies by the kernel, laid out at once
        return patches + super().workspace(shape)

    def miscomputed(self, shape: Shape) -> bool:
        """Say whether TensorFlow's own kernel for CPUs, oneDNN, computes garbage of an input of this shape.

        Found by trying: one channel, windows side by side that leave one column, a stride across but none down.
        """
        _, width, _ = self.output_shape(shape)
        (down, across), (_, wide) = self.strides, self.kernel_size
        return shape[-1] == 1 and width == 1 and down == 1 and across > 1 and wide > 1

    def label(self) -> str:
        return with_activation(f"Conv2D {self.filters} {show_shape(self.kernel_size)}", self.activation)
