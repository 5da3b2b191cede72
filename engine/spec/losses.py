"""The losses: what training makes small. The docstring of each is its rule. https://keras.io/api/losses/."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob, values

FROM_LOGITS: dict[str, Any] = {
    "title": "from logits",
    "help": "on: the last layer is linear, the loss applies softmax itself",
    "symbol": "from logits",
}


class Loss(Kind, family="loss"):
    """A measure of how far the outputs are from the labels, a mean over the batch."""

    one_hot: ClassVar[bool] = False
    """The labels are rows with a 1 at their class, not class numbers."""

    def keras_call(self) -> KerasCall:
        """Return the call that makes it: the class of the same name, with the knobs as its arguments."""
        return KerasCall(f"losses.{type(self).__name__}", values(self))


class SparseCategoricalCrossentropy(Loss):
    """−ln of the probability given to the right class, with class numbers as labels.

    loss = −ln p[y]
    from logits z: p = softmax(z)
    """

    from_logits: bool = knob(False, **FROM_LOGITS)


class CategoricalCrossentropy(Loss):
    """−Σ y·ln(p) over the classes, with one-hot labels y: the same numbers, and labels can be smoothed.

    loss = −Σ y·ln(p)
    from logits z: p = softmax(z)
    smoothed by s: y ← (1−s)·y + s/classes
    """

    one_hot = True
    from_logits: bool = knob(False, **FROM_LOGITS)
    label_smoothing: float = knob(
        0.0,
        title="smoothing",
        help="share of each label that is spread over all classes, 0 to below 1",
        ge=0,
        lt=1,
        symbol="s",
    )


class MeanSquaredError(Loss):
    """mse: the mean of (y − output)² over the classes, with one-hot labels y.

    loss = Σ(y − output)²/classes
    """

    one_hot = True
