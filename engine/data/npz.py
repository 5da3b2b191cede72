"""NumPy's ``.npz``: a zip archive of ``.npy`` arrays, read with care, for it may come from anywhere.

Sizes are compared before anything is unpacked, headers are matched and never evaluated, and whatever the bytes are,
there is an array or a `DataError`. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import math
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.data.facts import DataError, UnreadableError
from engine.shown import visible

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000
"""As NumPy's own `max_header_size`."""
KIND = re.compile(
    r"""["']descr["']\s*:\s*["'](?P<kind>[<>|=]?[?bBhHiIlLqQuefdgFDGcSUVOmM]\d{0,9}(\[\w{1,9}\])?)["']""", re.ASCII
)
ORDER = re.compile(r"""["']fortran_order["']\s*:\s*(?P<fortran>True|False)\b""", re.ASCII)
SHAPE = re.compile(r"""["']shape["']\s*:\s*\((?P<shape>[\d,\s]{0,400})\)""", re.ASCII)
CHUNK = 1 << 20
"""Bytes that are unpacked at once."""
MOST_NAMED = 8
REMEDY = "Write it again with numpy.savez"
COMPRESSORS = {zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "lzma"}
MISTAKEN = {
    MAGIC: "a single array, as numpy.save writes it",
    b"\x1f\x8b": "a gzip file",
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a picture",
    b"\x80": "a pickle",
}
"""What is taken for an archive, by its first bytes."""


@dataclass(frozen=True)
class Header:
    """What an array says of itself.

    Attributes:
        shape: of the array.
        kind: of its values.
        fortran: the first axis varies fastest.
        length: bytes before the values.
    """

    shape: tuple[int, ...]
    kind: np.dtype
    fortran: bool
    length: int

    def __str__(self) -> str:
        return f"{self.kind} of shape {self.shape}"


def names(path: Path) -> list[str]:
    """Return the names of the arrays of an archive, in its order.

    Raises:
        DataError: it is no archive, or has two arrays of one name.
    """
    with _archive(path) as archive:
        found = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    twice = next((name for name in found if found.count(name) > 1), None) if len(set(found)) < len(found) else None
    if twice is not None:
        raise DataError(f"{path} has two arrays '{visible(twice)}'. {REMEDY}")
    return found


def listed(found: list[str]) -> str:
    """Name what an archive holds, in a few words."""
    if not found:
        return "it holds no arrays"
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f"it holds {', '.join(visible(name)[:40] for name in found[:MOST_NAMED])}{more}"


def header(path: Path, name: str) -> Header:
    """Return what an array says of itself, once its size agrees with that; no value is unpacked.

    Raises:
        DataError: the array is damaged, or none that can be read without running what is in it.
    """
    with _archive(path, name) as archive, _member(path, archive, name) as (file, size):
        return _header(f"{path}: '{name}'", file, size)


def chunks(path: Path, name: str) -> Iterator[NDArray[np.generic]]:
    """Unpack an array piece by piece, as flat arrays in the order in which the values are stored.

    Raises:
        DataError: as for `header`, or its values are damaged.
    """
    with _archive(path, name) as archive, _member(path, archive, name) as (file, size):
        known = _header(f"{path}: '{name}'", file, size)
        left = size - known.length
        at_once = max(CHUNK // known.kind.itemsize, 1) * known.kind.itemsize
        while left:
            part = _exactly(file, min(at_once, left))
            left -= len(part)
            yield np.frombuffer(part, known.kind)


def read(path: Path, name: str) -> NDArray[np.generic]:
    """Unpack an array.

    Raises:
        DataError: as for `chunks`, or the memory does not hold it.
    """
    known = header(path, name)
    try:
        flat = np.empty(math.prod(known.shape), known.kind)
    except (MemoryError, ValueError):
        raise DataError(f"{path}: '{name}' holds {known}: there is not enough memory for it") from None
    at = 0
    for part in chunks(path, name):
        flat[at : at + len(part)] = part
        at += len(part)
    return np.ascontiguousarray(flat.reshape(known.shape[::-1]).T) if known.fortran else flat.reshape(known.shape)


@contextmanager
def _archive(path: Path, name: str = "") -> Iterator[zipfile.ZipFile]:
    """Open an archive: the one boundary through which nothing but a DataError comes, whatever its bytes are."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except DataError:
        raise
    except MemoryError:
        raise UnreadableError(f"{path}: there is not enough memory to read it. Use fewer or smaller images") from None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror or error}. {REMEDY}") from None
    # zipfile, zlib and struct raise what they please on damaged bytes, and document little of it.
    except Exception as error:  # noqa: BLE001
        other = _other(path)
        if other:
            raise DataError(f"{path} {other}. Make an .npz with numpy.savez(path, x_train=..., y_train=...)") from None
        at = f" at '{name}'" if name else ""
        raise DataError(f"{path} is damaged{at}: {visible(str(error)) or type(error).__name__}. {REMEDY}") from None


def _other(path: Path) -> str:
    """Say what a file is if it is no archive; empty if it is one, be it damaged."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        return ""
    if start.startswith(b"PK"):
        return ""
    kind = next((kind for magic, kind in MISTAKEN.items() if start.startswith(magic)), "")
    return f"is no .npz but {kind}" if kind else "is no .npz: it is no zip archive" if start else "is empty"


@contextmanager
def _member(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[tuple[IO[bytes], int]]:
    """Open an array's file in an archive, and say how many bytes it unpacks to."""
    info = archive.getinfo(f"{name}.npy")
    if info.flag_bits & 1:
        raise DataError(f"{path}: '{name}' is encrypted. {REMEDY}")
    # The others can unpack to any size at once, and numpy.savez and savez_compressed write none of them.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        kind = COMPRESSORS.get(info.compress_type, f"method {info.compress_type}")
        raise DataError(f"{path}: '{name}' is compressed by {kind}. Write it again with numpy.savez_compressed")
    with archive.open(info) as file:
        yield file, info.file_size


def _header(where: str, file: IO[bytes], size: int) -> Header:
    start = file.read(len(MAGIC) + 2)
    if start[:-2] != MAGIC or start[-2] not in (1, 2, 3):
        is_so = "is a pickle" if start.startswith(b"\x80") else f"begins with {start!r}" if start else "is empty"
        raise DataError(f"{where} is no array: it {is_so}. {REMEDY}")
    width, order = (2, "<H") if start[-2] == 1 else (4, "<I")
    (length,) = struct.unpack(order, _exactly(file, width))
    if length > LONGEST_HEADER:
        raise DataError(f"{where} is damaged: its header claims {length:,} bytes. {REMEDY}")
    text = _exactly(file, length).decode("latin-1")
    kind, fortran, shape = (pattern.search(text) for pattern in (KIND, ORDER, SHAPE))
    if not (kind and fortran and shape):
        raise DataError(f"{where} is damaged: its header is {visible(text.strip())[:80]!r}. {REMEDY}")
    try:
        values = np.dtype(kind["kind"])
    except TypeError:
        raise DataError(f"{where} holds values of an unknown kind, '{kind['kind']}'. {REMEDY}") from None
    if values.hasobject:
        raise DataError(f"{where} holds pickled Python objects, which could run code. Save it as an array of numbers")
    axes = tuple(int(axis[:18]) for axis in shape["shape"].replace(",", " ").split())
    found = Header(axes, values, fortran["fortran"] == "True", len(start) + width + length)
    promised = math.prod(found.shape) * values.itemsize
    if size - found.length != promised or not values.itemsize:
        there = size - found.length
        raise DataError(
            f"{where} is damaged: its header promises {found}, {promised:,} bytes, and {there:,} are there. {REMEDY}"
        )
    return found


def _exactly(file: IO[bytes], size: int) -> bytes:
    """Read so many bytes; ZipExtFile gives fewer at the end of what is there."""
    content = file.read(size)
    if len(content) != size:
        raise EOFError("it ends too early")
    return content
