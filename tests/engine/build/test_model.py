"""What is built is what the spec said: shapes, parameters, seeds, and the dropout that XLA is good at."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.build.dropout import ThreefryDropout
from engine.build.model import build, layer_seed
from engine.build.objects import make
from engine.spec.call import KerasCall
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.layers import Layer


@pytest.mark.parametrize("name", ["notes-baseline", "cnn-small"])
def test_presets_have_the_shapes_and_counts_that_the_spec_says(name):
    checked = check(load(name))
    model = build(checked.experiment_or_raise()).model
    assert [layer.output.shape[1:] for layer in model.layers] == [row.shape for row in checked.rows]
    assert [layer.count_params() for layer in model.layers] == [row.parameters for row in checked.rows]


sides = st.integers(1, 7)
convolution = st.fixed_dictionaries(
    {
        "type": st.just("conv2d"),
        "filters": st.integers(1, 4),
        "kernel_size": st.lists(sides, min_size=2, max_size=2),
        "strides": st.lists(st.integers(1, 3), min_size=2, max_size=2),
        "padding": st.sampled_from(["valid", "same"]),
        "use_bias": st.booleans(),
    }
).filter(lambda layer: layer["padding"] == "valid" or min(layer["strides"]) >= 1)
pooling = st.fixed_dictionaries(
    {
        "type": st.just("max_pooling2d"),
        "pool_size": st.lists(sides, min_size=2, max_size=2),
        "padding": st.sampled_from(["valid", "same"]),
    }
)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(convolution | pooling, min_size=1, max_size=4), st.integers(1, 30))
def test_shapes_and_counts_are_keras_own(middle, units):
    document = load("notes-baseline")
    document["model"]["layers"] = [
        {"type": "reshape", "target_shape": [28, 28, 1]},
        *middle,
        {"type": "flatten"},
        {"type": "dense", "units": units},
        {"type": "dense", "units": 10},
    ]
    checked = check(document)
    if checked.experiment is None:  # a window larger than what is left of the image
        assert any("larger than its input" in problem.message for problem in checked.problems)
        return
    model = build(checked.experiment).model
    assert [layer.output.shape[1:] for layer in model.layers] == [row.shape for row in checked.rows]
    assert [layer.count_params() for layer in model.layers] == [row.parameters for row in checked.rows]


def test_equal_experiments_have_equal_weights():
    experiment = check(load("notes-baseline")).experiment_or_raise()
    first, second = build(experiment), build(experiment)
    for a, b in zip(first.variables, second.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_adding_a_layer_leaves_the_weights_before_it_alone():
    document = load("notes-baseline")
    before = build(check(document).experiment_or_raise()).model
    document["model"]["layers"].insert(2, {"type": "dropout"})
    after = build(check(document).experiment_or_raise()).model
    np.testing.assert_array_equal(before.layers[1].kernel, after.layers[1].kernel)


def test_seeds_differ_between_layers_and_runs():
    seeds = {layer_seed(seed, index) for seed in range(3) for index in range(20)}
    assert len(seeds) == 60
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_calls_within_calls_are_made_first():
    layer = make(KerasCall("layers.Dense", {"units": 2, "kernel_initializer": KerasCall("initializers.Zeros")}))
    layer.build((None, 3))
    assert not np.any(layer.kernel)


@pytest.mark.parametrize("kind", Layer.members)
def test_every_layer_can_be_made(kind):
    assert make(Layer.members[kind]().keras_call(seed=1)).__class__.__name__ == Layer.members[kind].__name__


def test_the_optimizer_is_keras_own_with_the_given_knobs():
    settings = ["compile.optimizer.type=sgd", "compile.optimizer.momentum=0.9", "compile.optimizer.learning_rate=0.5"]
    document = with_settings({**load("notes-baseline"), "compile": {}}, settings)
    optimizer = build(check(document).experiment_or_raise()).optimizer
    assert (optimizer.__class__.__name__, optimizer.momentum) == ("SGD", 0.9)
    assert float(optimizer.learning_rate) == 0.5


def test_threefry_dropout_drops_the_rate_and_scales_the_rest():
    layer = ThreefryDropout(0.25, seed=3)
    ones = tf.ones((100, 400))
    dropped = tf.function(lambda: layer(ones, training=True), jit_compile=True)
    first, second = dropped().numpy(), dropped().numpy()
    assert set(np.unique(first)) == {np.float32(0), np.float32(1 / 0.75)}
    assert np.mean(first == 0) == pytest.approx(0.25, abs=0.01)
    assert not np.array_equal(first, second)  # its generator moves on
    np.testing.assert_array_equal(layer(ones, training=False), ones)


def test_the_fast_dropout_stands_only_where_xla_compiles():
    dense = load("notes-baseline")
    dense["model"]["layers"].insert(1, {"type": "dropout"})
    built = build(check(dense).experiment_or_raise())
    assert built.jit
    assert isinstance(built.model.layers[1], ThreefryDropout)
    built = build(check(load("cnn-small")).experiment_or_raise())
    if not built.jit:  # a GPU would compile it
        assert not any(isinstance(layer, ThreefryDropout) for layer in built.model.layers)
