"""The layers that nearly every model has, and those that only change a shape."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from engine.spec.knob import knob
from engine.spec.layers.layer import ActivationName, AxesError, Layer, LayerError, Weighted, with_activation
from engine.spec.shape import Axes, Shape, show_shape


class Dense(Weighted):
    """A fully connected layer: activation(x·W + b)."""

    units: int = knob(
        128, title="units", help="how many outputs it has, each with a weight for every input", ge=1, le=65536
    )
    activation: ActivationName = knob("linear", title="activation", help="the function applied to each output")

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise AxesError(self, "a vector", shape)
        return self.checked((self.units,), shape)

    def variables(self, shape: Shape) -> dict[str, Shape]:
        return {"kernel": (shape[-1], self.units), "bias": (self.units,)}

    def parameters(self, shape: Shape) -> int:
        return shape[-1] * self.units + self.units * self.use_bias

    def multiply_adds(self, shape: Shape) -> int:
        return shape[-1] * self.units

    def label(self) -> str:
        return with_activation(f"Dense {self.units}", self.activation)


class Flatten(Layer):
    """Lays all axes out in one row: an image becomes a vector."""

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


class Reshape(Layer):
    """Gives the same values other axes; 28×28×1 adds the channel that a convolution needs."""

    target_shape: Annotated[Axes, Field(min_length=1, max_length=3)] = knob(
        (28, 28, 1), title="target shape", help="the new axes, such as 28×28×1; their product stays the same"
    )

    def output_shape(self, shape: Shape) -> Shape:
        if math.prod(shape) != math.prod(self.target_shape):
            wanted, given = (f"{show_shape(axes)} ({math.prod(axes):,} values)" for axes in (self.target_shape, shape))
            fitting = _in_axes(shape, len(self.target_shape))
            raise LayerError(
                f"cannot make {wanted} of {given}: choose a target shape of {math.prod(shape):,} values, such as "
                f"{show_shape(tuple(fitting))}",
                target_shape=fitting,
            )
        return self.target_shape

    def label(self) -> str:
        return f"Reshape {show_shape(self.target_shape)}"


def _in_axes(shape: Shape, axes: int) -> list[int]:
    """Return a shape of so many axes that holds as many values: the last of the given ones together, or of length 1."""
    return [*shape[: axes - 1], math.prod(shape[axes - 1 :]), *[1] * (axes - len(shape) - 1)][:axes]


class Activation(Layer):
    """Applies a function to each value: a layer of its own, so that something can stand before it."""

    activation: ActivationName = knob("relu", title="activation", help="the function applied to each value")

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def label(self) -> str:
        return with_activation("Activation", self.activation)


class Input(Layer):
    """Says what goes in. Without it, a model takes the shape of its data; with it, the shape is written down."""

    shape: Annotated[Axes, Field(min_length=1, max_length=3)] | None = knob(
        None, title="shape", help="the shape of one image, such as 28×28; empty: that of the data"
    )

    def output_shape(self, shape: Shape) -> Shape:
        if self.shape not in (None, shape):
            wanted = show_shape(self.shape or ())
            raise LayerError(
                f"Input expects {wanted}, gets {show_shape(shape)}: leave its shape empty, or correct it", shape=None
            )
        return shape
