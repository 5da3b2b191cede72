"""The compiled loop does what Keras' own ``fit`` does, step for step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from engine.build.model import build
from engine.spec.losses import Loss
from engine.spec.optimizers import Optimizer
from engine.spec.schedules import Schedule
from engine.train import loop
from tests.engine.train.conftest import CONVOLUTION, DENSE

BATCH = 32
IMAGE = {"type": "reshape", "target_shape": [28, 28, 1]}
NORMALIZED = (
    {"type": "input"},
    {"type": "flatten"},
    {
        "type": "dense",
        "units": 12,
        "kernel_regularizer": {"type": "l2", "strength": 1e-3},
        "bias_regularizer": {"type": "l1", "strength": 1e-3},
        "activity_regularizer": {"type": "l1", "strength": 1e-4},
        "bias_initializer": {"type": "random_normal"},
    },
    {"type": "batch_normalization", "momentum": 0.9},
    {"type": "activation", "activation": "tanh"},
    {"type": "dropout", "rate": 0.2},
    {"type": "dense", "units": 12, "kernel_regularizer": {"type": "orthogonal"}},
    {"type": "activation", "activation": "leaky_relu"},
)
POOLED = (
    IMAGE,
    {"type": "conv2d", "filters": 4, "strides": 2, "padding": "same", "kernel_regularizer": {"type": "l1_l2"}},
    {"type": "batch_normalization"},
    {"type": "activation"},
    {"type": "average_pooling2d"},
    {"type": "conv2d", "filters": 6, "activity_regularizer": {"type": "l2", "strength": 1e-4}},
    {"type": "global_average_pooling2d"},
)
RECURRENT = (
    {"type": "reshape", "target_shape": [14, 56]},
    {"type": "lstm", "units": 6, "return_sequences": True, "recurrent_regularizer": {"type": "l2"}},
    {"type": "lstm", "units": 6},
)
MODELS = {
    "dense": DENSE,
    "convolution": CONVOLUTION,
    "normalized": NORMALIZED,
    "pooled": POOLED,
    "recurrent": RECURRENT,
}


@pytest.fixture
def even(data):
    """As many images as batches of 32 divide: one shape is compiled, not two."""
    return replace(data, train=data.train.part(0, 96))


def train_by_loop(experiment, data, *, jit, chunks=(1, 2)):
    built = build(experiment, jit=jit)
    steps = loop.train_function(built, loop.OnDevice.put(data.train, experiment))
    total = loop.Sums.none(len(built.metrics))
    for part in loop.cut(np.arange(len(data.train), dtype=np.int32), BATCH):
        done = 0
        for count in (*chunks, 99):
            count = min(count, part.steps - done)  # noqa: PLW2901
            if count:
                rows = steps(part, tf.constant(done), tf.constant(count)).numpy()[done : done + count]
                total = total.after(rows, part.size)
                done += count
    return built, total


def train_by_fit(experiment, data):
    built = build(experiment, jit=False)
    built.model.compile(optimizer=built.optimizer, loss=built.loss, metrics=["accuracy"], jit_compile=False)
    images = tf.cast(data.train.images, tf.float32) * experiment.data.rescale
    labels = tf.one_hot(data.train.labels, 10) if built.one_hot else data.train.labels
    return built, built.model.fit(images, labels, batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history


def assert_equals_fit(experiment, data):
    """All state, the optimizer's and the random generators' included, with no tolerance."""
    ours, total = train_by_loop(experiment, data, jit=False)
    theirs, log = train_by_fit(experiment, data)
    for a, b in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=a.path)
    loss, _, accuracy = total.means
    assert loss == pytest.approx(log["loss"][0], rel=1e-5)
    assert accuracy == pytest.approx(log["accuracy"][0], rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_without_jit_all_state_equals_that_of_fit(make, data, model):
    assert_equals_fit(make(layers=MODELS[model]), data)


@pytest.mark.parametrize("optimizer", Optimizer.members)
def test_so_it_does_with_every_optimizer_clipped_and_scheduled(make, even, optimizer):
    settings = (
        f"compile.optimizer={{type='{optimizer}', clipnorm=0.5, weight_decay=0.01}}",
        "compile.schedule={type='cosine', warmup_epochs=0.5}",
    )
    assert_equals_fit(make(*settings), even)


@pytest.mark.parametrize("schedule", Schedule.members)
def test_so_it_does_with_every_schedule(make, even, schedule):
    assert_equals_fit(make("compile.optimizer.type=momentum", f"compile.schedule.type={schedule}"), even)


@pytest.mark.parametrize("loss", Loss.members)
def test_so_it_does_with_every_loss(make, even, loss):
    assert_equals_fit(make(f"compile.loss.type={loss}"), even)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_so_it_does_with_mixed_precision(make, even, precision):
    assert_equals_fit(make(f"compile.precision={precision}"), even)


def test_penalties_of_both_precisions_add_up(make, even):
    # Keras' own fit cannot add them: that of weights is in 32 bits, that of activity in 16.
    penalised = {"kernel_regularizer": {"type": "l2"}, "activity_regularizer": {"type": "l1", "strength": 1e-4}}
    layers = [{"type": "flatten"}, {"type": "dense", "units": 12, **penalised}]
    experiment = make("compile.precision=mixed_bfloat16", layers=layers)
    (_, plain), (_, compiled) = (train_by_loop(experiment, even, jit=jit) for jit in (False, True))
    assert np.isfinite(plain.values).all()
    np.testing.assert_allclose(plain.values[:2], compiled.values[:2], rtol=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_with_jit_it_is_the_same_within_rounding(make, even, model):
    # Nothing is dropped: what is, XLA's generator decides in another way. SGD, because Adam makes a full step of a
    # gradient that is nothing but rounding.
    layers = [{**layer, "rate": 0.0} if layer["type"] == "dropout" else layer for layer in MODELS[model]]
    experiment = make("compile.optimizer={type='sgd', learning_rate=0.05}", layers=layers)
    (plain, a), (compiled, b) = (train_by_loop(experiment, even, jit=jit) for jit in (False, True))
    np.testing.assert_allclose(a.values, b.values, rtol=1e-5)
    for one, other in zip(plain.variables, compiled.variables, strict=True):
        if "seed_generator" not in one.path:
            np.testing.assert_allclose(one, other, atol=2e-6, rtol=1e-5, err_msg=one.path)


def test_the_length_of_chunks_changes_nothing(make, even):
    experiment = make()
    (one, _), (other, _) = (train_by_loop(experiment, even, jit=True, chunks=chunks) for chunks in ((1, 1), (3,)))
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_last_smaller_batch_is_trained_on(make, data):
    built, total = train_by_loop(make(), data, jit=True)
    assert total.images == 100
    assert int(built.optimizer.iterations) == 4


def test_chunks_of_any_length_share_one_compilation(make, data):
    experiment = make()
    built = build(experiment, jit=True)
    steps = loop.train_function(built, loop.OnDevice.put(data.train, experiment))
    (part, _) = loop.cut(np.arange(100, dtype=np.int32), BATCH)
    for first, count in ((0, 1), (1, 2), (0, 3)):
        steps(part, tf.constant(first), tf.constant(count))
    assert steps.experimental_get_tracing_count() == 1


def test_an_evaluation_equals_keras_own_and_changes_nothing(make, data):
    experiment = make()
    built = build(experiment, jit=True)
    before = [variable.numpy() for variable in built.variables]
    steps = loop.evaluate_function(built, loop.OnDevice.put(data.validation, experiment), 10)
    (part,) = loop.cut(np.arange(40, dtype=np.int32), 10)
    rows, confusion = steps(part, tf.constant(0), tf.constant(4))
    loss, _, accuracy = loop.Sums.none(1).after(rows.numpy(), 10).means
    for a, b in zip(before, built.variables, strict=True):
        np.testing.assert_array_equal(a, b)
    built.model.compile(loss=built.loss, metrics=["accuracy"])
    images = tf.cast(data.validation.images, tf.float32) * experiment.data.rescale
    theirs = built.model.evaluate(images, data.validation.labels, verbose=0)
    assert [loss, accuracy] == pytest.approx(theirs, rel=1e-5)
    assert confusion.numpy().sum() == 40
    assert np.trace(confusion.numpy()) == pytest.approx(40 * accuracy)
    np.testing.assert_array_equal(confusion.numpy().sum(axis=1), np.bincount(data.validation.labels, minlength=10))


def test_the_order_is_a_permutation_that_seed_and_epoch_decide():
    order = loop.epoch_order(seed=1, epoch=2, images=1000)
    assert sorted(order.tolist()) == list(range(1000))
    np.testing.assert_array_equal(order, loop.epoch_order(1, 2, 1000))
    assert not np.array_equal(order, loop.epoch_order(1, 3, 1000))
    assert not np.array_equal(order, loop.epoch_order(2, 2, 1000))


@pytest.mark.parametrize(("images", "shapes"), [(96, [(3, 32)]), (100, [(3, 32), (1, 4)]), (20, [(1, 20)])])
def test_batches_lose_no_image(images, shapes):
    parts = loop.cut(np.arange(images, dtype=np.int32), BATCH)
    assert [(part.steps, part.size) for part in parts] == shapes
    assert np.concatenate([np.ravel(part.order) for part in parts]).tolist() == list(range(images))
