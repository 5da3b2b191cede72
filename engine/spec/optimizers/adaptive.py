"""A step size for each weight, from the gradients that it has had: Keras' own forms."""

from __future__ import annotations

from typing import Any

from engine.spec.knob import knob
from engine.spec.optimizers.optimizer import EPSILON, LEARNING_RATE, Optimizer, fading

RHO: dict[str, Any] = {
    "title": "ρ",
    "help": "how slowly old squared gradients fade, 0 to below 1",
    "ge": 0,
    "lt": 1,
    "symbol": "ρ",
    "role": fading("squared gradients"),
}
BETA_1: dict[str, Any] = {
    "title": "β₁",
    "help": "how slowly the mean gradient m fades, 0 to below 1",
    "ge": 0,
    "lt": 1,
    "live": True,
    "symbol": "β₁",
    "role": fading("gradients"),
}
BETA_2: dict[str, Any] = {
    "title": "β₂",
    "help": "how slowly the mean squared gradient V fades, 0 to below 1",
    "ge": 0,
    "lt": 1,
    "symbol": "β₂",
    "role": fading("squared gradients"),
}
ADAPTIVE_RATE: dict[str, Any] = {
    **LEARNING_RATE,
    "role": lambda lr: f"steps of about {lr:g} a weight, be its gradients large or small",
}
ADAGRAD_RATE: dict[str, Any] = {
    **LEARNING_RATE,
    "role": lambda lr: f"steps of {lr:g} a weight at most, then ever smaller ones",
}
ADADELTA_RATE: dict[str, Any] = {
    **LEARNING_RATE,
    "role": lambda lr: f"{lr:g} times the steps that the rule finds by itself",
}


class Adagrad(Optimizer):
    """Divides by all squared gradients so far, so steps only ever shrink (Duchi et al., 2011).

    V ← V + g², from V₀
    w ← w − lr·g/√(V + ε)
    """

    learning_rate: float = knob(0.01, **ADAGRAD_RATE)
    initial_accumulator_value: float = knob(
        0.1, title="V₀", help="what V begins with, 0 or more", symbol="V₀", ge=0, le=1000
    )
    epsilon: float = knob(1e-7, **EPSILON)


class Adadelta(Optimizer):
    """Steps as long as the last ones were, so it needs no learning rate: 1 is the paper's (Zeiler, 2012).

    V ← ρ·V + (1−ρ)·g²
    Δ = g·√(U + ε)/√(V + ε)
    U ← ρ·U + (1−ρ)·Δ²
    w ← w − lr·Δ
    """

    learning_rate: float = knob(1.0, **ADADELTA_RATE)
    rho: float = knob(0.95, **RHO)
    epsilon: float = knob(1e-7, **EPSILON)


class RMSprop(Optimizer, type="rmsprop"):
    """Divides by a fading mean of squared gradients, so steps can grow again (Hinton, lecture 6e).

    V ← ρ·V + (1−ρ)·g²
    w ← w − lr·g/√(V + ε)
    """

    learning_rate: float = knob(0.001, **ADAPTIVE_RATE)
    rho: float = knob(0.9, **RHO)
    epsilon: float = knob(1e-7, **EPSILON)


class Adam(Optimizer):
    """Fading means of the gradient and its square, corrected for their start at zero (Kingma & Ba, 2014).

    m ← β₁·m + (1−β₁)·g
    V ← β₂·V + (1−β₂)·g²
    α = lr·√(1−β₂ᵗ)/(1−β₁ᵗ)
    w ← w − α·m/(√V + ε)
    """

    learning_rate: float = knob(0.001, **ADAPTIVE_RATE)
    beta_1: float = knob(0.9, **BETA_1)
    beta_2: float = knob(0.999, **BETA_2)
    epsilon: float = knob(1e-7, **EPSILON)


class AdamW(Adam, type="adamw"):
    """Adam that shrinks the weights beside the loss (Loshchilov & Hutter, 2019).

    w ← w − lr·λ·w
    m ← β₁·m + (1−β₁)·g
    V ← β₂·V + (1−β₂)·g²
    α = lr·√(1−β₂ᵗ)/(1−β₁ᵗ)
    w ← w − α·m/(√V + ε)
    """

    weight_decay: float = knob(
        0.004,
        title="weight decay",
        help="λ: before each step w ← w − lr·λ·w, beside the loss",
        symbol="λ",
        role=lambda decay: f"each step takes lr times {decay:g} of a weight away",
        ge=0,
        lt=1,
        live=True,
    )
