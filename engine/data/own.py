"""One's own data: a folder of IDX files, as MNIST, KMNIST and EMNIST come, or an ``.npz`` as Keras' own datasets."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import idx
from engine.data.dataset import Split
from engine.data.facts import DataError, DataFacts

ROLES = {"train": ("train",), "test": ("t10k", "test")}
"""What the names of a set's files hold, as their authors call them."""
ARRAYS = {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")}
UNREADABLE = (OSError, ValueError, EOFError, LookupError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)
"""What reading a zip archive raises that is damaged, encrypted, compressed in another way, or promises too much."""
MOST_CLASSES = 256
LARGEST_SIDE = 4096


def facts(path: Path) -> DataFacts:
    """Look at headers and labels.

    Raises:
        DataError: the source cannot be learnt from; the message names the file and the remedy.
    """
    shapes, labels = _idx_facts(path) if path.is_dir() else _npz_facts(path)
    train, test = shapes["train"], shapes.get("test")
    if test and test[1:] != train[1:]:
        raise DataError(
            f"{path}: the images to train on are {train[1:]}, those of the test set {test[1:]}: make them alike"
        )
    classes = 1 + max(int(each.max()) for each in labels.values())
    return DataFacts(train[1:], tuple(map(str, range(classes))), train[0], test[0] if test else 0)


def read(path: Path) -> tuple[Split, Split]:
    """Read the training and the test set; the test set is empty where there is none.

    Raises:
        DataError: as for `facts`, or the files are damaged.
    """
    known = facts(path)
    if path.is_dir():
        sets = {role: _idx_split(files) for role, files in idx_files(path).items()}
    else:
        sets = {role: _npz_split(path, role) for role in _npz_roles(path)}
    nothing = Split(np.zeros((0, *known.image_shape), np.uint8), np.zeros(0, np.uint8))
    return sets["train"], sets.get("test", nothing)


def read_labels(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the labels of the training and the test set.

    Raises:
        DataError: as for `facts`.
    """
    _, labels = _idx_facts(path) if path.is_dir() else _npz_facts(path)
    return labels["train"], labels.get("test", np.zeros(0, np.uint8))


def idx_files(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Find the files of each set by their names: ``...train...images...idx3...``, with or without ``.gz``."""
    try:
        names = {file.name for file in folder.iterdir() if file.is_file()}
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror or error}") from None
    # Some come both plain and gzipped: the plain one is read faster.
    files = sorted(folder / name for name in names if name.removesuffix(".gz") not in names - {name})
    found: dict[str, tuple[Path, Path]] = {}
    for role, words in ROLES.items():
        images, labels = (
            [
                file
                for file in files
                if any(word in file.name for word in words) and what in file.name and kind in file.name
            ]
            for what, kind in (("images", "idx3"), ("labels", "idx1"))
        )
        if not images and not labels and role == "test":
            continue
        for what, matching in (("images", images), ("labels", labels)):
            if len(matching) != 1:
                many = f"{len(matching)} files match" if matching else "there is none"
                raise DataError(
                    f"{folder} needs one IDX file of {role} {what}, named such as "
                    f"{words[0]}-{what}-idx{'3' if what == 'images' else '1'}-ubyte.gz: {many}"
                )
        found[role] = (images[0], labels[0])
    return found


def _idx_facts(folder: Path) -> tuple[dict[str, tuple[int, ...]], dict[str, NDArray[np.uint8]]]:
    shapes, labels = {}, {}
    for role, (images_file, labels_file) in idx_files(folder).items():
        shapes[role] = idx.read_shape(images_file, 3)
        labels[role] = idx.read(labels_file, 1)
        _check(images_file, shapes[role], labels_file, labels[role])
        _check_classes(labels_file, labels["train"])
    return shapes, labels


def _idx_split(files: tuple[Path, Path]) -> Split:
    images, labels = files
    return Split(idx.read(images, 3), idx.read(labels, 1))


def _npz_roles(path: Path) -> list[str]:
    with _opened(path) as archive:
        names = {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
    for name in ARRAYS["train"]:
        if name not in names:
            raise DataError(
                f"{path} has no array '{name}': it needs x_train and y_train, and x_test and y_test if wished"
            )
    present = [name in names for name in ARRAYS["test"]]
    if any(present) and not all(present):
        raise DataError(f"{path} has only one of the arrays x_test and y_test: put both in, or none")
    return ["train", "test"] if all(present) else ["train"]


def _npz_facts(path: Path) -> tuple[dict[str, tuple[int, ...]], dict[str, NDArray[np.uint8]]]:
    shapes, labels = {}, {}
    for role in _npz_roles(path):
        x, y = ARRAYS[role]
        shape, kind = _npz_header(path, x)
        if kind != np.uint8:
            raise DataError(
                f"{path}: '{x}' holds {kind}, nnplay reads bytes from 0 to 255: save it as (x * 255).astype('uint8') "
                "if it goes from 0 to 1"
            )
        if len(shape) not in (3, 4):
            raise DataError(
                f"{path}: '{x}' has the shape {shape}: images are (n, height, width) or (n, height, width, channels)"
            )
        shapes[role], labels[role] = shape, _npz_labels(path, y)
        _check(f"{path}: '{x}'", shape, f"'{y}'", labels[role])
        _check_classes(f"{path}: '{y}'", labels["train"])
    return shapes, labels


def _npz_split(path: Path, role: str) -> Split:
    x, y = ARRAYS[role]
    return Split(_npz_array(path, x), _npz_labels(path, y))


def _npz_header(path: Path, name: str) -> tuple[tuple[int, ...], np.dtype]:
    """Return shape and type of an array without unpacking it."""
    try:
        with _opened(path) as archive, archive.open(f"{name}.npy") as file:
            version = np.lib.format.read_magic(file)
            reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, kind = reader(file)
            return shape, kind
    except UNREADABLE as error:
        raise DataError(f"{path} is damaged, or no .npz, at '{name}': {error}") from None


def _npz_array(path: Path, name: str) -> NDArray[np.uint8]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found: NDArray[np.uint8] = arrays[name]
            return found
    except UNREADABLE as error:
        raise DataError(f"{path} is damaged, or no .npz, at '{name}': {error}") from None


def _npz_labels(path: Path, name: str) -> NDArray[np.uint8]:
    labels = _npz_array(path, name)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]  # as CIFAR's
    if labels.ndim != 1 or labels.dtype.kind not in "ui":
        raise DataError(
            f"{path}: '{name}' holds {labels.dtype} of shape {labels.shape}: labels are whole numbers of shape (n,), "
            "the number of each image's class"
        )
    if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) < MOST_CLASSES:
        raise DataError(
            f"{path}: '{name}' holds labels from {labels.min()} to {labels.max()}: number the classes from 0 to "
            f"{MOST_CLASSES - 1} at most"
        )
    return labels.astype(np.uint8)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no zip archive"
        raise DataError(f"{path} cannot be read as .npz: {reason}. Make one with numpy.savez") from None


def _check(images: object, shape: tuple[int, ...], where: object, labels: NDArray[np.uint8]) -> None:
    if shape[0] != len(labels):
        raise DataError(
            f"{images} holds {shape[0]:,} images, {where} {len(labels):,} labels: there must be a label an image"
        )
    if not shape[0]:
        raise DataError(f"{images} holds no images")
    if not all(1 <= side <= LARGEST_SIDE for side in shape[1:]):
        raise DataError(f"{images} has images of {shape[1:]}: each side must be from 1 to {LARGEST_SIDE}")


def _check_classes(where: object, labels: NDArray[np.uint8]) -> None:
    if int(labels.max()) == 0:
        raise DataError(f"{where} holds only the class 0: there must be at least two classes to tell apart")
