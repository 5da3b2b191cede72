"""Files that are damaged, odd or made to do harm: whatever their bytes, there are data or a DataError."""

from __future__ import annotations

import functools
import gzip
import io
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import memory, source
from engine.data.facts import DataError, DataFacts

IMAGES, LABELS = np.arange(12 * 5 * 4).astype(np.uint8).reshape(12, 5, 4), (np.arange(12) % 3).astype(np.uint8)
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


def npy_header(text, version=1):
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(text)) + text


def archive(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in members:
            file.writestr(f"{name}.npy", content)
    return str(path)


def own(tmp_path, compression=zipfile.ZIP_STORED, **changed):
    members = {"x_train": npy(IMAGES), "y_train": npy(LABELS), **changed}
    return archive(tmp_path / "own.npz", members.items(), compression)


def idx(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def folder(path, suffix="", **changed):
    contents = {"images": idx(IMAGES), "labels": idx(LABELS), **changed}
    for name, content in zip(NAMES, (contents["images"], contents["labels"]), strict=True):
        (path / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)
    return str(path)


def looked(name):
    """Look at a source and read it; return what is wrong with it, if anything."""
    try:
        facts = source.facts(name)
        train, test = source.read(name)
        source.labels(name)
    except DataError as error:
        return str(error)
    assert isinstance(facts, DataFacts)
    assert (train.images.shape, train.images.dtype) == ((facts.train, *facts.image_shape), np.uint8)
    assert (train.labels.shape, train.labels.dtype, len(test)) == ((facts.train,), np.uint8, facts.test)
    return ""


def assert_named(name):
    wrong = looked(name)
    assert not wrong or name in wrong


def refused(name, words):
    with pytest.raises(DataError, match=words):
        source.facts(name)


@functools.cache
def deep(sign):
    return b"{'descr': " + sign * 4000 + b"}"


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (b"", "no array: it is empty"),
        (b"hello world this is text", "no array: it begins with b'hello wo'"),
        (b"\x80\x04K\x01.", "no array: it is a pickle"),
        (b"\x93NUM", "no array: it begins with"),
        (b"\x93NUMPY\x01\x00", "ends too early"),
        (npy_header(b"{'descr': '|u1', 'shape': (12,\n"), "its header is"),
        (npy_header(b"{'descr': '|u1', 'fortran_order': False, 'shape': (12,8,8), \n"), "promises uint8 of shape"),
        (npy_header(b"\xff\xfe\x00"), "its header is"),
        (npy_header(deep(b"(")), "its header is"),
        (npy_header(deep(b"-")), "its header is"),
        (npy_header(b"{'descr': '<f3', 'fortran_order': False, 'shape': (12,)}"), "unknown kind"),
        (npy_header(b"{'descr': '|O', 'fortran_order': False, 'shape': (12,)}"), "pickled Python objects"),
        (npy_header(b"{'descr': '|u1', 'fortran_order': False, 'shape': (999999999999999999,)}"), "promises"),
        (npy_header(b"{'descr': '<U0', 'fortran_order': False, 'shape': (12,)}"), "promises"),
        (npy_header(b"x" * 20_000), "claims 20,000 bytes"),
        (npy(LABELS)[:-1], "12 bytes, and 11 are there"),
        (npy(LABELS) + b"\0", "12 bytes, and 13 are there"),
        (npy(np.uint8(3)), r"uint8 of shape \(\)"),
        (npy(LABELS == 1), "bool of shape"),
        (npy(LABELS - 0.5), "float64.*whole numbers.*astype"),
        (npy(np.full(12, np.nan)), "float64.*whole numbers"),
        (npy(np.eye(3)[LABELS]), "argmax"),
        (npy(np.array(["cat", "dog", "owl"])[LABELS]), "numpy.unique"),
        (npy(np.zeros(12, [("a", "u1")])), "its header is"),
        (npy(LABELS.astype(">i4") + 254), "from 254 to 256: nnplay keeps a label in a byte.* 256 classes"),
        (npy(LABELS.astype("i8") - 1), "from -1 to 1"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_member_that_is_no_such_array_is_refused(tmp_path, member, words):
    refused(own(tmp_path, y_train=member), f"own.npz: 'y_train'.*{words}|own.npz is damaged at 'y_train': it {words}")


@pytest.mark.parametrize(
    "labels", [LABELS.astype(kind) for kind in ("i1", ">i8", "<u4", "u2")] + [LABELS[:, None].astype(">u2")]
)
def test_labels_are_whole_numbers_of_any_size_and_order(tmp_path, labels):
    np.testing.assert_array_equal(source.read(own(tmp_path, y_train=npy(labels)))[0].labels, LABELS)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_columns_first_are_the_same_images(tmp_path, compression):
    images = np.asfortranarray(IMAGES)
    train, _ = source.read(own(tmp_path, compression, x_train=npy(images)))
    np.testing.assert_array_equal(train.images, IMAGES)
    assert train.images.flags.c_contiguous


@pytest.mark.parametrize(("compression", "name"), [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")])
def test_compression_that_numpy_does_not_write_is_refused(tmp_path, compression, name):
    refused(own(tmp_path, compression), f"compressed by {name}. Write it again with numpy.savez_compressed")


def test_two_arrays_of_one_name_are_refused(tmp_path):
    members = [("x_train", npy(IMAGES)), ("y_train", npy(LABELS)), ("y_train", npy(LABELS))]
    refused(archive(tmp_path / "own.npz", members), "two arrays 'y_train'")


def test_an_encrypted_array_is_refused(tmp_path):
    path = Path(own(tmp_path))
    content = bytearray(path.read_bytes())
    for start, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(start)
        content[at + flags] |= 1
    path.write_bytes(content)
    refused(str(path), "'x_train' is encrypted")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"label,pixel0\n", "no zip archive"), (npy(IMAGES), "a single array"), (b"PK\3\4", "damaged")],
)
def test_what_is_no_archive_says_what_it_is(tmp_path, content, words):
    path = tmp_path / "own.npz"
    path.write_bytes(content)
    refused(str(path), f"{words}.*numpy.savez")


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"images": idx(IMAGES)[:-9]}, "images.*truncated: 231 of 240"),
        ({"images": idx(IMAGES) + b"\0"}, "images.*more follows"),
        ({"labels": idx(LABELS)[:-2]}, "labels.*truncated: 10 of 12"),
        ({"labels": idx(LABELS) + b"\0" * 10_000_000}, "labels.*more follows"),
        ({"images": b""}, "0 bytes, too few"),
        ({"images": idx(IMAGES)[:9]}, "header ends after 9 bytes"),
        ({"images": idx(LABELS)}, "with 3 axes: it has .* 1 axes"),
        ({"images": struct.pack(">HBB3I", 0, 8, 3, *[2**32 - 1] * 3)}, "from 1 to 4096"),
        ({"images": struct.pack(">HBB3I", 0, 8, 3, 100_000_000, 4096, 4096)}, "this machine has"),
        ({"labels": struct.pack(">HBBI", 0, 8, 1, 2**32 - 1)}, "4,294,967,295 entries"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_idx_file_of_another_size_is_refused_before_anything_trains(tmp_path, suffix, changed, words):
    refused(folder(tmp_path, suffix, **changed), words)


def test_images_are_not_unpacked_to_be_checked(tmp_path):
    name = folder(tmp_path, ".gz")
    path = tmp_path / f"{NAMES[0]}.gz"
    content = bytearray(gzip.compress(idx(IMAGES), 0))
    content[60] ^= 0xFF  # a pixel: its checksum is wrong
    path.write_bytes(content)
    assert source.facts(name).train == 12
    with pytest.raises(DataError, match="damaged"):
        source.read(name)


def test_files_put_together_are_one_gzip_file(tmp_path):
    name = folder(tmp_path, ".gz")
    content = idx(IMAGES)
    (tmp_path / f"{NAMES[0]}.gz").write_bytes(gzip.compress(content[:100]) + gzip.compress(content[100:]))
    assert not looked(name)


def test_an_archive_that_promises_more_than_there_may_be_takes_no_memory(tmp_path):
    many = 400_000_000
    header = f"{{'descr': '%s', 'fortran_order': False, 'shape': ({many}, 1, 1)}}"
    labels = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({many},)}}"
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x_train.npy", npy_header((header % "|u1").encode()))
        file.writestr("y_train.npy", npy_header(labels.encode()))
    content = path.read_bytes()
    for start, name, text in (("x", "x_train", header % "|u1"), ("y", "y_train", labels)):
        size = len(npy_header(text.encode()))
        promised = size + many * (1 if start == "x" else 8)
        content = content.replace(struct.pack("<II", size, size), struct.pack("<II", size, promised % 2**32))
        assert name.encode() in content
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(DataError, match="400,000,000 entries: there may be 100,000,000"):
        source.facts(str(path))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_labels_are_unpacked_into_bytes_and_only_where_there_is_an_image_for_each(tmp_path):
    many = 4_000_000
    tracemalloc.start()
    refused(
        own(tmp_path, zipfile.ZIP_DEFLATED, y_train=npy(np.zeros(many, np.int64))), "12 images, 'y_train' 4,000,000"
    )
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    (tmp_path / "own.npz").unlink()
    name = own(
        tmp_path, zipfile.ZIP_DEFLATED,
        x_train=npy(np.zeros((many, 1, 1), np.uint8)), y_train=npy(np.arange(many) % 7),
    )  # fmt: skip
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    assert source.facts(name).train == many
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak < 8 * many  # the labels as they are stored, at eight bytes each, are never there whole


def test_images_that_the_memory_does_not_hold_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_memory", lambda: 200)
    refused(own(tmp_path), r"12 images of \(5, 4\), 240 bytes: nnplay holds all images in memory.* has 200 bytes")


def test_a_source_that_cannot_be_used_is_looked_at_once(tmp_path, monkeypatch):
    name = own(tmp_path, y_train=b"hello")
    refused(name, "no array")
    with monkeypatch.context() as patched:
        patched.setattr(zipfile, "ZipFile", None)
        refused(name, "no array")
    assert source.facts(own(tmp_path)).train == 12


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_source_that_may_not_be_read_is_said_to_be_there(tmp_path, monkeypatch, error):
    name = own(tmp_path)

    def fail(*_args, **_options):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", fail)
        refused(name, f"cannot be read: {error.strerror}")
    with monkeypatch.context() as patched:
        patched.setattr(zipfile, "ZipFile", fail)
        refused(name, f"cannot be read: {error.strerror}")
    assert source.facts(name).train == 12, "what could not be read for a moment is read again"


@st.composite
def damaged(draw, good):
    """Bytes that were good: some changed, some cut out, some put in."""
    content = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        match draw(st.sampled_from(["change", "cut", "insert", "end"])):
            case "change":
                content[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del content[at : at + draw(st.integers(1, 40))]
            case "insert":
                content[at:at] = draw(st.binary(min_size=1, max_size=20))
            case "end":
                del content[at:]
    return bytes(content)


def packed(compression):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as opened:
        opened.writestr("x_train.npy", npy(IMAGES))
        opened.writestr("y_train.npy", npy(LABELS))
    return file.getvalue()


PACKED = [packed(each) for each in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PACKED).flatmap(damaged))
def test_whatever_an_archive_holds_there_is_data_or_a_data_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("npz") / "own.npz"
    path.write_bytes(content)
    assert_named(str(path))


@settings(max_examples=150, deadline=None)
@given(damaged(npy(LABELS)))
def test_whatever_an_array_holds_there_is_data_or_a_data_error(tmp_path_factory, content):
    assert_named(own(tmp_path_factory.mktemp("npy"), y_train=content))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["images", "labels"]), st.booleans(), st.booleans(), st.data())
def test_whatever_an_idx_file_holds_there_is_data_or_a_data_error(tmp_path_factory, which, zipped, inside, data):
    path = tmp_path_factory.mktemp("idx")
    good = idx(IMAGES if which == "images" else LABELS)
    name = folder(path, ".gz" if zipped else "")
    changed = path / (NAMES[which == "labels"] + (".gz" if zipped else ""))
    if zipped and inside:
        changed.write_bytes(gzip.compress(data.draw(damaged(good))))
    else:
        changed.write_bytes(data.draw(damaged(changed.read_bytes())))
    assert_named(name)
