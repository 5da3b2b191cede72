"""One's own data: a folder of IDX files, as MNIST, KMNIST and EMNIST come, or an ``.npz`` as Keras' own datasets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import idx, npz
from engine.data.dataset import Split
from engine.data.facts import DataError, DataFacts, UnreadableError
from engine.data.memory import check_images
from engine.shown import visible

ROLES = {"train": ("train",), "test": ("t10k", "test")}
"""What the names of a set's files hold, as their authors call them."""
ARRAYS = {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")}
MOST_CLASSES = 256
"""Labels are kept as bytes."""
MOST_NAMED = 5
PIECE = 1 << 16
"""Labels that are looked at together."""

Looked = tuple[dict[str, tuple[int, ...]], dict[str, NDArray[np.uint8]]]
"""The shape of the images of each set, and its labels."""


def facts(path: Path) -> DataFacts:
    """Look at headers and labels.

    Raises:
        DataError: the source cannot be learnt from; the message names the file and the remedy.
    """
    shapes, labels = _looked(path)
    train, test = shapes["train"], shapes.get("test")
    if test and test[1:] != train[1:]:
        raise DataError(
            f"{path}: the images to train on are {train[1:]}, those of the test set {test[1:]}: make them alike"
        )
    first, tested = _first(labels["train"]), _first(labels["test"]) if test else {}
    if len(first) < 2:
        raise DataError(
            f"{path}: all {train[0]:,} images to train on have the label {next(iter(first))}: there must be at least "
            "two classes to tell apart"
        )
    classes = 1 + max(*first, *tested)
    changes = np.count_nonzero(labels["train"][1:] != labels["train"][:-1])
    return DataFacts(
        train[1:],
        tuple(map(str, range(classes))),
        train[0],
        test[0] if test else 0,
        first=tuple(first.get(number) for number in range(classes)),
        tested=frozenset(tested),
        grouped=int(changes) + 1 == len(first),
    )


def _first(labels: NDArray[np.uint8]) -> dict[int, int]:
    """Return where each class stands first. Piece by piece: sorting all at once would take eight bytes a label."""
    first = dict[int, int]()
    for start in range(0, len(labels), PIECE):
        found = np.unique(labels[start : start + PIECE], return_index=True)
        for number, index in zip(*(each.tolist() for each in found), strict=True):
            first.setdefault(number, start + index)
    return first


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
    _, labels = _looked(path)
    return labels["train"], labels.get("test", np.zeros(0, np.uint8))


def idx_files(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Find the files of each set by their names: ``...train...images...idx3...``, with or without ``.gz``."""
    try:
        entries = sorted(folder.iterdir())
        names = {file.name for file in entries if file.is_file()}
    except OSError as error:
        raise UnreadableError(f"{folder} cannot be read: {error.strerror or error}. Look at its permissions") from None
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
                many = (
                    f"{len(matching)} files match, {_named(matching)}: keep one of them there"
                    if matching
                    else f"there is none, the folder holds {_named(entries)}"
                )
                raise DataError(
                    f"{folder} needs one IDX file of {role} {what}, named such as "
                    f"{words[0]}-{what}-idx{'3' if what == 'images' else '1'}-ubyte.gz: {many}"
                )
        found[role] = (images[0], labels[0])
    return found


def _named(files: list[Path]) -> str:
    """Name what is in a folder, in a few words."""
    more = f" and {len(files) - MOST_NAMED:,} more" if len(files) > MOST_NAMED else ""
    return ", ".join(visible(file.name)[:60] for file in files[:MOST_NAMED]) + more if files else "nothing"


def _looked(path: Path) -> Looked:
    return _idx_looked(path) if path.is_dir() else _npz_looked(path)


def _idx_looked(folder: Path) -> Looked:
    shapes, labels = {}, {}
    for role, (images_file, labels_file) in idx_files(folder).items():
        shapes[role] = idx.check(images_file, 3)
        labels[role] = idx.read(labels_file, 1)
        _check_counts(images_file, shapes[role], labels_file, len(labels[role]))
    return shapes, labels


def _idx_split(files: tuple[Path, Path]) -> Split:
    images, labels = files
    return Split(idx.read(images, 3), idx.read(labels, 1))


def _npz_roles(path: Path) -> list[str]:
    names = npz.names(path)
    for name in ARRAYS["train"]:
        if name not in names:
            raise DataError(
                f"{path} has no array '{name}', {npz.listed(names)}: name its arrays x_train and y_train, and "
                "x_test and y_test if there is a test set"
            )
    present = [name in names for name in ARRAYS["test"]]
    if any(present) and not all(present):
        raise DataError(f"{path} has only one of the arrays x_test and y_test: put both in, or none")
    return ["train", "test"] if all(present) else ["train"]


def _npz_looked(path: Path) -> Looked:
    shapes, labels = {}, {}
    for role in _npz_roles(path):
        x, y = ARRAYS[role]
        where = f"{path}: '{x}'"
        images, numbers = npz.header(path, x), npz.header(path, y)
        if images.kind != np.uint8:
            raise DataError(
                f"{where} holds {images}: nnplay reads bytes from 0 to 255. Save it as {_as_bytes(x, images.kind)}"
            )
        if len(images.shape) not in (3, 4):
            raise DataError(
                f"{where} holds {images}: images are (n, height, width) or (n, height, width, channels). "
                f"Save it as {x}.reshape(n, height, width)"
            )
        check_images(where, images.shape, npz.REMEDY)
        shapes[role], labels[role] = images.shape, _npz_labels(path, y, numbers, images)
    return shapes, labels


def _npz_split(path: Path, role: str) -> Split:
    x, y = ARRAYS[role]
    images, numbers = npz.header(path, x), npz.header(path, y)
    return Split(npz.read(path, x).astype(np.uint8, copy=False), _npz_labels(path, y, numbers, images))


def _npz_labels(path: Path, name: str, known: npz.Header, images: npz.Header) -> NDArray[np.uint8]:
    """Unpack labels into bytes, once there are as many as images."""
    where = f"{path}: '{name}'"
    column = len(known.shape) == 2 and known.shape[1] == 1  # as CIFAR's
    if not (len(known.shape) == 1 or column) or known.kind.kind not in "ui":
        raise DataError(
            f"{where} holds {known}: labels are whole numbers of shape (n,), the number of each image's class. "
            f"Save it as {_as_labels(name, known)}"
        )
    _check_counts(f"{path}: '{name.replace('y', 'x')}'", images.shape, f"'{name}'", known.shape[0])
    labels = np.empty(known.shape[0], np.uint8)
    bounds, at = list[int](), 0
    for part in npz.chunks(path, name):
        bounds += [int(part.min()), int(part.max())]
        labels[at : at + len(part)] = part.astype(np.uint8)
        at += len(part)
    least, most = min(bounds), max(bounds)
    if least < 0 or most >= MOST_CLASSES:
        raise DataError(
            f"{where} holds labels from {least} to {most}: nnplay keeps a label in a byte, so there can be "
            f"{MOST_CLASSES} classes. Number them from 0 to {MOST_CLASSES - 1} at most"
        )
    return labels


def _as_bytes(name: str, kind: np.dtype) -> str:
    """Write the NumPy that makes bytes of images."""
    if kind.kind == "f":
        return f"({name} * 255).astype('uint8') if it goes from 0 to 1"
    if kind.kind == "b":
        return f"{name}.astype('uint8') * 255"
    if kind.kind in "ui" and kind.itemsize == 2:
        return f"({name} >> 8).astype('uint8') if it goes up to 65535, as {name}.astype('uint8') if up to 255"
    return f"{name}.astype('uint8') if it goes from 0 to 255"


def _as_labels(name: str, known: npz.Header) -> str:
    """Write the NumPy that makes class numbers of labels."""
    if len(known.shape) == 2 and known.kind.kind in "fbui":
        return f"{name}.argmax(axis=1) if it is one-hot"
    if known.kind.kind in "SU":
        return f"numpy.unique({name}, return_inverse=True)[1]"
    return f"{name}.astype('int64')"


def _check_counts(images: object, shape: tuple[int, ...], where: object, labels: int) -> None:
    if shape[0] != labels:
        raise DataError(f"{images} holds {shape[0]:,} images, {where} {labels:,} labels: each image needs one label")
