"""The compiled loop does what Keras' own ``fit`` does, step for step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from engine.build.model import build
from engine.train import loop
from tests.engine.train.conftest import CONVOLUTION, DENSE

BATCH = 32


def train_by_loop(experiment, data, *, jit, chunks=(1, 2)):
    built = replace(build(experiment), jit=jit)
    steps = loop.train_function(built, loop.OnDevice.put(data.train))
    total = None
    for part in loop.batches(np.arange(len(data.train), dtype=np.int32), BATCH):
        done = 0
        for count in (*chunks, 99):
            count = min(count, len(part) - done)  # noqa: PLW2901
            if count:
                values = steps(tf.constant(part), tf.constant(done), tf.constant(count)).numpy()
                sums = loop.Sums(count * part.shape[1], values.astype(float))
                total = total + sums if total else sums
                done += count
    return built, total


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("layers", [DENSE, CONVOLUTION], ids=["dense", "convolution"])
def test_without_jit_all_state_equals_that_of_fit(make, data, monkeypatch, layers, optimizer):
    # The same dropout on both sides: without XLA it is Keras' own.
    monkeypatch.setattr("engine.build.model._worth_compiling", lambda experiment: False)
    experiment = make(layers=layers)
    experiment = experiment.model_copy(
        update={
            "compile": experiment.compile.model_copy(
                update={"optimizer": type(experiment.compile.optimizer).__mro__[1].members[optimizer]()}
            )
        }
    )
    ours, total = train_by_loop(experiment, data, jit=False)
    theirs = build(experiment)
    theirs.model.compile(optimizer=theirs.optimizer, loss=theirs.loss, metrics=["accuracy"], jit_compile=False)
    images = tf.cast(data.train.images, tf.float32) * loop.SCALE
    log = theirs.model.fit(images, data.train.labels, batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history
    for a, b in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=a.path)
    loss, _, accuracy = total.means
    assert loss == pytest.approx(log["loss"][0], rel=1e-5)
    assert accuracy == pytest.approx(log["accuracy"][0], rel=1e-6)


def test_with_jit_it_is_the_same_within_rounding(make, data):
    experiment = make(layers=(DENSE[0], DENSE[1]))
    (plain, a), (compiled, b) = (train_by_loop(experiment, data, jit=jit) for jit in (False, True))
    np.testing.assert_allclose(a.values, b.values, rtol=1e-5)
    for one, other in zip(plain.variables, compiled.variables, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_the_length_of_chunks_changes_nothing(make, data):
    experiment = make()
    (one, _), (other, _) = (train_by_loop(experiment, data, jit=True, chunks=chunks) for chunks in ((1, 1), (3,)))
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_last_smaller_batch_is_trained_on(make, data):
    built, total = train_by_loop(make(), data, jit=True)
    assert total.images == 100
    assert int(built.optimizer.iterations) == 4


def test_chunks_of_any_length_share_one_compilation(make, data):
    built = build(make())
    steps = loop.train_function(built, loop.OnDevice.put(data.train))
    (part, _) = loop.batches(np.arange(100, dtype=np.int32), BATCH)
    for first, count in ((0, 1), (1, 2), (0, 3)):
        steps(tf.constant(part), tf.constant(first), tf.constant(count))
    assert steps.experimental_get_tracing_count() == 1


def test_an_evaluation_equals_keras_own_and_changes_nothing(make, data):
    built = build(make())
    before = [variable.numpy() for variable in built.variables]
    steps = loop.evaluate_function(built, loop.OnDevice.put(data.validation), 10)
    (part,) = loop.batches(np.arange(40, dtype=np.int32), 10)
    sums, confusion = steps(tf.constant(part), tf.constant(0), tf.constant(4))
    loss, _, accuracy = loop.Sums(40, sums.numpy().astype(float)).means
    for a, b in zip(before, built.variables, strict=True):
        np.testing.assert_array_equal(a, b)
    built.model.compile(loss=built.loss, metrics=["accuracy"])
    images = tf.cast(data.validation.images, tf.float32) * loop.SCALE
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
    parts = loop.batches(np.arange(images, dtype=np.int32), BATCH)
    assert [part.shape for part in parts] == shapes
    assert np.concatenate([part.ravel() for part in parts]).tolist() == list(range(images))
