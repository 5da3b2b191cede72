"""Rules that watch a number from epoch to epoch, and act when it no longer gets better.

They are those of keras.callbacks.EarlyStopping and ReduceLROnPlateau, without Keras: a test holds them against each
other. https://keras.io/api/callbacks/. What they know is in the run's `Standing`, so it is in every checkpoint.
"""

from __future__ import annotations

import numpy as np

from engine.runs.events import Epoch
from engine.runs.standing import Watched
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


def _better(watched: Watched, value: float, *, falling: bool, min_delta: float) -> bool:
    """Say whether a value is progress, and remember it."""
    if watched.best is None or (value + min_delta < watched.best if falling else value - min_delta > watched.best):
        watched.best, watched.epochs_since = value, 0
        return True
    watched.epochs_since += 1
    return False


class EarlyStop:
    """Ends training after `patience` epochs without progress."""

    def __init__(self, knobs: EarlyStopping, watched: Watched) -> None:
        self.knobs = knobs
        self._watched = watched

    @property
    def best_epoch(self) -> int:
        """The epoch with the best value so far; 0 before the first."""
        return self._watched.best_epoch

    def after(self, epoch: int, value: float) -> bool:
        """Learn the value of an epoch, counted from 1; say whether training shall end."""
        falling = self.knobs.monitor.endswith("loss")
        if _better(self._watched, value, falling=falling, min_delta=self.knobs.min_delta):
            self._watched.best_epoch = epoch
            return False
        # Keras never ends after the first epoch, whatever the patience.
        return self._watched.epochs_since >= self.knobs.patience and epoch > 1

    @property
    def why(self) -> str:
        """What was waited for."""
        epochs, best = self._watched.epochs_since, self._watched.best
        waited = f"{epochs} epoch{'s' * (epochs != 1)}"
        return f"{self.knobs.monitor} no better for {waited} than {best:.4f} in epoch {self.best_epoch}"


class Plateau:
    """Lowers the learning rate after `patience` epochs without progress."""

    def __init__(self, knobs: ReduceOnPlateau, watched: Watched) -> None:
        self.knobs = knobs
        self._watched = watched

    def after(self, value: float, learning_rate: float) -> float | None:
        """Learn the value of an epoch; return the lower learning rate, or None where it stays."""
        knobs, watched = self.knobs, self._watched
        if watched.cooldown > 0:
            watched.cooldown -= 1
            watched.epochs_since = 0
        if _better(watched, value, falling=knobs.monitor.endswith("loss"), min_delta=knobs.min_delta):
            return None
        if watched.cooldown > 0:
            watched.epochs_since = 0  # what was just counted does not count while it cools
            return None
        if watched.epochs_since < knobs.patience:
            return None
        # Compared as Keras does, in the 32 bits of the variable, so that the lowest rate is reached once.
        if np.float32(learning_rate) <= np.float32(knobs.min_learning_rate):
            return None
        watched.cooldown, watched.epochs_since = knobs.cooldown, 0
        return max(learning_rate * knobs.factor, knobs.min_learning_rate)
