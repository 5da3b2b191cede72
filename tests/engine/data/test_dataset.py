"""The data are what they should be, or it is said which file is not."""

from __future__ import annotations

import gzip
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from engine import paths
from engine.data import fashion_mnist, idx
from engine.data.dataset import Split, prepare, with_label_noise
from engine.data.facts import FASHION_MNIST, DataError
from engine.spec.data import Data

LABELS = "t10k-labels-idx1-ubyte.gz"


@pytest.fixture(scope="module")
def sets():
    return fashion_mnist.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(paths.assets() / "fashion-mnist", tmp_path / "fashion-mnist"))


def test_fashion_mnist_is_whole(sets):
    train, test = sets
    assert train.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    assert train.images.dtype == train.labels.dtype == np.uint8
    assert np.bincount(train.labels).tolist() == [6000] * 10
    assert np.bincount(test.labels).tolist() == [1000] * 10
    assert (len(train), len(test)) == (FASHION_MNIST.train, FASHION_MNIST.test)


def test_a_missing_file_is_named(folder):
    (folder / LABELS).unlink()
    with pytest.raises(DataError, match=f"{LABELS} is missing.*Install nnplay again"):
        fashion_mnist.read(folder)


def test_a_truncated_file_is_named(folder):
    path = folder / LABELS
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataError, match=f"{LABELS} is damaged or truncated"):
        fashion_mnist.read(folder)


def test_a_file_that_is_not_gzip_is_named(folder):
    (folder / LABELS).write_bytes(b"hello")
    with pytest.raises(DataError, match=f"{LABELS} is damaged"):
        fashion_mnist.read(folder)


def test_one_changed_pixel_is_found(folder):
    path = folder / "t10k-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[5000] ^= 1
    path.write_bytes(gzip.compress(bytes(content), compresslevel=1))
    with pytest.raises(DataError, match="t10k-images.* is damaged"):
        fashion_mnist.read(folder)


def test_missing_hashes_are_named(folder):
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match="SHA256SUMS"):
        fashion_mnist.read(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "too few for an IDX header"),
        (struct.pack(">HBBI", 0, 8, 1, 5) + b"abc", "3 of 5 values"),
        (struct.pack(">HBBI", 0, 9, 1, 3) + b"abc", "no IDX file"),
        (struct.pack(">HBBI", 1, 8, 1, 3) + b"abc", "no IDX file"),
    ],
)
def test_what_is_no_idx_file_is_refused(tmp_path, content, words):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match=words):
        idx.read(path, axes=1)


def small(count: int) -> Split:
    return Split(np.zeros((count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8))


def prepared(data: Data, train: Split, test: Split):
    held_out = data.validation != "test"
    return prepare(train, test, sizes=data.sizes(), held_out=held_out, label_noise=data.label_noise, seed=0)


def test_the_test_set_validates():
    data = prepared(Data(limit=20), small(60), small(30))
    assert (len(data.train), len(data.validation), data.test) == (20, 30, None)


def test_the_last_part_is_held_out_as_keras_does():
    data = prepared(Data(validation=0.1, limit=50), small(60), small(30))
    assert data.train.labels.tolist() == list(range(45))
    assert data.validation.labels.tolist() == list(range(45, 50))
    assert data.test is not None
    assert len(data.test) == 30


def test_label_noise_shuffles_its_share_and_keeps_the_counts():
    labels = (np.arange(1000) % 10).astype(np.uint8)
    split = Split(np.zeros((1000, 2, 2), np.uint8), labels)
    noisy = with_label_noise(split, 0.5, seed=1)
    assert np.mean(noisy.labels != labels) == pytest.approx(0.45, abs=0.05)  # one in ten gets its own back
    np.testing.assert_array_equal(np.bincount(noisy.labels), np.bincount(labels))
    np.testing.assert_array_equal(noisy.labels, with_label_noise(split, 0.5, seed=1).labels)
    assert not np.array_equal(noisy.labels, with_label_noise(split, 0.5, seed=2).labels)
    np.testing.assert_array_equal(with_label_noise(split, 0.0, seed=1).labels, labels)


def test_label_noise_leaves_the_held_out_part_alone():
    data = prepared(Data(validation=0.5, limit=100, label_noise=1.0), small(200), small(30))
    assert sorted(data.train.labels) == list(range(50))
    assert data.train.labels.tolist() != list(range(50))
    assert data.validation.labels.tolist() == list(range(50, 100))
