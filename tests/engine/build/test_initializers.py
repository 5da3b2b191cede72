"""Initial weights spread as their rule says."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras.src.initializers.random_initializers import compute_fans as keras_fans

from engine.build.objects import make
from engine.spec.initializers import Initializer, RandomNormal, RandomUniform, VarianceScaling, fans

FAN_IN, FAN_OUT = 400, 300
ALL = [
    *(member() for member in Initializer.members.values()),
    RandomNormal(stddev=1.0),
    RandomUniform(minval=-1.0, maxval=2.0),
    VarianceScaling(scale=2.0),  # the notes' √(2/n)
    VarianceScaling(distribution="uniform"),
    VarianceScaling(distribution="truncated_normal", mode="fan_out"),
    VarianceScaling(mode="fan_avg"),
]


@pytest.mark.parametrize("initializer", ALL, ids=repr)
def test_the_standard_deviation_is_that_of_the_rule(initializer):
    weights = np.asarray(make(initializer.keras_call(seed=1))((FAN_IN, FAN_OUT)))
    assert weights.std() == pytest.approx(initializer.standard_deviation(FAN_IN, FAN_OUT), rel=0.01, abs=1e-9)


def test_the_notes_rule_is_the_plain_one():
    assert VarianceScaling().standard_deviation(100, 7) == pytest.approx(0.1)
    # FACTS: Keras' truncated normal of std 0.01 has a real one of 0.0088; RandomNormal's is what it says.
    truncated = np.asarray(keras.initializers.TruncatedNormal(stddev=0.01, seed=1)((FAN_IN, FAN_OUT)))
    assert truncated.std() == pytest.approx(0.0088, rel=0.01)


def test_the_seed_decides():
    one, same, other = (np.asarray(make(RandomNormal().keras_call(seed))((9, 9))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("shape", [(5,), (7, 3), (3, 2, 4, 8)], ids=str)
def test_fans_are_counted_as_keras_counts_them(shape):
    assert fans(shape) == keras_fans(shape)
