"""Layers that do one thing while training and another when the model is used."""

from __future__ import annotations

from engine.spec.knob import knob
from engine.spec.layers.layer import Layer
from engine.spec.shape import Shape


class BatchNormalization(Layer):
    """x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β, with μ and σ² of each mini-batch (Ioffe & Szegedy, 2015).

    It widens the range of initial weights and learning rates that work. Put it before or after the activation.
    """

    momentum: float = knob(
        0.99,
        title="momentum",
        help="how slowly the μ and σ² kept for later follow the batches, 0 to below 1",
        ge=0,
        lt=1,
    )
    epsilon: float = knob(1e-3, title="ε", help="keeps the division finite, above 0", gt=0, le=1)
    center: bool = knob(True, title="learn β", help="add a learnt constant to each feature")
    scale: bool = knob(True, title="learn γ", help="multiply each feature by a learnt factor")

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> int:
        return shape[-1] * (self.center + self.scale) + self.statistics(shape)

    def statistics(self, shape: Shape) -> int:
        return 2 * shape[-1]


class Dropout(Layer):
    """Silences a random share of its inputs at each training step, against overfitting (Srivastava et al., 2014)."""

    seeded = True
    rate: float = knob(
        0.3, title="rate", help="share of inputs set to zero while training, from 0 to below 1", ge=0, lt=1, live=True
    )

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def label(self) -> str:
        return f"Dropout {self.rate:g}"
