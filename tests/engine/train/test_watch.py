"""Early stopping and the plateau rule decide as Keras' callbacks do."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.runs.events import Epoch
from engine.runs.standing import Watched
from engine.spec.fit import EarlyStopping, ReduceOnPlateau
from engine.train.watch import EarlyStop, Plateau, monitored

values = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.35, 0.4, 0.5]), min_size=1, max_size=12)
monitors = st.sampled_from(["val_loss", "val_accuracy"])


class Trained:
    """As much of a Keras model as the callbacks look at."""

    def __init__(self):
        self.optimizer = keras.optimizers.SGD(0.1)
        self.stop_training = False
        self.weights = 0

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values, monitors, st.integers(0, 3), st.sampled_from([0.0, 0.06]))
def test_early_stopping_ends_when_keras_would(numbers, monitor, patience, min_delta):
    callback = keras.callbacks.EarlyStopping(
        monitor, min_delta, patience, mode="min" if monitor == "val_loss" else "max", restore_best_weights=True
    )
    model = Trained()
    callback.set_model(model)
    callback.on_train_begin()
    ours = EarlyStop(EarlyStopping(monitor=monitor, patience=patience, min_delta=min_delta), Watched())
    for index, value in enumerate(numbers):
        callback.on_epoch_end(index, {monitor: value})
        assert ours.after(index + 1, value) == model.stop_training
        assert ours.best_epoch == callback.best_epoch + 1
        if model.stop_training:
            assert str(patience or 1) in ours.why
            return


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    values, monitors, st.integers(0, 3), st.integers(0, 2), st.sampled_from([0.0, 0.06]), st.sampled_from([0.0, 0.02])
)
def test_the_learning_rate_falls_when_keras_lowers_it(numbers, monitor, patience, cooldown, min_delta, lowest):
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor, factor=0.5, patience=patience, min_delta=min_delta, cooldown=cooldown, min_lr=lowest,
        mode="min" if monitor == "val_loss" else "max",
    )  # fmt: skip
    model = Trained()
    callback.set_model(model)
    callback.on_train_begin()
    knobs = ReduceOnPlateau(
        monitor=monitor, factor=0.5, patience=patience, min_delta=min_delta, cooldown=cooldown, min_learning_rate=lowest
    )
    ours, rate = Plateau(knobs, Watched()), 0.1
    for index, value in enumerate(numbers):
        callback.on_epoch_end(index, {monitor: value})
        rate = ours.after(value, rate) or rate
        assert rate == pytest.approx(float(model.optimizer.learning_rate), rel=1e-6)


def test_each_monitor_looks_where_its_name_says():
    epoch = Epoch(time=0, train={"loss": 1.0, "accuracy": 0.5}, validation={"loss": 2.0, "accuracy": 0.25}, seconds=1)
    found = {name: monitored(name, epoch, "accuracy") for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
    assert found == {"loss": 1.0, "accuracy": 0.5, "val_loss": 2.0, "val_accuracy": 0.25}
    assert monitored("val_loss", epoch.model_copy(update={"validation": {}}), "accuracy") is None
