"""The learning-rate schedules: a factor on the optimizer's learning rate, step by step.

Each says the rate of any step in plain Python, which draws its curve, and its Keras call, which trains with it; a test
holds the two against each other. https://keras.io/api/optimizers/learning_rate_schedules/.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.spec.call import KerasCall
from engine.spec.knob import Kind, knob

MOST_GROWTH = 6
"""A learning rate that grows by a million times helps nobody; one that grows on leaves the numbers of a computer."""


@dataclass(frozen=True)
class Length:
    """How long a run is: epochs, and the steps of each."""

    epochs: int
    steps_per_epoch: int

    @property
    def steps(self) -> int:
        """All steps."""
        return self.epochs * self.steps_per_epoch


class Schedule(Kind, family="schedule"):
    """How the learning rate changes while a model trains."""

    def rate(self, base: float, step: int, length: Length) -> float:
        """Return the learning rate of a step, counted from 0.

        Args:
            base: the optimizer's learning rate.
            step: from 0 to length.steps.
            length: of the whole run.
        """
        raise TypeError(f"{type(self).__name__} does not say the rate at {step} of {length} from {base}")

    def curve(self, base: float, length: Length, points: int) -> list[float]:
        """Return the learning rate at so many steps, the first and the last included: a preview."""
        last = length.steps - 1
        return [self.rate(base, round(index * last / max(points - 1, 1)), length) for index in range(points)]

    def keras_call(self, base: float, length: Length) -> float | KerasCall:
        """Return what Keras' optimizers take as ``learning_rate``."""
        raise TypeError(f"{type(self).__name__} does not say how Keras makes {length} from {base}")

    def problem(self, length: Length) -> str:
        """Return why it cannot work in a run of this length; empty where it can."""
        return ""


class Constant(Schedule):
    """lr stays as it is."""

    def rate(self, base: float, step: int, length: Length) -> float:
        return base

    def keras_call(self, base: float, length: Length) -> float | KerasCall:
        return base


class Step(Schedule):
    """Constant, then at once smaller, again and again.

    lr · factor^⌊epoch/every⌋
    """

    every: int = knob(2, title="every", help="epochs between two changes", symbol="every", ge=1, le=10_000)
    factor: float = knob(
        0.5, title="factor", help="what lr is multiplied by each time, above 0", symbol="factor", gt=0, le=10
    )

    def rate(self, base: float, step: int, length: Length) -> float:
        return base * self.factor ** (step // (self.every * length.steps_per_epoch))

    def keras_call(self, base: float, length: Length) -> float | KerasCall:
        return _decay(base, self.every * length.steps_per_epoch, self.factor, staircase=True)

    def problem(self, length: Length) -> str:
        return _growth(self.factor, length.epochs // self.every)


class Exponential(Schedule):
    """Smaller by the same factor each epoch, a little at every step.

    lr · factor^epoch
    """

    factor: float = knob(
        0.9, title="factor", help="what lr is multiplied by in an epoch, above 0", symbol="factor", gt=0, le=10
    )

    def rate(self, base: float, step: int, length: Length) -> float:
        return float(base * self.factor ** (step / length.steps_per_epoch))

    def keras_call(self, base: float, length: Length) -> float | KerasCall:
        return _decay(base, length.steps_per_epoch, self.factor, staircase=False)

    def problem(self, length: Length) -> str:
        return _growth(self.factor, length.epochs)


class Cosine(Schedule):
    """Up in a straight line while it warms up, then down along half a cosine (Loshchilov & Hutter, 2017).

    up: lr·epoch/warmup
    down: lr·(α + (1−α)·(1 + cos πs)/2)
    s from 0 to 1
    """

    warmup_epochs: float = knob(
        0.0, title="warm-up", help="epochs from 0 up to lr; 0: begin with lr", symbol="warmup", ge=0, le=10_000
    )
    alpha: float = knob(0.0, title="end", help="share of lr that is left at the end, 0 to 1", symbol="α", ge=0, le=1)

    def rate(self, base: float, step: int, length: Length) -> float:
        warmup = self._warmup(length)
        if step < warmup:
            return base * step / warmup
        progress = min(step - warmup, length.steps - warmup) / (length.steps - warmup)
        return base * ((1 - self.alpha) * 0.5 * (1 + math.cos(math.pi * progress)) + self.alpha)

    def keras_call(self, base: float, length: Length) -> float | KerasCall:
        warmup = self._warmup(length)
        rise = {"initial_learning_rate": 0.0, "warmup_target": base, "warmup_steps": warmup}
        arguments = rise if warmup else {"initial_learning_rate": base}
        arguments |= {"decay_steps": length.steps - warmup, "alpha": self.alpha}
        return KerasCall("optimizers.schedules.CosineDecay", arguments)

    def problem(self, length: Length) -> str:
        if self._warmup(length) < length.steps:
            return ""
        return (
            f"warms up for {self.warmup_epochs:g} of {length.epochs} epochs: choose fewer, so that some steps are left "
            "to go down"
        )

    def _warmup(self, length: Length) -> int:
        """Return how many steps go up."""
        return round(self.warmup_epochs * length.steps_per_epoch)


class OneCycle(Schedule):
    """Up to lr and down to nearly nothing, both along half a cosine (Smith, 2018): lr may be larger than usual.

    up: from lr/start to lr, for a share rise
    down: from lr to lr/end
    """

    warmup: float = knob(
        0.3, title="rise", help="share of all steps that go up, above 0 to below 1", symbol="rise", gt=0, lt=1
    )
    start_divisor: float = knob(25.0, title="start", help="begins at lr divided by this", symbol="start", ge=1, le=1e6)
    end_divisor: float = knob(1e5, title="end", help="ends at lr divided by this", symbol="end", ge=1, le=1e9)

    def rate(self, base: float, step: int, length: Length) -> float:
        rise = self.warmup * length.steps
        start, end = base / self.start_divisor, base / self.end_divisor
        if step < rise:
            return base + (start - base) * 0.5 * (1 + math.cos(math.pi * step / rise))
        return end + (base - end) * 0.5 * (1 + math.cos(math.pi * min((step - rise) / (length.steps - rise), 1)))

    def keras_call(self, base: float, length: Length) -> float | KerasCall:
        return KerasCall(
            "nnplay.OneCycle",
            {
                "max_learning_rate": base,
                "steps": length.steps,
                "warmup": self.warmup,
                "start_divisor": self.start_divisor,
                "end_divisor": self.end_divisor,
            },
        )


def _growth(factor: float, times: int) -> str:
    """Return what is wrong with multiplying so often; empty where nothing is."""
    digits = times * math.log10(factor)
    if digits <= MOST_GROWTH:
        return ""
    return f"makes the learning rate grow to 10^{digits:,.0f} times what it was: choose a factor nearer to 1, or below"


def _decay(base: float, steps: int, factor: float, *, staircase: bool) -> KerasCall:
    arguments = {"initial_learning_rate": base, "decay_steps": steps, "decay_rate": factor, "staircase": staircase}
    return KerasCall("optimizers.schedules.ExponentialDecay", arguments)
