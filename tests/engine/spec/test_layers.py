"""What each layer does to a shape, and how many values it learns."""

from __future__ import annotations

import typing

import pytest

from engine.spec.call import KerasCall
from engine.spec.layers import (
    LSTM,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    Layer,
    LayerError,
    MaxPooling2D,
    Reshape,
)
from engine.spec.layers.layer import ACTIVATION_RULES, ActivationName


@pytest.mark.parametrize(
    ("layer", "shape", "output", "parameters"),
    [
        (Flatten(), (28, 28), (784,), 0),
        (Flatten(), (5, 5, 32), (800,), 0),
        (Reshape(), (28, 28), (28, 28, 1), 0),
        (Reshape(target_shape=(7, 112)), (784,), (7, 112), 0),
        (Dense(units=128), (784,), (128,), 100_480),
        (Dense(units=10, use_bias=False), (128,), (10,), 1280),
        (Dropout(), (64,), (64,), 0),
        (Dropout(), (28, 28, 1), (28, 28, 1), 0),
        (Conv2D(filters=16), (28, 28, 1), (26, 26, 16), 160),
        (Conv2D(filters=16, padding="same"), (28, 28, 1), (28, 28, 16), 160),
        (Conv2D(filters=8, kernel_size=(5, 3), strides=(2, 3), use_bias=False), (28, 28, 3), (12, 9, 8), 360),
        (Conv2D(filters=4, kernel_size=(9, 9), strides=(4, 4), padding="same"), (7, 6, 1), (2, 2, 4), 328),
        (MaxPooling2D(), (26, 26, 16), (13, 13, 16), 0),
        (MaxPooling2D(), (5, 5, 1), (2, 2, 1), 0),
        (MaxPooling2D(padding="same"), (5, 5, 1), (3, 3, 1), 0),
        (MaxPooling2D(pool_size=(3, 3), strides=(1, 1)), (5, 5, 1), (3, 3, 1), 0),
        (AveragePooling2D(padding="same"), (5, 5, 2), (3, 3, 2), 0),
        (GlobalAveragePooling2D(), (5, 5, 32), (32,), 0),
        (BatchNormalization(), (13, 13, 16), (13, 13, 16), 64),
        (BatchNormalization(center=False, scale=False), (128,), (128,), 256),
        (Activation(), (3, 4), (3, 4), 0),
        (Input(), (28, 28), (28, 28), 0),
        (LSTM(units=64), (28, 28), (64,), 23_808),
        (LSTM(units=8, return_sequences=True, use_bias=False), (28, 28), (28, 8), 1152),
    ],
)
def test_shapes_and_parameters(layer, shape, output, parameters):
    assert layer.output_shape(shape) == output
    assert layer.parameters(shape) == parameters


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (Dense(), (28, 28), "needs a vector, gets 28×28"),
        (Conv2D(), (784,), "needs height × width × channels, gets 784"),
        (Conv2D(kernel_size=(40, 40)), (28, 28, 1), "larger than its input 28×28"),
        (MaxPooling2D(pool_size=(6, 6)), (5, 5, 8), "choose at most 5×5"),
        (Reshape(target_shape=(28, 27)), (28, 28), "choose a target shape of 784 values"),
        (GlobalAveragePooling2D(), (28, 28), "needs height × width × channels, gets 28×28"),
        (LSTM(), (784,), "needs steps × features, gets 784"),
    ],
)
def test_a_layer_that_cannot_work_says_what_to_do(layer, shape, words):
    with pytest.raises(LayerError, match=words):
        layer.output_shape(shape)


def test_one_number_stands_for_a_square():
    layer = Layer.model_validate({"type": "conv2d", "kernel_size": 5})
    assert isinstance(layer, Conv2D)
    assert layer.kernel_size == (5, 5)


def test_the_type_is_keras_own_name_in_snake_case():
    assert set(Layer.members) >= {"flatten", "dense", "conv2d", "max_pooling2d", "dropout", "reshape"}


def test_every_layer_describes_its_keras_call_with_its_seed():
    call = Dense(units=3, activation="tanh").keras_call(seed=7)
    assert call.path == "layers.Dense"
    assert call.arguments["units"] == 3
    assert call.arguments["kernel_initializer"] == KerasCall("initializers.GlorotUniform", {"seed": 7})
    assert call.arguments["kernel_regularizer"] is None
    for member in Layer.members.values():
        assert member().keras_call(seed=1).path == f"layers.{member.__name__}"


def test_every_activation_has_its_rule():
    assert tuple(ACTIVATION_RULES) == typing.get_args(ActivationName)
