"""Steps along the gradient, with and without a memory of the last ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spec.call import KerasCall
from engine.spec.knob import knob
from engine.spec.optimizers.optimizer import LEARNING_RATE, Optimizer, fading


def _growth(alpha: float) -> str:
    if not 0 <= alpha < 1:
        return ""
    return f"along a steady slope, steps grow {1 / (1 - alpha):.3g} times as long" if alpha else "no step is remembered"


MOMENTUM: dict[str, Any] = {
    "title": "momentum α",
    "help": "how much of the last step is kept in the next, 0 to 1",
    "ge": 0,
    "le": 1,
    "live": True,
    "symbol": "α",
    "role": _growth,
}


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum α if wished.

    v ← α·v − lr·g
    w ← w + v
    """

    learning_rate: float = knob(0.01, **LEARNING_RATE)
    momentum: float = knob(0.0, **MOMENTUM)
    nesterov: bool = knob(False, title="nesterov", help="take the gradient where the momentum leads (Nesterov, 1983)")

    @classmethod
    def rule(cls, values: Mapping[str, Any]) -> str:
        if values["momentum"] == 0:  # as Keras has it, with nesterov or without
            return "w ← w − lr·g"
        return Nesterov.rule(values) if values["nesterov"] is True else super().rule(values)


class SGDM(Optimizer, type="sgdm"):
    """The notes' SGDM: the moment is a fading mean of gradients, and lr is applied to it.

    m ← β·m + (1−β)·g
    w ← w − lr·m
    """

    learning_rate: float = knob(0.01, **LEARNING_RATE)
    beta: float = knob(
        0.9,
        title="β",
        help="how slowly the mean gradient m fades, 0 to below 1",
        ge=0,
        lt=1,
        live=True,
        symbol="β",
        role=fading("gradients"),
    )

    @classmethod
    def keras_path(cls) -> str:
        return "nnplay.SGDM"


class Momentum(Optimizer):
    """The notes' Momentum: the velocity v holds lr·g, so it remembers the learning rates of old steps, too.

    v ← α·v − lr·g
    w ← w + v
    """

    learning_rate: float = knob(0.01, **LEARNING_RATE)
    momentum: float = knob(0.9, **MOMENTUM)

    @classmethod
    def keras_path(cls) -> str:
        return "optimizers.SGD"  # exactly this


class Nesterov(Optimizer):
    """Momentum that looks ahead: the step is taken from where the velocity leads (Nesterov, 1983).

    v ← α·v − lr·g
    w ← w + α·v − lr·g
    """

    learning_rate: float = knob(0.01, **LEARNING_RATE)
    momentum: float = knob(0.9, **MOMENTUM)

    @classmethod
    def keras_path(cls) -> str:
        return "optimizers.SGD"

    def keras_call(self, learning_rate: float | KerasCall) -> KerasCall:
        return super().keras_call(learning_rate).also(nesterov=True)
