"""The loop: many training steps in one compiled call, and the evaluation.

The data live on the device as bytes. A call gets the order of the images, the first step and how many steps to make;
the results of a whole chunk come back as one small array of sums. Since the number of steps is an argument and not a
shape, one compilation serves chunks of any length; only the last, smaller batch of an epoch has a shape, and so a
compilation, of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build.model import Built
from engine.data.dataset import Split

EVALUATION_BATCH = 500
"""Images at once in an evaluation: large enough to be fast, small enough for the widest convolution's memory."""

SCALE = 1.0 / 255.0
"""Pixels go in as the notes have them: from 0 to 1."""


@dataclass(frozen=True)
class Sums:
    """Sums over the images of some steps; `+` joins two.

    Attributes:
        values: float64, shape (2 + metrics,): loss, penalty, then each metric.
    """

    images: int
    values: NDArray[np.float64]

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.images + other.images, self.values + other.values)

    @property
    def means(self) -> list[float]:
        """Loss, penalty, then each metric, an image."""
        return [float(value) for value in self.values / max(self.images, 1)]


@dataclass(frozen=True)
class OnDevice:
    """Images (n, height, width) and labels (n,), uint8, where the computing is done."""

    images: Any
    labels: Any

    @classmethod
    def put(cls, split: Split) -> OnDevice:
        """Copy a split to the device."""
        return cls(tf.constant(split.images), tf.constant(split.labels))

    def batch(self, indices: Any) -> tuple[Any, Any]:
        """Return the images (b, height, width) from 0 to 1, and their labels (b,)."""
        return tf.cast(tf.gather(self.images, indices), tf.float32) * SCALE, tf.gather(self.labels, indices)


def train_function(built: Built, data: OnDevice) -> Callable[[Any, Any, Any], Any]:
    """Return the compiled ``steps(order, first, count)``.

    ``order`` is int32 of shape (steps, b): the images of each step. The result is float32 (2 + metrics,): see Sums.
    What a step does, and in which order, is what Keras' own ``train_step`` does.
    """
    model, optimizer = built.model, built.optimizer

    @tf.function(jit_compile=built.jit)
    def steps(order: Any, first: Any, count: Any) -> Any:
        sums = tf.zeros(2 + len(built.metrics))
        step = first
        # Not tf.range: XLA would take its bounds for constants, and compile anew for each chunk.
        while step < first + count:
            images, labels = data.batch(order[step])
            with tf.GradientTape() as tape:
                outputs = model(images, training=True)
                loss, penalty = _loss(built, labels, outputs)
            weights = model.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)
            sums += _sums(built, labels, outputs, loss, penalty)
            step += 1
        return sums

    return steps  # type: ignore[no-any-return]


def evaluate_function(built: Built, data: OnDevice, classes: int) -> Callable[[Any, Any, Any], tuple[Any, Any]]:
    """Return the compiled ``steps(order, first, count)`` that changes nothing.

    The results are the sums, and the confusion counts: float32 (classes, classes), [right class][predicted class].
    """
    model = built.model

    @tf.function(jit_compile=built.jit)
    def steps(order: Any, first: Any, count: Any) -> tuple[Any, Any]:
        sums, confusion = tf.zeros(2 + len(built.metrics)), tf.zeros((classes, classes))
        step = first
        while step < first + count:
            images, labels = data.batch(order[step])
            outputs = model(images, training=False)
            loss, penalty = _loss(built, labels, outputs)
            sums += _sums(built, labels, outputs, loss, penalty)
            predicted = tf.one_hot(tf.argmax(outputs, axis=-1), classes)
            confusion += tf.matmul(tf.one_hot(labels, classes), predicted, transpose_a=True)
            step += 1
        return sums, confusion

    return steps  # type: ignore[no-any-return]


def _loss(built: Built, labels: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the whole loss of a batch, as Keras reports it, and the penalty in it."""
    penalties = built.model.losses
    penalty = tf.add_n(penalties) if penalties else tf.constant(0.0)
    return built.loss(labels, outputs) + penalty, penalty


def _sums(built: Built, labels: Any, outputs: Any, loss: Any, penalty: Any) -> Any:
    """Return what `Sums` holds, of one batch: the losses are means over it, the metrics one number an image."""
    size = tf.cast(tf.shape(labels)[0], tf.float32)
    values = [tf.reduce_sum(metric(labels, outputs)) for metric in built.metrics.values()]
    return tf.stack([loss * size, penalty * size, *values])


def epoch_order(seed: int, epoch: int, images: int) -> NDArray[np.int32]:
    """Return the order of the training images in an epoch: a pure function of its arguments, so it is never saved."""
    return np.random.default_rng([seed, epoch]).permutation(images).astype(np.int32)


def batches(order: NDArray[np.int32], size: int) -> list[NDArray[np.int32]]:
    """Cut an order into full batches (n, size) and, if images are left, one smaller batch (1, rest)."""
    full = len(order) // size * size
    parts = [order[:full].reshape(-1, size), order[full:].reshape(1, -1)]
    return [part for part in parts if part.size]
