"""The regularisers: penalties on weights or outputs that are added to the loss. https://keras.io/api/layers/regularizers/."""

from __future__ import annotations

from typing import Any, Literal

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob

STRENGTH: dict[str, Any] = {
    "title": "strength",
    "help": "λ: the factor of the penalty, above 0",
    "gt": 0,
    "le": 1000,
    "live": True,
}


class Regularizer(Kind, family="regularizer"):
    """A penalty."""

    def problem(self, of: str, shape: tuple[int, ...]) -> str:
        """Return why it cannot work on a variable; empty where it can.

        Args:
            of: "kernel", "recurrent", "bias", or "activity" for the outputs.
            shape: the variable's, without the batch for outputs.
        """
        return ""

    def keras_call(self) -> KerasCall:
        """Return the call that makes it."""
        raise TypeError(f"{type(self).__name__} does not say how Keras makes it")


class L1(Regularizer):
    """λ·Σ|w| over the weights, the biases or the outputs w that it is for: many become nearly zero."""

    strength: float = knob(1e-4, **STRENGTH)

    def keras_call(self) -> KerasCall:
        return KerasCall("regularizers.L1", {"l1": self.strength})


class L2(Regularizer):
    """λ·Σw² over the w that it is for, without a half: they shrink towards zero without reaching it."""

    strength: float = knob(1e-4, **STRENGTH)

    def keras_call(self) -> KerasCall:
        return KerasCall("regularizers.L2", {"l2": self.strength})


class L1L2(Regularizer, type="l1_l2"):
    """λ₁·Σ|w| + λ₂·Σw² over the w that it is for: both at once."""

    l1: float = knob(1e-4, title="λ₁", help="the factor of Σ|w|, 0 or more", ge=0, le=1000, live=True)
    l2: float = knob(1e-4, title="λ₂", help="the factor of Σw², 0 or more", ge=0, le=1000, live=True)

    def keras_call(self) -> KerasCall:
        return KerasCall("regularizers.L1L2", {"l1": self.l1, "l2": self.l2})


class Orthogonal(Regularizer):
    """λ times the mean |cosine| between two columns (or rows) of a matrix: keeps units from learning the same."""

    strength: float = knob(0.01, **STRENGTH)
    mode: Literal["rows", "columns"] = knob("columns", title="between", help="columns: between the units of a Dense")

    def problem(self, of: str, shape: tuple[int, ...]) -> str:
        if of == "activity" or len(shape) != 2:
            return f"needs a matrix, which the {of} is not here: choose 'l2'"
        if shape[self.mode == "columns"] < 2:
            return f"compares {self.mode}, the {of} has only one: choose 'l2'"
        return ""

    def keras_call(self) -> KerasCall:
        return KerasCall("regularizers.OrthogonalRegularizer", {"factor": self.strength, "mode": self.mode})
