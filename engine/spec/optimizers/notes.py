"""The notes' forms of the adaptive rules, where Keras' differ: ε stands beside the root, and V begins at 0."""

from __future__ import annotations

from engine.spec.knob import knob
from engine.spec.optimizers.adaptive import ADAGRAD_RATE, ADAPTIVE_RATE, BETA_1, BETA_2, RHO
from engine.spec.optimizers.optimizer import EPSILON, Optimizer


class NotesOptimizer(Optimizer, abstract=True):
    """Made by our own class of the same name: see engine/build/optimizers.py."""

    @classmethod
    def keras_path(cls) -> str:
        return f"nnplay.{cls.__name__}"


class NotesAdagrad(NotesOptimizer):
    """Adagrad as the notes write it (Duchi et al., 2011).

    V ← V + g²
    w ← w − lr·g/(√V + ε)

    Keras' Adagrad has ε within the root, √(V + ε), and its V begins at V₀ instead of 0, so its first steps are shorter.
    """

    learning_rate: float = knob(0.01, **ADAGRAD_RATE)
    epsilon: float = knob(1e-7, **EPSILON)


class NotesRMSprop(NotesOptimizer, type="notes_rmsprop"):
    """RMSProp as the notes write it (Hinton, lecture 6e).

    V ← β·V + (1−β)·g²
    w ← w − lr·g/(√V + ε)

    Keras' RMSprop has ε within the root, √(V + ε): there, weights whose gradients are below √ε take smaller steps.
    """

    learning_rate: float = knob(0.001, **ADAPTIVE_RATE)
    beta: float = knob(0.9, **{**RHO, "title": "β", "symbol": "β"})
    epsilon: float = knob(1e-7, **EPSILON)


class NotesAdam(NotesOptimizer):
    """Adam as the notes and the paper write it (Kingma & Ba, 2014, algorithm 1).

    m ← β₁·m + (1−β₁)·g
    V ← β₂·V + (1−β₂)·g²
    m̂ = m/(1−β₁ᵗ)
    V̂ = V/(1−β₂ᵗ)
    w ← w − lr·m̂/(√V̂ + ε)

    Keras' Adam adds ε to √V before that is corrected for its start: the same, but for gradients as small as ε.
    """

    learning_rate: float = knob(0.001, **ADAPTIVE_RATE)
    beta_1: float = knob(0.9, **BETA_1)
    beta_2: float = knob(0.999, **BETA_2)
    epsilon: float = knob(1e-7, **EPSILON)
