"""What is drawn is what is trained with: each schedule in plain Python against its Keras object, step by step."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from engine.build.objects import make
from engine.build.schedules import OneCycle as KerasOneCycle
from engine.spec.call import KerasCall
from engine.spec.schedules import Constant, Cosine, Exponential, Length, OneCycle, Schedule, Step

LENGTH = Length(epochs=4, steps_per_epoch=7)
ALL = [
    Constant(), Step(), Step(every=1, factor=0.3), Exponential(), Exponential(factor=1.1),
    Cosine(), Cosine(warmup_epochs=1.5), Cosine(warmup_epochs=1.0, alpha=0.2), OneCycle(), OneCycle(warmup=0.6),
]  # fmt: skip


@pytest.mark.parametrize("schedule", ALL, ids=repr)
def test_the_curve_is_keras_own(schedule):
    call = schedule.keras_call(0.02, LENGTH)
    object_ = make(call) if isinstance(call, KerasCall) else lambda step: call
    theirs = [float(object_(step)) for step in range(LENGTH.steps)]
    ours = [schedule.rate(0.02, step, LENGTH) for step in range(LENGTH.steps)]
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-9)


def test_every_schedule_is_compared():
    assert {schedule.type_name for schedule in ALL} == set(Schedule.members)


def test_one_cycle_survives_its_configuration():
    schedule = KerasOneCycle(0.1, 100, warmup=0.2)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert again.get_config() == schedule.get_config()
