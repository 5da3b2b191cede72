"""What every optimizer has: limits on its gradients and weights, and its Keras call.

In the rule that the docstring of each writes, as a person reads it on the screen, g is the gradient, w a weight. The
symbol of a knob is what it is called there, and stands out in the rule while a person is at the knob.
https://keras.io/api/optimizers/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob, values

LEARNING_RATE: dict[str, Any] = {
    "title": "learning rate",
    "help": "size of each step against the gradient; above 0",
    "gt": 0,
    "le": 1000,
    "live": True,
    "symbol": "lr",
    "role": lambda lr: f"a gradient of 1 moves a weight by {lr:g}",
}
EPSILON: dict[str, Any] = {"title": "ε", "help": "keeps the division finite, above 0", "gt": 0, "le": 1, "symbol": "ε"}


def fading(what: str) -> Callable[[float], str]:
    """Return the role of a factor by which what is remembered shrinks at each step."""

    def role(factor: float) -> str:
        if not 0 <= factor < 1:
            return ""
        return f"about the last {1 / (1 - factor):,.0f} {what} count" if factor else f"no older {what} count"

    return role


class Optimizer(Kind, family="optimizer"):
    """A rule that turns gradients into steps of the weights."""

    clipnorm: float | None = knob(
        None,
        title="clip norm",
        help="shorten each weight's gradient to this length where it is longer; empty: never",
        gt=0,
        le=1e6,
        advanced=True,
    )
    weight_decay: float | None = knob(
        None,
        title="weight decay",
        help="λ: before each step w ← w − lr·λ·w, beside the loss; empty: none",
        symbol="λ",
        ge=0,
        lt=1,
        advanced=True,
        live=True,
    )

    @classmethod
    def keras_path(cls) -> str:
        """Return the path of what makes it: Keras' class of the same name."""
        return f"optimizers.{cls.__name__}"

    def keras_call(self, learning_rate: float | KerasCall) -> KerasCall:
        """Return the call that makes it, with the knobs as its arguments.

        Args:
            learning_rate: the knob of this name, or the schedule that begins with it.
        """
        return KerasCall(self.keras_path(), {**values(self), "learning_rate": learning_rate})
