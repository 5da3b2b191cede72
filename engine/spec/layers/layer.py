"""What every layer has: its knobs, its effect on a shape, its Keras call.

Shapes are without the batch axis. The rules are Keras': https://keras.io/api/layers/.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from engine.spec.call import KerasCall
from engine.spec.initializers import GlorotUniform, Initializer, Zeros
from engine.spec.knob import TYPE, Kind, knob, values
from engine.spec.regularizers import Regularizer
from engine.spec.shape import Shape, show_shape

ActivationName = Literal["linear", "relu", "softmax", "sigmoid", "tanh", "elu", "gelu", "leaky_relu", "selu", "swish"]
Padding = Literal["valid", "same"]

ACTIVATION_RULES: Mapping[str, str] = {
    "linear": "y = x",
    "relu": "y = max(0, x)",
    "softmax": "yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)",
    "sigmoid": "y = 1 / (1 + exp(−x))",
    "tanh": "y = (exp(x) − exp(−x)) / (exp(x) + exp(−x))",
    "elu": "y = x where x > 0, else exp(x) − 1",
    "gelu": "y = x·Φ(x), Φ the normal distribution",
    "leaky_relu": "y = x where x > 0, else 0.2·x",
    "selu": "y = 1.0507·x where x > 0, else 1.7581·(exp(x) − 1)",
    "swish": "y = x / (1 + exp(−x))",
}
"""What each does, as Keras has it: https://keras.io/api/layers/activations/."""

SEEDS = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
"""The knobs that draw random numbers; each gets a seed of its own, so two drawn alike do not become equal."""


class LayerError(ValueError):
    """A layer cannot follow what stands before it; the message says why and what to do.

    Attributes:
        knobs: values of its own knobs that mend it, by name; None for one that is left to its default.
    """

    def __init__(self, message: str, **knobs: Any) -> None:
        super().__init__(message)
        self.knobs = knobs


class AxesError(LayerError):
    """The input has another number of axes than a layer needs; what to do depends on the layers before it.

    Attributes:
        axes: how many it needs, without the batch axis.
    """

    def __init__(self, layer: Layer, needs: str, shape: Shape) -> None:
        """Say what the layer needs, such as "steps × features", and the shape that it gets."""
        super().__init__(f"{type(layer).__name__} needs {needs}, gets {show_shape(shape)}")
        self.axes = needs.count("×") + 1


class Layer(Kind, family="layer"):
    """One layer of a Sequential model."""

    seeded: ClassVar[bool] = False
    """It draws random numbers while it trains."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return what the layer makes of an input of this shape.

        Raises:
            LayerError: it cannot work on this shape.
        """
        raise TypeError(f"{type(self).__name__} does not say what it does to {shape}")

    def parameters(self, shape: Shape) -> int:
        """Return the number of values that it holds on an input of this shape."""
        return 0

    def statistics(self, shape: Shape) -> int:
        """Return how many of its `parameters` are no weights, but measured while it trains."""
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        """Return how many products it forms and adds up for one input of this shape: what its cost is made of."""
        return 0

    def workspace(self, shape: Shape) -> int:
        """Return about how many values it lays out in memory for one input of this shape."""
        return math.prod(self.output_shape(shape))

    def keras_call(self, seed: int) -> KerasCall:
        """Return the call that makes it: the class of the same name, with the knobs as its arguments.

        All its random numbers, initial weights included, follow from ``seed``.
        """
        arguments = {name: _argument(name, value, seed) for name, value in values(self).items()}
        return KerasCall(f"layers.{type(self).__name__}", {**arguments, "seed": seed} if self.seeded else arguments)

    def label(self) -> str:
        """Return its name and what matters most of its knobs, in a few characters."""
        return type(self).__name__


class Weighted(Layer, abstract=True):
    """A layer with a kernel and a bias; how they begin, and what they cost in the loss."""

    use_bias: bool = knob(True, title="bias", help="add a learnt constant to each output")
    kernel_initializer: Initializer = knob(
        GlorotUniform(), title="initial w.", help="how the weights are drawn before training", advanced=True
    )
    bias_initializer: Initializer = knob(
        Zeros(), title="initial bias", help="what the biases are before training", advanced=True
    )
    kernel_regularizer: Regularizer | None = knob(
        None, title="regulariser", help="a penalty on the weights, added to the loss", advanced=True
    )
    bias_regularizer: Regularizer | None = knob(
        None, title="bias regul.", help="a penalty on the biases; they are usually left alone", advanced=True
    )
    activity_regularizer: Regularizer | None = knob(
        None, title="activity regul.", help="a penalty on the outputs, a mean over the batch", advanced=True
    )

    def variables(self, shape: Shape) -> dict[str, Shape]:
        """Return the shapes of its variables on an input of this shape, by what their knobs begin with."""
        raise TypeError(f"{type(self).__name__} does not say what it holds on {shape}")

    def checked(self, output: Shape, shape: Shape) -> Shape:
        """Return the layer's output shape, once its initialisers and regularisers are known to work.

        Args:
            output: the shape of one output, without the batch axis.
            shape: of its input.

        Raises:
            LayerError: one of them needs another shape.
        """
        for of, axes in {**self.variables(shape), "activity": output}.items():
            initializer, regularizer = (getattr(self, f"{of}_{what}", None) for what in ("initializer", "regularizer"))
            if initializer is not None and len(axes) < initializer.least_axes:
                raise LayerError(
                    f"{of}_initializer '{initializer.type_name}' draws a matrix, the {of} is none: choose 'zeros'",
                    **{f"{of}_initializer": {TYPE: "zeros"}},
                )
            if regularizer is not None and regularizer.problem(of, axes):
                raise LayerError(f"{of}_regularizer '{regularizer.type_name}' {regularizer.problem(of, axes)}")
        return output


def _argument(name: str, value: Any, seed: int) -> Any:
    if isinstance(value, Initializer):
        return value.keras_call((seed + SEEDS.index(name)) % 2**31)
    return value.keras_call() if isinstance(value, Regularizer) else value


def with_activation(label: str, activation: str) -> str:
    """Write a label, and the activation where there is one."""
    return label if activation == "linear" else f"{label} {activation}"


def window(layer: Layer, what: str, shape: Shape, size: Shape, strides: Shape, padding: str) -> Shape:
    """Return height and width after sliding a window (Keras' "valid" and "same" arithmetic).

    Raises:
        LayerError: the input is no image, or smaller than the window.
    """
    check_image(layer, shape)
    height_width = shape[:2]
    if padding == "same":
        return tuple(math.ceil(side / stride) for side, stride in zip(height_width, strides, strict=True))
    if any(window > side for window, side in zip(size, height_width, strict=True)):
        raise LayerError(
            f"{type(layer).__name__}'s {what} {show_shape(size)} is larger than its input {show_shape(height_width)}: "
            f"choose at most {show_shape(height_width)}, or padding 'same'",
            padding="same",
        )
    return tuple(
        (side - window) // stride + 1 for side, window, stride in zip(height_width, size, strides, strict=True)
    )


def check_image(layer: Layer, shape: Shape) -> None:
    """Make sure that the input is an image with channels.

    Raises:
        LayerError: it is not.
    """
    if len(shape) != 3:
        raise AxesError(layer, "height × width × channels", shape)
