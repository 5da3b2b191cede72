"""One's own data: found by their names, checked before they are trained on, and refused with the remedy."""

from __future__ import annotations

import gzip
import os
import struct
import zipfile

import numpy as np
import pytest

from engine.data import source
from engine.data.facts import DataError


def write_idx(path, array):
    content = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def images(count, *shape):
    return np.arange(count * np.prod(shape), dtype=np.int64).astype(np.uint8).reshape(count, *shape)


def labels(count, classes=3):
    return (np.arange(count) % classes).astype(np.uint8)


@pytest.fixture(params=["", ".gz"])
def folder(tmp_path, request):
    for name, count in (("emnist-train", 12), ("emnist-test", 6)):
        write_idx(tmp_path / f"{name}-images-idx3-ubyte{request.param}", images(count, 5, 4))
        write_idx(tmp_path / f"{name}-labels-idx1-ubyte{request.param}", labels(count))
    return tmp_path


@pytest.fixture
def npz(tmp_path):
    def make(**changed):
        arrays = {"x_train": images(12, 5, 4), "y_train": labels(12), "x_test": images(6, 5, 4), "y_test": labels(6)}
        arrays = {name: array for name, array in {**arrays, **changed}.items() if array is not None}
        path = tmp_path / "own.npz"
        np.savez(path, **arrays)
        return str(path)

    return make


def test_a_folder_of_idx_files_is_read(folder):
    facts = source.facts(str(folder))
    assert (facts.image_shape, facts.classes, facts.train, facts.test) == ((5, 4), ("0", "1", "2"), 12, 6)
    train, test = source.read(str(folder))
    np.testing.assert_array_equal(train.images, images(12, 5, 4))
    np.testing.assert_array_equal(test.labels, labels(6))


def test_mnist_by_its_own_names(tmp_path):
    for name, count in (("train", 4), ("t10k", 2)):
        write_idx(tmp_path / f"{name}-images-idx3-ubyte.gz", images(count, 28, 28))
        write_idx(tmp_path / f"{name}-labels-idx1-ubyte.gz", labels(count, 2))
    assert source.facts(str(tmp_path)).test == 2


def test_facts_follow_the_files(folder):
    before = source.facts(str(folder))
    for path in folder.glob("*test*"):
        path.unlink()
    assert (before.test, source.facts(str(folder)).test) == (6, 0)
    assert len(source.read(str(folder))[1]) == 0


def test_an_npz_is_read_with_channels_and_column_labels(npz):
    path = npz(x_train=images(12, 5, 4, 3), x_test=images(6, 5, 4, 3), y_train=labels(12)[:, None].astype(np.int64))
    assert source.facts(path).image_shape == (5, 4, 3)
    train, _ = source.read(path)
    assert train.labels.dtype == np.uint8
    np.testing.assert_array_equal(train.labels, labels(12))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"x_train": None}, "no array 'x_train', it holds y_train, x_test, y_test"),
        ({"y_test": None}, "only one of the arrays x_test and y_test"),
        ({"x_train": images(12, 5, 4) / 255}, r"float64.*astype\('uint8'\)"),
        ({"x_train": images(12, 20)}, r"shape \(12, 20\): images are"),
        ({"y_train": labels(11)}, "12 images, 'y_train' 11 labels"),
        ({"y_train": labels(12) / 2}, "float64.*whole numbers"),
        ({"y_train": labels(12).astype(np.int64) - 1}, "from -1 to 1"),
        ({"y_train": labels(12).astype(np.int64) + 300}, "from 300 to 302"),
        ({"y_train": np.zeros(12, np.uint8)}, "have the label 0: there must be at least two"),
        ({"y_train": np.array([{}] * 12, dtype=object)}, "'y_train' holds pickled Python objects"),
        ({"x_test": images(6, 4, 4)}, "make them alike"),
        ({"x_train": images(0, 5, 4), "y_train": labels(0)}, "no images"),
    ],
    ids=lambda value: str(list(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_npz_is_refused(npz, changed, words):
    path = npz(**changed)
    with pytest.raises(DataError, match=words):
        source.facts(path)


def test_what_is_no_npz_is_refused(tmp_path):
    path = tmp_path / "own.npz"
    path.write_text("hello")
    with pytest.raises(DataError, match="no zip archive"):
        source.facts(str(path))


def test_a_damaged_npz_is_refused(npz, tmp_path):
    path = tmp_path / "own.npz"
    npz()
    content = bytearray(path.read_bytes())
    content[len(content) // 8] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        source.read(str(path))


@pytest.mark.parametrize("missing", ["*train-images*", "*train-labels*", "*test-labels*"])
def test_a_missing_idx_file_is_named(folder, missing):
    for path in folder.glob(missing):
        path.unlink()
    with pytest.raises(DataError, match=f"one IDX file of {missing.strip('*').replace('-', ' ')}.*there is none"):
        source.facts(str(folder))


def test_two_files_that_match_are_one_too_many(folder):
    write_idx(folder / "other-train-images-idx3-ubyte", images(12, 5, 4))
    with pytest.raises(DataError, match="2 files match"):
        source.facts(str(folder))


def test_a_truncated_idx_file_is_refused_when_it_is_read(folder):
    for path in folder.glob("*train-images*"):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        path.write_bytes(gzip.compress(content[:-9]) if path.suffix == ".gz" else content[:-9])
    with pytest.raises(DataError, match="truncated"):
        source.read(str(folder))


@pytest.mark.parametrize("name", ["nowhere", "a\0b", "x" * 5000])
def test_a_source_that_is_not_there_says_what_could_be(name):
    with pytest.raises(DataError, match="fashion-mnist, a folder of IDX files, or an .npz file"):
        source.facts(name)


def test_of_a_plain_and_a_gzipped_file_the_plain_one_is_read(tmp_path):
    for suffix in ("", ".gz"):
        write_idx(tmp_path / f"train-images-idx3-ubyte{suffix}", images(4, 5, 5))
        write_idx(tmp_path / f"train-labels-idx1-ubyte{suffix}", labels(4, 2))
    assert source.facts(str(tmp_path)).train == 4


def test_a_test_set_may_have_one_class(npz):
    assert source.facts(npz(y_test=np.zeros(6, np.uint8))).test == 6


def test_an_array_by_its_bare_name_is_none(tmp_path):
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_train", b"")
        archive.writestr("y_train", b"")
    with pytest.raises(DataError, match="no array 'x_train'"):
        source.facts(str(path))


def test_what_is_neither_file_nor_folder_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="is a named pipe: write fashion-mnist"):
        source.facts(str(tmp_path / "pipe"))
    with pytest.raises(DataError, match="is a device"):
        source.facts("/dev/zero")


def test_one_class_is_refused_whatever_its_number(npz):
    for number in (0, 2):
        with pytest.raises(DataError, match=f"have the label {number}: there must be at least two classes"):
            source.facts(npz(y_train=np.full(12, number, np.uint8)))
