"""Every optimizer as plain NumPy, step by step from its formula. NOTES, section B.

A rule holds its moments; ``rule.step(w, g)`` returns the weights after a step. All arrays are float64 of one shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def _zero() -> Array:
    """Return a moment that has seen nothing yet: it takes its shape from the first gradient."""
    return np.zeros(())


@dataclass
class SGD:
    """w ← w − lr·g."""

    learning_rate: float = 0.01

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        return w - self.learning_rate * g


@dataclass
class SGDM:
    """m ← β·m + (1−β)·g;  w ← w − lr·m."""

    learning_rate: float = 0.01
    beta: float = 0.9
    m: Array = field(default_factory=_zero)

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.m = self.beta * self.m + (1 - self.beta) * g
        return w - self.learning_rate * self.m


@dataclass
class Momentum:
    """v ← α·v − lr·g;  w ← w + v."""

    learning_rate: float = 0.01
    momentum: float = 0.9
    v: Array = field(default_factory=_zero)

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.v = self.momentum * self.v - self.learning_rate * g
        return w + self.v


@dataclass
class Nesterov:
    """v ← α·v − lr·g;  w ← w + α·v − lr·g (Nesterov, 1983, in the form of Sutskever et al., 2013)."""

    learning_rate: float = 0.01
    momentum: float = 0.9
    v: Array = field(default_factory=_zero)

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.v = self.momentum * self.v - self.learning_rate * g
        return w + self.momentum * self.v - self.learning_rate * g


@dataclass
class Adagrad:
    """V ← V + g²;  w ← w − lr·g/(√V + ε) (Duchi et al., 2011)."""

    learning_rate: float = 0.01
    epsilon: float = 1e-7
    V: Array = field(default_factory=_zero)

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.V = self.V + g**2
        return w - self.learning_rate * g / (np.sqrt(self.V) + self.epsilon)


@dataclass
class RMSProp:
    """V ← β·V + (1−β)·g²;  w ← w − lr·g/(√V + ε) (Hinton, lecture 6e)."""

    learning_rate: float = 0.001
    beta: float = 0.9
    epsilon: float = 1e-7
    V: Array = field(default_factory=_zero)

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.V = self.beta * self.V + (1 - self.beta) * g**2
        return w - self.learning_rate * g / (np.sqrt(self.V) + self.epsilon)


@dataclass
class Adadelta:
    """V ← ρ·V + (1−ρ)·g²;  Δ = g·√(U + ε)/√(V + ε);  U ← ρ·U + (1−ρ)·Δ²;  w ← w − lr·Δ (Zeiler, 2012)."""

    learning_rate: float = 1.0
    rho: float = 0.95
    epsilon: float = 1e-7
    V: Array = field(default_factory=_zero)
    U: Array = field(default_factory=_zero)

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.V = self.rho * self.V + (1 - self.rho) * g**2
        delta = g * np.sqrt(self.U + self.epsilon) / np.sqrt(self.V + self.epsilon)
        self.U = self.rho * self.U + (1 - self.rho) * delta**2
        return w - self.learning_rate * delta


@dataclass
class Adam:
    """m̂ = m/(1−β₁ᵗ), V̂ = V/(1−β₂ᵗ);  w ← w − lr·m̂/(√V̂ + ε) (Kingma & Ba, 2014, algorithm 1).

    With ``weight_decay`` λ, w ← w − lr·λ·w comes first: AdamW (Loshchilov & Hutter, 2019).
    """

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    weight_decay: float = 0.0
    m: Array = field(default_factory=_zero)
    V: Array = field(default_factory=_zero)
    t: int = 0

    def step(self, w: Array, g: Array) -> Array:
        """Return the weights after one step."""
        self.t += 1
        w = w - self.learning_rate * self.weight_decay * w
        self.m = self.beta_1 * self.m + (1 - self.beta_1) * g
        self.V = self.beta_2 * self.V + (1 - self.beta_2) * g**2
        corrected_m = self.m / (1 - self.beta_1**self.t)
        corrected_v = self.V / (1 - self.beta_2**self.t)
        return w - self.learning_rate * corrected_m / (np.sqrt(corrected_v) + self.epsilon)
