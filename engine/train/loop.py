"""The loop: many training steps in one compiled call, and the evaluation.

The data live on the device as bytes. A call gets the order of the images, the first step and how many steps to make;
the results of a whole chunk come back as one small array, a row a step. Since the number of steps is an argument and
not a shape, one compilation serves chunks of any length; only the last, smaller batch of an epoch has a shape, and so a
compilation, of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build import augmentation
from engine.build.model import Built
from engine.data.augment import Transforms, draw
from engine.data.dataset import Split
from engine.spec.experiment import Experiment


@dataclass(frozen=True)
class Sums:
    """Sums over the images of some steps.

    Attributes:
        values: float64, shape (2 + metrics,): loss, penalty, then each metric.
    """

    images: int
    values: NDArray[np.float64]

    @classmethod
    def none(cls, metrics: int) -> Sums:
        """Return the sums of no images, with so many metrics."""
        return cls(0, np.zeros(2 + metrics))

    def after(self, rows: NDArray[np.float32], size: int) -> Sums:
        """Return the sums with more steps at their end.

        They are added one by one: the sums do not depend on how the steps were cut into chunks, down to the last bit,
        and neither does what is decided by them.

        Args:
            rows: (steps, 2 + metrics), what each step came to.
            size: images of each.
        """
        values = np.cumsum(np.vstack([self.values, rows.astype(np.float64)]), axis=0)[-1]
        return Sums(self.images + len(rows) * size, values)

    @property
    def means(self) -> list[float]:
        """Loss, penalty, then each metric, an image."""
        return [float(value) for value in self.values / max(self.images, 1)]


class Batches(NamedTuple):
    """Some steps' images, by their indices, and how each is augmented.

    Attributes:
        order: int32 (steps, b).
        matrices: float32 (steps, b, 6), see `engine.data.augment.Transforms`; empty without augmentation.
        flips: bool (steps, b); empty without augmentation.
    """

    order: Any
    matrices: Any = ()
    flips: Any = ()

    @property
    def steps(self) -> int:
        """How many batches there are."""
        return int(self.order.shape[0])

    @property
    def size(self) -> int:
        """Images in each of them."""
        return int(self.order.shape[1])


@dataclass(frozen=True)
class OnDevice:
    """A split where the computing is done. While a run lasts, what a compiled function holds stays: make it once.

    Attributes:
        images: uint8, shape (n, height, width[, channels]).
        labels: uint8, shape (n,).
        rescale: what each pixel is multiplied by.
        one_hot: how many classes the labels are spread over; 0 for class numbers.
    """

    images: Any
    labels: Any
    rescale: float
    one_hot: int

    @classmethod
    def put(cls, split: Split, experiment: Experiment) -> OnDevice:
        """Copy a split to the device."""
        return cls(tf.constant(split.images), tf.constant(split.labels), experiment.data.rescale, experiment.one_hot)

    def __len__(self) -> int:
        return int(self.images.shape[0])

    def batch(self, batches: Batches, step: Any, *, jit: bool) -> tuple[Any, Any]:
        """Return the images (b, height, width[, channels]) of a step, float32 and rescaled, and their labels.

        The labels are uint8 (b,), or float32 (b, classes) where they are one-hot.
        """
        indices = batches.order[step]
        images, labels = tf.gather(self.images, indices), tf.gather(self.labels, indices)
        if isinstance(batches.matrices, tuple):
            pixels = tf.cast(images, tf.float32)
        else:
            pixels = augmentation.resample(images, batches.matrices[step], batches.flips[step], jit=jit)
        return pixels * self.rescale, tf.one_hot(labels, self.one_hot) if self.one_hot else labels


def _compiled(function: Callable[..., Any], *, jit: bool, augmented: bool = False) -> Any:
    """Compile ``function(batches, first, count)``.

    XLA needs to know the batch size, and compiles anew for another one. Without it the size is left open, as Keras' fit
    leaves it: were it known, constant folding would round a mean's gradient in another way than in fit.
    """
    if jit:
        return tf.function(function, jit_compile=True)
    columns = [tf.TensorSpec((None, None), tf.int32)]
    if augmented:
        columns += [tf.TensorSpec((None, None, 6), tf.float32), tf.TensorSpec((None, None), tf.bool)]
    number = tf.TensorSpec((), tf.int32)
    return tf.function(function, input_signature=(Batches(*columns), number, number))


def train_function(built: Built, data: OnDevice, *, augmented: bool = False) -> Callable[[Batches, Any, Any], Any]:
    """Return the compiled ``steps(batches, first, count)``. The result is float32 (all steps, 2 + metrics): see Sums.

    Its rows from ``first`` on are those of the steps that were made; the others mean nothing.

    With ``augmented``, the batches say how each image is.
    What a step does, and in which order, is what Keras' own ``train_step`` does.
    """
    model, optimizer = built.model, built.optimizer

    def steps(batches: Batches, first: Any, count: Any) -> Any:
        rows = _rows(built, batches)
        step = first
        # Not tf.range: XLA would take its bounds for constants, and compile anew for each chunk.
        while step < first + count:
            images, labels = data.batch(batches, step, jit=built.jit)
            with tf.GradientTape() as tape:
                outputs = model(images, training=True)
                loss, penalty = _loss(built, labels, outputs)
                scaled = optimizer.scale_loss(loss)  # the same, but for mixed_float16
            weights = model.trainable_variables
            optimizer.apply(tape.gradient(scaled, weights), weights)
            rows = rows.write(step, _row(built, labels, outputs, loss, penalty))
            step += 1
        return rows.stack()

    return _compiled(steps, jit=built.jit, augmented=augmented)  # type: ignore[no-any-return]


def evaluate_function(built: Built, data: OnDevice, classes: int) -> Callable[[Batches, Any, Any], tuple[Any, Any]]:
    """Return the compiled ``steps(batches, first, count)`` that changes nothing.

    The results are the rows as above, and the confusion counts: float32 (classes, classes), [right class][predicted].
    """
    model = built.model

    def steps(batches: Batches, first: Any, count: Any) -> tuple[Any, Any]:
        rows, confusion = _rows(built, batches), tf.zeros((classes, classes))
        step = first
        while step < first + count:
            images, labels = data.batch(batches, step, jit=built.jit)
            outputs = model(images, training=False)
            loss, penalty = _loss(built, labels, outputs)
            rows = rows.write(step, _row(built, labels, outputs, loss, penalty))
            predicted = tf.one_hot(tf.argmax(outputs, axis=-1), classes)
            right = labels if built.one_hot else tf.one_hot(labels, classes)
            confusion += tf.matmul(right, predicted, transpose_a=True)
            step += 1
        return rows.stack(), confusion

    return _compiled(steps, jit=built.jit)  # type: ignore[no-any-return]


def _loss(built: Built, labels: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the whole loss of a batch, as Keras reports it, and the penalty in it."""
    # In mixed precision some of them have 16 bits.
    penalties = [tf.cast(each, tf.float32) for each in built.model.losses]
    penalty = tf.add_n(penalties) if penalties else tf.constant(0.0)
    return built.loss(labels, outputs) + penalty, penalty


def _rows(built: Built, batches: Batches) -> Any:
    """Return room for a row a step."""
    steps = batches.order.shape[0]
    size = tf.shape(batches.order)[0] if steps is None else steps
    return tf.TensorArray(tf.float32, size, element_shape=(2 + len(built.metrics),))


def _row(built: Built, labels: Any, outputs: Any, loss: Any, penalty: Any) -> Any:
    """Return what `Sums` holds, of one batch: the losses are means over it, the metrics one number an image."""
    size = tf.cast(tf.shape(labels)[0], tf.float32)
    values = [tf.reduce_sum(metric(labels, outputs)) for metric in built.metrics.values()]
    return tf.stack([loss * size, penalty * size, *values])


def epoch_order(seed: int, epoch: int, images: int) -> NDArray[np.int32]:
    """Return the order of the training images in an epoch: a pure function of its arguments, so it is never saved."""
    return np.random.default_rng([seed, epoch]).permutation(images).astype(np.int32)


def epoch_batches(experiment: Experiment, train: OnDevice, epoch: int) -> list[Batches]:
    """Return the images of an epoch in their order, and how each is augmented: a function of its arguments alone."""
    seed, knobs = experiment.seed, experiment.data.augment
    transforms = draw(knobs, tuple(train.images.shape[1:]), len(train), seed, epoch) if knobs.active else None
    return cut(epoch_order(seed, epoch, len(train)), experiment.fit.batch_size, transforms)


def cut(order: NDArray[np.int32], size: int, transforms: Transforms | None = None) -> list[Batches]:
    """Cut an order into full batches and, if images are left, one smaller batch.

    Args:
        order: (n,), the images of an epoch.
        size: images a batch.
        transforms: how each is augmented, in the same order.
    """
    full = len(order) // size * size
    columns = (order,) if transforms is None else (order, transforms.matrices, transforms.flips)
    whole = [column[:full].reshape(-1, size, *column.shape[1:]) for column in columns]
    rest = [column[full:].reshape(1, -1, *column.shape[1:]) for column in columns]
    return [Batches(*map(tf.constant, part)) for part in (whole, rest) if part[0].size]
