"""The learning-rate schedule that Keras has not. Exported scripts carry this source: keep lines to 100 characters."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("nnplay")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Up to a maximum and down to nearly nothing, both along half a cosine (Smith, 2018).

    https://arxiv.org/abs/1708.07120.

    Args:
        max_learning_rate: above 0; reached after the share ``warmup`` of all steps.
        steps: of the whole run, at least 1.
        warmup: above 0 to below 1.
        start_divisor, end_divisor: what the maximum is divided by at the start and at the end;
            at least 1.
    """

    def __init__(
        self,
        max_learning_rate: float,
        steps: int,
        warmup: float = 0.3,
        start_divisor: float = 25.0,
        end_divisor: float = 1e5,
    ) -> None:
        super().__init__()
        self.max_learning_rate = max_learning_rate
        self.steps = steps
        self.warmup = warmup
        self.start_divisor = start_divisor
        self.end_divisor = end_divisor

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, counted from 0."""
        top, rise = self.max_learning_rate, self.warmup * self.steps
        start, end = top / self.start_divisor, top / self.end_divisor
        step = ops.cast(step, "float32")
        up = top + (start - top) * _half_cosine(step / rise)
        down = end + (top - end) * _half_cosine((step - rise) / (self.steps - rise))
        return ops.where(step < rise, up, down)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        names = ("max_learning_rate", "steps", "warmup", "start_divisor", "end_divisor")
        return {name: getattr(self, name) for name in names}


def _half_cosine(progress: Any) -> Any:
    """Fall from 1 at progress 0 to 0 at progress 1."""
    return 0.5 * (1.0 + ops.cos(math.pi * ops.clip(progress, 0.0, 1.0)))
