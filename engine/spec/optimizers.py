"""The optimizers: their knobs and the Keras call of each. A new optimizer is one class here; nothing else changes."""

from __future__ import annotations

from typing import Any

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, document, knob

LEARNING_RATE: dict[str, Any] = {
    "title": "learning rate",
    "help": "size of each step against the gradient; above 0",
    "gt": 0,
    "le": 1000,
}


class Optimizer(Kind, family="optimizer"):
    """A rule that turns gradients into steps of the weights."""

    def keras_call(self) -> KerasCall:
        """Return the call that makes it: the class of the same name, with the knobs as its arguments."""
        arguments = {key: value for key, value in document(self).items() if key != "type"}
        return KerasCall(f"optimizers.{type(self).__name__}", arguments)


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum α if wished.

    v ← α·v − lr·g
    w ← w + v
    """

    learning_rate: float = knob(0.01, **LEARNING_RATE)
    momentum: float = knob(
        0.0, title="momentum", help="α: how much of the last step is kept in the next, 0 to 1", ge=0, le=1
    )
    nesterov: bool = knob(False, title="nesterov", help="take the gradient where the momentum leads (Nesterov, 1983)")


class RMSprop(Optimizer, type="rmsprop"):
    """Divides by a fading mean of squared gradients, so steps can grow again (Hinton, lecture 6e).

    V ← ρ·V + (1−ρ)·g²
    w ← w − lr·g/√(V + ε)
    """

    learning_rate: float = knob(0.001, **LEARNING_RATE)
    rho: float = knob(0.9, title="ρ", help="how slowly old squared gradients fade, 0 to below 1", ge=0, lt=1)
    epsilon: float = knob(1e-7, title="ε", help="keeps the division finite", gt=0, le=1)


class Adam(Optimizer):
    """Fading means of the gradient and its square, corrected for their start at zero (Kingma & Ba, 2014).

    m ← β₁·m + (1−β₁)·g
    V ← β₂·V + (1−β₂)·g²
    m̂ = m/(1−β₁ᵗ)
    V̂ = V/(1−β₂ᵗ)
    w ← w − lr·m̂/(√V̂ + ε)
    """

    learning_rate: float = knob(0.001, **LEARNING_RATE)
    beta_1: float = knob(0.9, title="β₁", help="how slowly the mean gradient m fades, 0 to below 1", ge=0, lt=1)
    beta_2: float = knob(
        0.999, title="β₂", help="how slowly the mean squared gradient V fades, 0 to below 1", ge=0, lt=1
    )
    epsilon: float = knob(1e-7, title="ε", help="keeps the division finite", gt=0, le=1)
