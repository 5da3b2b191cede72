"""The initial weights: how each is drawn, and the standard deviation that this gives.

The rules are Keras': https://keras.io/api/layers/initializers/. n is the fan-in: the inputs that each unit adds up.
"""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob, values
from engine.spec.shape import Shape


class Initializer(Kind, family="initializer"):
    """A rule for the weights that training begins with."""

    seeded: ClassVar[bool] = True
    """It draws random numbers."""
    least_axes: ClassVar[int] = 1
    """The axes that a variable must have at least."""

    def keras_call(self, seed: int) -> KerasCall:
        """Return the call that makes it: the class of the same name, with the knobs as its arguments."""
        arguments = values(self)
        return KerasCall(
            f"initializers.{type(self).__name__}", {**arguments, "seed": seed} if self.seeded else arguments
        )

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        """Return the standard deviation of the weights, given how many inputs and outputs share each of them."""
        raise TypeError(f"{type(self).__name__} does not say how far weights of {fan_in} and {fan_out} spread")

    def spread(self, variable: Shape) -> str:
        """Say the standard deviation that a variable of this shape gets, in a sentence."""
        fan_in, fan_out = fans(variable)
        if len(variable) == 1:  # a bias
            return f"Here n = {fan_in:,}, the length of the vector: std {self.standard_deviation(fan_in, fan_out):.3g}."
        return f"Here n = {fan_in:,} inputs, {fan_out:,} outputs: std {self.standard_deviation(fan_in, fan_out):.3g}."


def fans(variable: Shape) -> tuple[int, int]:
    """Return how many inputs and outputs share each weight of a variable, as Keras counts them."""
    if len(variable) == 1:
        return variable[0], variable[0]
    *window, inputs, outputs = variable
    return math.prod(window) * inputs, math.prod(window) * outputs


class Zeros(Initializer):
    """All zero. As weights learning fails: the units of a layer stay identical. Right for biases."""

    seeded = False

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return 0.0


class Ones(Initializer):
    """All one."""

    seeded = False

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return 0.0


class RandomNormal(Initializer):
    """Gaussian with the same spread everywhere. At 0.01 deep activations collapse towards one value."""

    stddev: float = knob(0.01, title="std", help="standard deviation of the weights, above 0", gt=0, le=100)

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return self.stddev


class RandomUniform(Initializer):
    """Evenly spread between two values."""

    minval: float = knob(-0.05, title="from", help="the smallest weight", ge=-100, le=100)
    maxval: float = knob(0.05, title="to", help="the largest weight", ge=-100, le=100)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.minval >= self.maxval:
            raise PydanticCustomError("falling", "must go from a smaller to a larger weight")
        return self

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return abs(self.maxval - self.minval) / math.sqrt(12)


class VarianceScaling(Initializer):
    """std √(scale/n). Scale 1 is the notes' 1/√n for sigmoid and tanh, scale 2 their √(2/n) for ReLU."""

    scale: float = knob(1.0, title="scale", help="1 for sigmoid and tanh, 2 for ReLU; above 0", gt=0, le=1000)
    mode: Literal["fan_in", "fan_out", "fan_avg"] = knob("fan_in", title="n", help="inputs, outputs, or their mean")
    distribution: Literal["untruncated_normal", "truncated_normal", "uniform"] = knob(
        "untruncated_normal", title="distribution", help="the notes' Gaussian, one cut at 2 std, or evenly spread"
    )

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        return math.sqrt(self.scale / max(n, 1))


class LecunNormal(Initializer):
    """std √(1/n), cut at 2 std: keeps the spread of sums of independent inputs (LeCun et al., 1998)."""

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(1 / fan_in)


class LecunUniform(LecunNormal):
    """std √(1/n), evenly spread (LeCun et al., 1998)."""


class GlorotNormal(Initializer):
    """std √(2/(n + outputs)), cut at 2 std: for tanh and softmax (Glorot & Bengio, 2010)."""

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(2 / (fan_in + fan_out))


class GlorotUniform(GlorotNormal):
    """std √(2/(n + outputs)), evenly spread: Keras' default (Glorot & Bengio, 2010)."""


class HeNormal(Initializer):
    """std √(2/n), cut at 2 std: made for ReLU, keeps the spread from layer to layer (He et al., 2015)."""

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(2 / fan_in)


class HeUniform(HeNormal):
    """std √(2/n), evenly spread: made for ReLU (He et al., 2015)."""


class Orthogonal(Initializer):
    """A random rotation: keeps lengths, over many time steps, too (Saxe et al., 2013). Keras' choice inside an LSTM."""

    least_axes = 2
    gain: float = knob(1.0, title="gain", help="a factor on all weights, above 0", gt=0, le=100)

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        return self.gain / math.sqrt(max(fan_in, fan_out))
