"""The notes' optimizers where Keras has another rule, as subclasses of Keras' own.

Clipping, weight decay and schedules are the base class's, as for every Keras optimizer. Each is registered, so that a
saved ``.keras`` file loads again. Exported scripts carry this source: keep its lines to 100 characters.
https://keras.io/api/optimizers/.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class MomentsOptimizer(keras.optimizers.Optimizer):
    """Keeps moments for each weight, zero at first, and takes numbers as arguments."""

    MOMENTS: tuple[str, ...] = ()
    NUMBERS: tuple[str, ...] = ()

    def __init__(self, learning_rate: Any, numbers: dict[str, float], **rest: Any) -> None:
        super().__init__(learning_rate=learning_rate, **rest)
        for name, value in numbers.items():
            setattr(self, name, value)

    def build(self, variables: Any) -> None:
        """Make the moments, one of each kind for each weight, of the weight's shape."""
        if self.built:
            return
        super().build(variables)
        self.moments = {m: self.add_optimizer_variables(variables, m) for m in self.MOMENTS}

    def moment(self, name: str, variable: Any) -> Any:
        """Return the moment of a weight."""
        return self.moments[name][self._get_variable_index(variable)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer."""
        return {**super().get_config(), **{name: getattr(self, name) for name in self.NUMBERS}}


@keras.saving.register_keras_serializable("nnplay")
class SGDM(MomentsOptimizer):
    """m ← β·m + (1−β)·g;  w ← w − lr·m. The learning rate may change: it is not inside the moment.

    Args:
        learning_rate: above 0, or a Keras schedule.
        beta: 0 to below 1.
    """

    MOMENTS = ("m",)
    NUMBERS = ("beta",)

    def __init__(self, learning_rate: Any = 0.01, beta: float = 0.9, **rest: Any) -> None:
        super().__init__(learning_rate, {"beta": beta}, **rest)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Make one step of one weight."""
        rate, g = ops.cast(learning_rate, variable.dtype), ops.cast(gradient, variable.dtype)
        m = self.moment("m", variable)
        self.assign_add(m, (g - m) * (1 - self.beta))
        self.assign_sub(variable, rate * m)


@keras.saving.register_keras_serializable("nnplay")
class NotesAdagrad(MomentsOptimizer):
    """V ← V + g²;  w ← w − lr·g/(√V + ε), with V from 0 (Duchi et al., 2011).

    ε stands beside the root, as the notes have it.

    Args:
        learning_rate: above 0, or a Keras schedule.
        epsilon: above 0.
    """

    MOMENTS = ("V",)
    NUMBERS = ("epsilon",)

    def __init__(self, learning_rate: Any = 0.01, epsilon: float = 1e-7, **rest: Any) -> None:
        super().__init__(learning_rate, {"epsilon": epsilon}, **rest)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Make one step of one weight."""
        rate, g = ops.cast(learning_rate, variable.dtype), ops.cast(gradient, variable.dtype)
        v = self.moment("V", variable)
        self.assign_add(v, ops.square(g))
        self.assign_sub(variable, rate * g / (ops.sqrt(v) + self.epsilon))


@keras.saving.register_keras_serializable("nnplay")
class NotesRMSprop(MomentsOptimizer):
    """V ← β·V + (1−β)·g²;  w ← w − lr·g/(√V + ε) (Hinton, lecture 6e).

    Args:
        learning_rate: above 0, or a Keras schedule.
        beta: 0 to below 1.
        epsilon: above 0.
    """

    MOMENTS = ("V",)
    NUMBERS = ("beta", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta: float = 0.9,
        epsilon: float = 1e-7,
        **rest: Any,
    ) -> None:
        super().__init__(learning_rate, {"beta": beta, "epsilon": epsilon}, **rest)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Make one step of one weight."""
        rate, g = ops.cast(learning_rate, variable.dtype), ops.cast(gradient, variable.dtype)
        v = self.moment("V", variable)
        self.assign_add(v, (ops.square(g) - v) * (1 - self.beta))
        self.assign_sub(variable, rate * g / (ops.sqrt(v) + self.epsilon))


@keras.saving.register_keras_serializable("nnplay")
class NotesAdam(MomentsOptimizer):
    """w ← w − lr·m̂/(√V̂ + ε), with m̂ = m/(1−β₁ᵗ), V̂ = V/(1−β₂ᵗ): Kingma & Ba, 2014, algorithm 1.

    Keras' Adam adds ε to √V, which is not corrected yet: the same where |g| is far above ε.

    Args:
        learning_rate: above 0, or a Keras schedule.
        beta_1, beta_2: 0 to below 1.
        epsilon: above 0.
    """

    MOMENTS = ("m", "V")
    NUMBERS = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **rest: Any,
    ) -> None:
        numbers = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
        super().__init__(learning_rate, numbers, **rest)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Make one step of one weight."""
        rate, g = ops.cast(learning_rate, variable.dtype), ops.cast(gradient, variable.dtype)
        t = ops.cast(self.iterations + 1, variable.dtype)
        m, v = self.moment("m", variable), self.moment("V", variable)
        self.assign_add(m, (g - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(g) - v) * (1 - self.beta_2))
        corrected_m = m / (1 - ops.power(ops.cast(self.beta_1, variable.dtype), t))
        corrected_v = v / (1 - ops.power(ops.cast(self.beta_2, variable.dtype), t))
        self.assign_sub(variable, rate * corrected_m / (ops.sqrt(corrected_v) + self.epsilon))
