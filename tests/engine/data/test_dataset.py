"""The data are what they should be, or it is said which file is not."""

from __future__ import annotations

import gzip
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from engine import paths
from engine.data import idx
from engine.data.dataset import Split, fashion_mnist, prepare
from engine.data.idx import DataError
from engine.spec.experiment import FASHION_MNIST, Data

LABELS = "t10k-labels-idx1-ubyte.gz"


@pytest.fixture(scope="module")
def sets():
    return fashion_mnist()


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
        fashion_mnist(folder)


def test_a_truncated_file_is_named(folder):
    path = folder / LABELS
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataError, match=f"{LABELS} is damaged or truncated"):
        fashion_mnist(folder)


def test_a_file_that_is_not_gzip_is_named(folder):
    (folder / LABELS).write_bytes(b"hello")
    with pytest.raises(DataError, match=f"{LABELS} is damaged"):
        fashion_mnist(folder)


def test_one_changed_pixel_is_found(folder):
    path = folder / "t10k-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[5000] ^= 1
    path.write_bytes(gzip.compress(bytes(content), compresslevel=1))
    with pytest.raises(DataError, match="t10k-images.* is damaged"):
        fashion_mnist(folder)


def test_missing_hashes_are_named(folder):
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match="SHA256SUMS"):
        fashion_mnist(folder)


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


def test_the_test_set_validates():
    data = prepare(Data(limit=20), small(50), small(30))
    assert (len(data.train), len(data.validation), data.test) == (20, 30, None)


def test_the_last_part_is_held_out_as_keras_does():
    data = prepare(Data(validation=0.1), small(50), small(30))
    assert data.train.labels.tolist() == list(range(45))
    assert data.validation.labels.tolist() == list(range(45, 50))
    assert data.test is not None
    assert len(data.test) == 30


def test_the_spec_knows_the_sizes_without_reading():
    for given in (Data(), Data(limit=1000), Data(limit=1000, validation=0.25), Data(validation=0.1)):
        data = prepare(given, small(60_000), small(10_000))
        assert given.sizes() == (len(data.train), len(data.validation))
