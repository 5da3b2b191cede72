"""What stands in for Keras' layers under XLA gives what they give: outputs, and the gradients of everything."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.build.under_xla import SUBSTITUTES
from engine.build.under_xla.dropout import ThreefryDropout
from engine.build.under_xla.penalties import penalty

CASES = {
    "valid": ("layers.Conv2D", {"filters": 4, "kernel_size": 3, "activation": "relu"}, (9, 8, 3)),
    "same": ("layers.Conv2D", {"filters": 4, "kernel_size": (5, 2), "padding": "same"}, (9, 8, 3)),
    "strides": ("layers.Conv2D", {"filters": 4, "kernel_size": 3, "strides": (2, 3), "padding": "same"}, (9, 8, 3)),
    "point": ("layers.Conv2D", {"filters": 4, "kernel_size": 1, "use_bias": False}, (5, 5, 3)),
    "too many places": ("layers.Conv2D", {"filters": 2, "kernel_size": 8}, (9, 8, 3)),
    "max, too many places": ("layers.MaxPooling2D", {"pool_size": 8}, (9, 8, 3)),
    "max": ("layers.MaxPooling2D", {}, (9, 8, 3)),
    "max, overlapping": ("layers.MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, (9, 8, 3)),
    "max, same": ("layers.MaxPooling2D", {"pool_size": (2, 3), "padding": "same"}, (9, 8, 3)),
    "mean": ("layers.AveragePooling2D", {"pool_size": (2, 3)}, (9, 8, 3)),
    "mean, same": ("layers.AveragePooling2D", {"pool_size": 2, "padding": "same"}, (9, 9, 3)),
    "mean, overlapping": ("layers.AveragePooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}, (7, 8, 3)),
    "lstm": ("layers.LSTM", {"units": 5}, (6, 4)),
    "lstm, all steps": (
        "layers.LSTM",
        {"units": 5, "return_sequences": True, "activation": "relu", "use_bias": False},
        (6, 4),
    ),
}


def whole_numbers(*shape):
    """Values with many ties, as relu and coarse pixels have them."""
    return np.random.default_rng(0).integers(-2, 3, shape).astype(np.float32)


def results(layer, inputs, upstream, *, jit):
    """Return the outputs, the gradient of the inputs and those of the weights."""

    @tf.function(jit_compile=jit)
    def both(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs)
            goal = tf.reduce_sum(outputs * upstream)
        return outputs, *tape.gradient(goal, [inputs, *layer.trainable_weights])

    return [value.numpy() for value in both(tf.constant(inputs))]


@pytest.mark.parametrize("case", CASES)
def test_a_substitute_gives_what_keras_own_gives(case):
    path, knobs, shape = CASES[case]
    stock, ours = getattr(keras.layers, path.removeprefix("layers."))(**knobs), SUBSTITUTES[path](**knobs)
    inputs = whole_numbers(4, *shape)
    for layer in (stock, ours):
        layer.build((None, *shape))
    ours.set_weights(stock.get_weights())
    upstream = np.random.default_rng(1).normal(size=stock.compute_output_shape((4, *shape))).astype(np.float32)
    expected, found = results(stock, inputs, upstream, jit=False), results(ours, inputs, upstream, jit=True)
    assert len(expected) == len(found)
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("path", "knobs"),
    [
        ("regularizers.L1", {"l1": 0.1}),
        ("regularizers.L2", {"l2": 0.1}),
        ("regularizers.L1L2", {"l1": 0.1, "l2": 0.2}),
        ("regularizers.L1L2", {"l1": 0.0, "l2": 0.0}),
    ],
)
@pytest.mark.parametrize("shape", [(30, 7), (3, 3, 2, 5), (11,)], ids=str)
def test_a_penalty_is_keras_own(path, knobs, shape):
    weights = tf.constant(np.random.default_rng(0).normal(size=shape), tf.float32)
    stock, ours = getattr(keras.regularizers, path.removeprefix("regularizers."))(**knobs), SUBSTITUTES[path](**knobs)

    def with_gradient(penalty):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            value = tf.convert_to_tensor(penalty(weights))
        # Keras' own does not look at the weights where both factors are zero.
        return value, tape.gradient(value, weights, unconnected_gradients="zero")

    for a, b in zip(with_gradient(stock), with_gradient(ours), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_a_sum_of_many_values_loses_no_more_than_rounding():
    values = np.random.default_rng(0).random((784, 256)).astype(np.float32)
    assert float(penalty(tf.constant(values), 1.0, 0.0)) == pytest.approx(values.astype(np.float64).sum(), rel=1e-6)


def test_threefry_dropout_drops_the_rate_and_scales_the_rest():
    layer = ThreefryDropout(0.25, seed=3)
    ones = tf.ones((100, 400))
    dropped = tf.function(lambda: layer(ones, training=True), jit_compile=True)
    first, second = dropped().numpy(), dropped().numpy()
    assert set(np.unique(first)) == {np.float32(0), np.float32(1 / 0.75)}
    assert np.mean(first == 0) == pytest.approx(0.25, abs=0.01)
    assert not np.array_equal(first, second)  # its generator moves on
    np.testing.assert_array_equal(layer(ones, training=False), ones)
