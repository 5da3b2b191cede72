"""The layers: their knobs, and what each does to a shape. A new layer is one class here; nothing else changes.

Shapes are without the batch axis. The rules are Keras': https://keras.io/api/layers/.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob
from engine.spec.shape import Axes, Pair, Shape, show_shape

Activation = Literal["linear", "relu", "softmax", "sigmoid", "tanh", "elu", "gelu", "leaky_relu", "selu", "swish"]
Padding = Literal["valid", "same"]


class LayerError(ValueError):
    """A layer cannot follow what stands before it; the message says why and what to do."""


class Layer(Kind, family="layer"):
    """One layer of a Sequential model."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return what the layer makes of an input of this shape.

        Raises:
            LayerError: it cannot work on this shape.
        """
        raise TypeError(f"{type(self).__name__} does not say what it does to {shape}")

    def parameters(self, shape: Shape) -> int:
        """Return the number of values that it learns on an input of this shape."""
        return 0

    def keras_call(self, seed: int) -> KerasCall:
        """Return the call that makes it. All its random numbers, initial weights included, follow from ``seed``."""
        raise TypeError(f"{type(self).__name__} (seed {seed}) does not say how Keras makes it")

    def label(self) -> str:
        """Return its name and what matters most of its knobs, in a few characters."""
        return type(self).__name__


class Flatten(Layer):
    """Lays all axes out in one row: an image becomes a vector."""

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def keras_call(self, seed: int) -> KerasCall:
        return KerasCall("layers.Flatten")


class Reshape(Layer):
    """Gives the same values other axes; 28×28×1 adds the channel that a convolution needs."""

    target_shape: Annotated[Axes, Field(min_length=1, max_length=3)] = knob(
        (28, 28, 1), title="target shape", help="the new axes, such as 28×28×1; their product stays the same"
    )

    def output_shape(self, shape: Shape) -> Shape:
        if math.prod(shape) != math.prod(self.target_shape):
            wanted, given = (f"{show_shape(axes)} ({math.prod(axes):,} values)" for axes in (self.target_shape, shape))
            raise LayerError(f"cannot make {wanted} of {given}: choose a target shape of {math.prod(shape):,} values")
        return self.target_shape

    def keras_call(self, seed: int) -> KerasCall:
        return KerasCall("layers.Reshape", {"target_shape": self.target_shape})

    def label(self) -> str:
        return f"Reshape {show_shape(self.target_shape)}"


class Dense(Layer):
    """A fully connected layer: activation(x·W + b)."""

    units: int = knob(
        128, title="units", help="how many outputs it has, each with a weight for every input", ge=1, le=65536
    )
    activation: Activation = knob("linear", title="activation", help="the function applied to each output")
    use_bias: bool = knob(True, title="bias", help="add a learnt constant to each output")

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise LayerError(f"Dense needs a vector, gets {show_shape(shape)}: put Flatten before it")
        return (self.units,)

    def parameters(self, shape: Shape) -> int:
        return shape[-1] * self.units + self.units * self.use_bias

    def keras_call(self, seed: int) -> KerasCall:
        return KerasCall(
            "layers.Dense",
            {
                "units": self.units,
                "activation": self.activation,
                "use_bias": self.use_bias,
                "kernel_initializer": KerasCall("initializers.GlorotUniform", {"seed": seed}),
            },
        )

    def label(self) -> str:
        return f"Dense {self.units}" + _suffix(self.activation)


class Conv2D(Layer):
    """Slides small filters over height and width; each learns one feature."""

    filters: int = knob(
        32, title="filters", help="how many features it looks for: the channels of its output", ge=1, le=4096
    )
    kernel_size: Pair = knob((3, 3), title="kernel size", help="height and width of each filter, in pixels")
    strides: Pair = knob((1, 1), title="strides", help="how far the filter moves at each step, down and across")
    padding: Padding = knob(
        "valid", title="padding", help="valid: stay inside the image; same: pad so that 28×28 stays 28×28"
    )
    activation: Activation = knob("linear", title="activation", help="the function applied to each output")
    use_bias: bool = knob(True, title="bias", help="add a learnt constant to each filter's output")

    def output_shape(self, shape: Shape) -> Shape:
        return (*_window(self, "kernel", shape, self.kernel_size, self.strides, self.padding), self.filters)

    def parameters(self, shape: Shape) -> int:
        return math.prod(self.kernel_size) * shape[-1] * self.filters + self.filters * self.use_bias

    def keras_call(self, seed: int) -> KerasCall:
        return KerasCall(
            "layers.Conv2D",
            {
                "filters": self.filters,
                "kernel_size": self.kernel_size,
                "strides": self.strides,
                "padding": self.padding,
                "activation": self.activation,
                "use_bias": self.use_bias,
                "kernel_initializer": KerasCall("initializers.GlorotUniform", {"seed": seed}),
            },
        )

    def label(self) -> str:
        return f"Conv2D {self.filters} {show_shape(self.kernel_size)}" + _suffix(self.activation)


class MaxPooling2D(Layer):
    """Keeps the largest value of each window: smaller images that say what was found, less exactly where."""

    pool_size: Pair = knob((2, 2), title="pool size", help="height and width of the window, in pixels")
    strides: Pair | None = knob(None, title="strides", help="how far the window moves; empty: by its own size")
    padding: Padding = knob("valid", title="padding", help="valid: drop what does not fill a window; same: pad")

    def output_shape(self, shape: Shape) -> Shape:
        strides = self.strides or self.pool_size
        return (*_window(self, "pool", shape, self.pool_size, strides, self.padding), shape[-1])

    def keras_call(self, seed: int) -> KerasCall:
        arguments = {"pool_size": self.pool_size, "strides": self.strides, "padding": self.padding}
        return KerasCall("layers.MaxPooling2D", arguments)

    def label(self) -> str:
        return f"MaxPooling2D {show_shape(self.pool_size)}"


class Dropout(Layer):
    """Silences a random share of its inputs at each training step, against overfitting (Srivastava et al., 2014)."""

    rate: float = knob(
        0.3, title="rate", help="share of inputs set to zero while training, from 0 to below 1", ge=0, lt=1
    )

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def keras_call(self, seed: int) -> KerasCall:
        return KerasCall("layers.Dropout", {"rate": self.rate, "seed": seed})

    def label(self) -> str:
        return f"Dropout {self.rate:g}"


def _suffix(activation: str) -> str:
    return "" if activation == "linear" else f" {activation}"


def _window(layer: Layer, what: str, shape: Shape, size: Shape, strides: Shape, padding: str) -> Shape:
    """Return height and width after sliding a window (Keras' "valid" and "same" arithmetic)."""
    name = type(layer).__name__
    if len(shape) != 3:
        remedy = f"put Reshape {show_shape(shape)}×1 before it" if len(shape) == 2 else "put it before Flatten"
        raise LayerError(f"{name} needs height × width × channels, gets {show_shape(shape)}: {remedy}")
    height_width = shape[:2]
    if padding == "same":
        return tuple(math.ceil(side / stride) for side, stride in zip(height_width, strides, strict=True))
    if any(window > side for window, side in zip(size, height_width, strict=True)):
        raise LayerError(
            f"{name}'s {what} {show_shape(size)} is larger than its input {show_shape(height_width)}: "
            f"choose at most {show_shape(height_width)}, or padding 'same'"
        )
    return tuple(
        (side - window) // stride + 1 for side, window, stride in zip(height_width, size, strides, strict=True)
    )
