"""The augmentation kernel, its NumPy twin and Keras' ImageDataGenerator make the same images of the same numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator

from engine.build import augmentation
from engine.data import augment
from engine.data.augment import Transforms
from engine.spec.data import Augment
from engine.train.loop import Batches, OnDevice

COUNT = 40
ALL_SIX = Augment(
    rotation_range=25.0,
    width_shift_range=0.2,
    height_shift_range=3.0,
    zoom_range=(0.7, 1.3),
    horizontal_flip=True,
)


def images(*shape):
    return np.random.default_rng(0).integers(0, 256, (COUNT, *shape)).astype(np.uint8)


def by_image_data_generator(pixels, angle, down, across, row_zoom, column_zoom, flip):
    """Transform one image (height, width, channels) with given numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses a deprecated name of scipy
        return ImageDataGenerator().apply_transform(
            pixels.astype(np.float64),
            {
                "theta": np.rad2deg(angle),
                # Swapped: its tx, which it draws from height_shift_range, moves columns.
                "tx": across,
                "ty": down,
                "zx": column_zoom,
                "zy": row_zoom,
                "flip_horizontal": flip,
            },
        )


def drawn(shape):
    """Numbers within the ranges of ALL_SIX, and the transforms that they make."""
    random = np.random.default_rng(1)
    angles = np.deg2rad(random.uniform(-25, 25, COUNT))
    down, across = random.uniform(-3, 3, COUNT), random.uniform(-5, 5, COUNT)
    zooms, flips = random.uniform(0.7, 1.3, (2, COUNT)), random.random(COUNT) < 0.5
    return (angles, down, across, *zooms, flips), Transforms(
        augment.matrices(shape, angles, down, across, *zooms), flips
    )


@pytest.mark.parametrize("shape", [(28, 28, 1), (12, 12, 3)])
def test_numpy_equals_image_data_generator(shape):
    numbers, transforms = drawn(shape)
    pixels = images(*shape)
    theirs = np.stack([by_image_data_generator(*each) for each in zip(pixels, *numbers, strict=True)])
    np.testing.assert_allclose(augment.resample(pixels, transforms), theirs, atol=0.02)


@pytest.mark.parametrize("jit", [True, False], ids=["xla", "plain"])
@pytest.mark.parametrize("shape", [(28, 28), (12, 12, 3), (9, 14), (1, 6), (6, 1)], ids=str)
def test_the_kernel_equals_numpy(shape, jit):
    _, transforms = drawn(shape)
    pixels = images(*shape)
    kernel = tf.function(lambda *arguments: augmentation.resample(*arguments, jit=jit), jit_compile=jit)
    ours = kernel(tf.constant(pixels), tf.constant(transforms.matrices), tf.constant(transforms.flips))
    np.testing.assert_allclose(ours, augment.resample(pixels, transforms), atol=0.02)


def test_width_moves_columns_and_height_rows():
    pixels = np.zeros((1, 7, 7), np.uint8)
    pixels[0, 3, 3] = 255
    one, zero = np.ones(1), np.zeros(1)
    for down, across, row, column in ((2 * one, zero, 1, 3), (zero, 2 * one, 3, 1)):
        matrices = augment.matrices((7, 7), zero, down, across, one, one)
        moved = augment.resample(pixels, Transforms(matrices, np.array([False])))
        assert moved[0, row, column] == 255


def test_the_ranges_are_kept_and_filled():
    shape = (28, 28)
    only = {
        "rotation_range": Augment(rotation_range=30.0),
        "width_shift_range": Augment(width_shift_range=0.25),
        "height_shift_range": Augment(height_shift_range=5.0),
        "zoom_range": Augment(zoom_range=(0.5, 1.5)),
    }
    found = {name: augment.draw(knobs, shape, 5000, 0, 1).matrices for name, knobs in only.items()}
    angles = np.rad2deg(np.arctan2(found["rotation_range"][:, 1], found["rotation_range"][:, 0]))
    for values, limit in (
        (angles, 30),
        (found["width_shift_range"][:, 5], 7),  # a quarter of 28
        (found["height_shift_range"][:, 2], 5),
        (found["zoom_range"][:, 0] - 1, 0.5),
        (found["zoom_range"][:, 4] - 1, 0.5),
    ):
        assert np.abs(values).max() == pytest.approx(limit, rel=0.01)
        assert np.mean(values) == pytest.approx(0, abs=0.05 * limit)
    assert np.corrcoef(found["zoom_range"][:, 0], found["zoom_range"][:, 4])[0, 1] == pytest.approx(0, abs=0.05)
    flips = augment.draw(Augment(horizontal_flip=True), shape, 5000, 0, 1).flips
    assert np.mean(flips) == pytest.approx(0.5, abs=0.03)
    assert not augment.draw(Augment(), shape, 100, 0, 1).flips.any()


def test_seed_epoch_and_place_decide():
    one, same, other_epoch, other_seed = (
        augment.draw(ALL_SIX, (28, 28), 50, seed, epoch).matrices for seed, epoch in ((1, 1), (1, 1), (1, 2), (2, 1))
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other_epoch)
    assert not np.array_equal(one, other_seed)


def test_a_batch_is_resampled_then_rescaled():
    _, transforms = drawn((28, 28))
    pixels = images(28, 28)
    data = OnDevice(tf.constant(pixels), tf.zeros(COUNT, tf.uint8), rescale=1 / 255, one_hot=0)
    order = np.arange(COUNT, dtype=np.int32)[::-1].reshape(1, -1)
    batches = Batches(tf.constant(order), tf.constant(transforms.matrices[None]), tf.constant(transforms.flips[None]))
    batch, _ = data.batch(batches, 0, jit=False)
    expected = augment.resample(pixels[::-1], transforms) / 255
    np.testing.assert_allclose(batch, expected, atol=1e-4)
