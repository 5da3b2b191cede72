"""Rules that watch a number from epoch to epoch, and act when it no longer gets better.

They are those of keras.callbacks.EarlyStopping and ReduceLROnPlateau, without Keras: a test holds them against each
other. https://keras.io/api/callbacks/.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.runs.events import Epoch
from engine.spec.fit import EarlyStopping, Monitor, ReduceOnPlateau


def monitored(monitor: Monitor, epoch: Epoch, accuracy: str) -> float | None:
    """Return what is watched in an epoch; None where it was not validated.

    Args:
        monitor: "val_loss", "loss", "val_accuracy" or "accuracy".
        epoch: what the epoch came to.
        accuracy: the name of the metric that is the accuracy.
    """
    metrics = epoch.validation if monitor.startswith("val_") else epoch.train
    return metrics.get("loss" if monitor.endswith("loss") else accuracy)


@dataclass
class Watch:
    """Knows the best value so far, and how many epochs ago it was."""

    falling: bool
    min_delta: float
    best: float | None = None
    epochs_since: int = 0

    def better(self, value: float) -> bool:
        """Say whether this is progress, and remember it."""
        if self.best is None or (
            value + self.min_delta < self.best if self.falling else value - self.min_delta > self.best
        ):
            self.best, self.epochs_since = value, 0
            return True
        self.epochs_since += 1
        return False


class EarlyStop:
    """Ends training after `patience` epochs without progress."""

    def __init__(self, knobs: EarlyStopping) -> None:
        self.knobs = knobs
        self.best_epoch = 0
        self._watch = Watch(knobs.monitor.endswith("loss"), knobs.min_delta)

    def after(self, epoch: int, value: float) -> bool:
        """Learn the value of an epoch, counted from 1; say whether training shall end."""
        if self._watch.better(value):
            self.best_epoch = epoch
            return False
        # Keras never ends after the first epoch, whatever the patience.
        return self._watch.epochs_since >= self.knobs.patience and epoch > 1

    @property
    def why(self) -> str:
        """What was waited for."""
        epochs, best = self._watch.epochs_since, self._watch.best
        waited = f"{epochs} epoch{'s' * (epochs != 1)}"
        return f"{self.knobs.monitor} no better for {waited} than {best:.4f} in epoch {self.best_epoch}"


class Plateau:
    """Lowers the learning rate after `patience` epochs without progress."""

    def __init__(self, knobs: ReduceOnPlateau) -> None:
        self.knobs = knobs
        self._watch = Watch(knobs.monitor.endswith("loss"), knobs.min_delta)
        self._cooldown = 0

    def after(self, value: float, learning_rate: float) -> float | None:
        """Learn the value of an epoch; return the lower learning rate, or None where it stays."""
        if self._cooldown > 0:
            self._cooldown -= 1
            self._watch.epochs_since = 0
        if self._watch.better(value):
            return None
        if self._cooldown > 0:
            self._watch.epochs_since = 0  # what was just counted does not count while it cools
            return None
        if self._watch.epochs_since < self.knobs.patience:
            return None
        # Compared as Keras does, in the 32 bits of the variable, so that the lowest rate is reached once.
        if np.float32(learning_rate) <= np.float32(self.knobs.min_learning_rate):
            return None
        self._cooldown, self._watch.epochs_since = self.knobs.cooldown, 0
        return max(learning_rate * self.knobs.factor, self.knobs.min_learning_rate)
