"""The losses: what training makes small."""

from __future__ import annotations

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob


class Loss(Kind, family="loss"):
    """A measure of how far the outputs are from the labels, a mean over the batch."""

    def keras_call(self) -> KerasCall:
        """Return the call that makes it."""
        raise TypeError(f"{type(self).__name__} does not say how Keras makes it")


class SparseCategoricalCrossentropy(Loss):
    """−ln of the probability given to the right class, with class numbers as labels."""

    from_logits: bool = knob(
        False, title="from logits", help="on: the last layer is linear, the loss applies softmax itself"
    )

    def keras_call(self) -> KerasCall:
        return KerasCall("losses.SparseCategoricalCrossentropy", {"from_logits": self.from_logits})
