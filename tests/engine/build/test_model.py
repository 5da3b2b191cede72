"""What is built is what the spec said: shapes, parameters, seeds, and the dropout that XLA is good at."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.build import devices
from engine.build.model import build
from engine.build.objects import make
from engine.build.under_xla import SUBSTITUTES
from engine.spec.call import KerasCall
from engine.spec.calls import layer_seed
from engine.spec.check import check
from engine.spec.document import load, presets, with_settings
from engine.spec.layers import Layer
from engine.spec.layers.layer import Weighted


def assert_as_the_spec_says(checked):
    """Shapes, parameters, and how many of them are learnt, of every layer."""
    model = build(checked.experiment_or_raise(), jit=False).model
    rows = [row for row in checked.rows if row.layer.type_name != "input"]
    assert [layer.output.shape[1:] for layer in model.layers] == [row.shape for row in rows]
    assert [layer.count_params() for layer in model.layers] == [row.parameters for row in rows]
    learnt = [sum(math.prod(weight.shape) for weight in layer.trainable_weights) for layer in model.layers]
    assert learnt == [row.parameters - row.statistics for row in rows]
    for layer, row in zip(model.layers, rows, strict=True):
        if isinstance(row.layer, Weighted):
            shapes = [tuple(weight.shape) for weight in layer.trainable_weights]
            assert shapes == list(row.layer.variables(row.before).values())[: len(shapes)]


@pytest.mark.parametrize("name", presets())
def test_presets_have_the_shapes_and_counts_that_the_spec_says(name):
    assert_as_the_spec_says(check(load(name)))


sides = st.integers(1, 7)
padding = st.sampled_from(["valid", "same"])


def layer(type_name, **knobs):
    return st.fixed_dictionaries({"type": st.just(type_name), **knobs})


on_images = st.one_of(
    layer(
        "conv2d",
        filters=st.integers(1, 4),
        kernel_size=st.lists(sides, min_size=2, max_size=2),
        strides=st.lists(st.integers(1, 3), min_size=2, max_size=2),
        padding=padding,
        use_bias=st.booleans(),
    ),
    layer("max_pooling2d", pool_size=st.lists(sides, min_size=2, max_size=2), padding=padding),
    layer("average_pooling2d", pool_size=st.integers(1, 3), strides=st.integers(1, 3), padding=padding),
)
on_sequences = layer("lstm", units=st.integers(1, 5), use_bias=st.booleans(), return_sequences=st.just(True))
on_vectors = layer("dense", units=st.integers(1, 30), use_bias=st.booleans())
anywhere = st.one_of(
    layer("batch_normalization", center=st.booleans(), scale=st.booleans()),
    layer("dropout", rate=st.sampled_from([0.0, 0.5])),
    layer("activation", activation=st.sampled_from(["relu", "gelu", "softmax"])),
)


def some(layers):
    return st.lists(layers | anywhere, max_size=3)


bodies = st.one_of(
    st.tuples(
        st.just([{"type": "reshape", "target_shape": [28, 28, 1]}]),
        some(on_images),
        st.sampled_from([[{"type": "flatten"}], [{"type": "global_average_pooling2d"}]]),
        some(on_vectors),
    ),
    st.tuples(st.just([{"type": "input"}]), some(on_sequences), st.just([{"type": "flatten"}]), some(on_vectors)),
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(bodies)
def test_shapes_and_counts_are_keras_own(parts):
    document = load("notes-baseline")
    document["model"]["layers"] = [*(each for part in parts for each in part), {"type": "dense", "units": 10}]
    checked = check(document)
    if checked.experiment is None:  # a window larger than what is left of the image
        assert any("larger than its input" in problem.message for problem in checked.problems)
    else:
        assert_as_the_spec_says(checked)


def test_equal_experiments_have_equal_weights():
    experiment = check(load("notes-baseline")).experiment_or_raise()
    first, second = build(experiment, jit=True), build(experiment, jit=True)
    for a, b in zip(first.variables, second.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_adding_a_layer_leaves_the_weights_before_it_alone():
    document = load("notes-baseline")
    before = build(check(document).experiment_or_raise(), jit=True).model
    document["model"]["layers"].insert(2, {"type": "dropout"})
    after = build(check(document).experiment_or_raise(), jit=True).model
    np.testing.assert_array_equal(before.layers[1].kernel, after.layers[1].kernel)


def test_seeds_differ_between_layers_and_runs():
    seeds = {layer_seed(seed, index) for seed in range(3) for index in range(20)}
    assert len(seeds) == 60
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_calls_within_calls_are_made_first():
    layer = make(KerasCall("layers.Dense", {"units": 2, "kernel_initializer": KerasCall("initializers.Zeros")}))
    layer.build((None, 3))
    assert not np.any(layer.kernel)


@pytest.mark.parametrize("kind", [kind for kind in Layer.members if kind != "input"])
def test_every_layer_can_be_made(kind):
    assert make(Layer.members[kind]().keras_call(seed=1)).__class__.__name__ == Layer.members[kind].__name__


def test_the_optimizer_is_keras_own_with_the_given_knobs():
    settings = ["compile.optimizer.type=sgd", "compile.optimizer.momentum=0.9", "compile.optimizer.learning_rate=0.5"]
    document = with_settings({**load("notes-baseline"), "compile": {}}, settings)
    optimizer = build(check(document).experiment_or_raise(), jit=True).optimizer
    assert (optimizer.__class__.__name__, optimizer.momentum) == ("SGD", 0.9)
    assert float(optimizer.learning_rate) == 0.5


def test_substitutes_stand_only_where_xla_compiles_and_change_no_name(monkeypatch):
    monkeypatch.setattr(devices, "on_gpu", lambda: False)  # where there is one, Keras' own layers are fast
    experiment = check(load("cnn-small")).experiment_or_raise()
    fast, plain = build(experiment, jit=True), build(experiment, jit=False)
    ours = tuple(SUBSTITUTES.values())
    assert not any(isinstance(layer, ours) for layer in plain.model.layers)
    assert sum(isinstance(layer, ours) for layer in fast.model.layers) == 5  # two of each, and the dropout
    # A checkpoint fits both.
    assert [variable.path for variable in fast.variables] == [variable.path for variable in plain.variables]


def test_the_precision_of_one_model_is_not_that_of_the_next():
    document = with_settings(load("notes-baseline"), ["compile.precision=mixed_bfloat16"])
    mixed = build(check(document).experiment_or_raise(), jit=False).model
    after = build(check(load("notes-baseline")).experiment_or_raise(), jit=False).model
    assert (mixed.layers[1].compute_dtype, mixed.layers[1].variable_dtype) == ("bfloat16", "float32")
    assert after.layers[1].compute_dtype == "float32"


def test_every_random_number_of_a_model_follows_from_the_seed():
    document = load("notes-baseline")
    document["model"]["layers"][1:1] = [
        {"type": "reshape", "target_shape": [28, 28]},
        {"type": "lstm", "units": 4},
        {"type": "dropout"},
        {"type": "dense", "bias_initializer": {"type": "random_normal"}, "kernel_initializer": {"type": "orthogonal"}},
    ]
    experiment = check(document).experiment_or_raise()
    random.seed(1)
    one = build(experiment, jit=False)
    random.seed(2)  # Keras draws what has no seed from here
    other = build(experiment, jit=False)
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=a.path)
