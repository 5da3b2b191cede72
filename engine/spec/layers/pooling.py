"""Pooling: smaller images that keep what matters."""

from __future__ import annotations

from engine.spec.knob import knob
from engine.spec.layers.layer import Layer, Padding, check_image, window
from engine.spec.shape import Pair, Shape, show_shape


class Pooling2D(Layer, abstract=True):
    """Makes one value of each window."""

    pool_size: Pair = knob((2, 2), title="pool size", help="height and width of the window, in pixels")
    strides: Pair | None = knob(None, title="strides", help="how far the window moves; empty: by its own size")
    padding: Padding = knob("valid", title="padding", help="valid: drop what does not fill a window; same: pad")

    def output_shape(self, shape: Shape) -> Shape:
        strides = self.strides or self.pool_size
        return (*window(self, "pool", shape, self.pool_size, strides, self.padding), shape[-1])

    def label(self) -> str:
        return f"{type(self).__name__} {show_shape(self.pool_size)}"


class MaxPooling2D(Pooling2D):
    """Keeps the largest value of each window: smaller images that say what was found, less exactly where."""


class AveragePooling2D(Pooling2D):
    """Keeps the mean of each window: smaller, smoother images."""


class GlobalAveragePooling2D(Layer):
    """Keeps the mean of each channel: what was found, no longer where. Fewer weights than Flatten leaves behind it."""

    def output_shape(self, shape: Shape) -> Shape:
        check_image(self, shape)
        return shape[-1:]
