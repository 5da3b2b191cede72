"""The IDX file format of MNIST and its successors: a magic number, the axes, then the bytes.

Files may come from anywhere: never more is unpacked than a header promises, and only where the memory holds that.
Format: http://yann.lecun.com/exdb/mnist/, "File formats for the MNIST database".
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.data.facts import DataError, UnreadableError
from engine.data.memory import check_count, check_images

UNSIGNED_BYTE = 0x08
CHUNK = 1 << 20
"""Bytes that are unpacked at once where only their number is asked for."""


def read(path: Path, axes: int, sha256: str | None = None) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, gzipped or plain.

    Args:
        path: the file.
        axes: how many axes it must have: 3 for images, 1 for labels.
        sha256: the hash that its decompressed bytes must have; None to take what is there.

    Returns:
        The array in the file's own shape. It is read-only.

    Raises:
        DataError: the file is missing, damaged, truncated or of another kind.
    """
    with _opened(path) as file:
        shape, header = _header(path, file, axes)
        size = math.prod(shape)
        _check_plain(path, len(header), size)
        content = file.read(size + 1)
        if len(content) != size:
            raise _of_other_size(path, len(content), size)
    if sha256 is not None and hashlib.sha256(header + content).hexdigest() != sha256:
        raise DataError(f"{path} is damaged: its content is not what nnplay was made with. {remedy(path)}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def check(path: Path, axes: int) -> tuple[int, ...]:
    """Return the shape that the header promises, once the file's size agrees with it; nothing else is unpacked.

    Raises:
        DataError: as for `read`.
    """
    with _opened(path) as file:
        shape, header = _header(path, file, axes)
        size = math.prod(shape)
        _check_plain(path, len(header), size)
        if path.suffix == ".gz" and _gzip_size(path) != (len(header) + size) % 2**32:
            # Cut off, or put together from several gzip files: only unpacking tells.
            _check_unpacked(path, file, size)
    return shape


def remedy(path: Path) -> str:
    """Say what to do about a file that cannot be used."""
    return f"Put a good copy of {path.name} in {path.parent}."


def _header(path: Path, file: BinaryIO | gzip.GzipFile, axes: int) -> tuple[tuple[int, ...], bytes]:
    """Return the array's shape, and the bytes that say it."""
    length = 4 + 4 * axes
    header = file.read(length)
    if len(header) < 4:
        raise DataError(f"{path} is truncated: {len(header)} bytes, too few for an IDX header. {remedy(path)}")
    zeros, kind, count = struct.unpack(">HBB", header[:4])
    if zeros != 0 or kind != UNSIGNED_BYTE or count != axes:
        found = f"values of kind 0x{kind:02x} with {count} axes" if zeros == 0 else f"the bytes {header[:4]!r} first"
        raise DataError(f"{path} is no IDX file of unsigned bytes with {axes} axes: it has {found}. {remedy(path)}")
    if len(header) < length:
        raise DataError(f"{path} is truncated: its IDX header ends after {len(header)} bytes. {remedy(path)}")
    shape: tuple[int, ...] = struct.unpack(f">{axes}I", header[4:])
    if axes == 1:
        check_count(path, shape[0])
    else:
        check_images(path, shape, remedy(path))
    return shape, header


def _of_other_size(path: Path, found: int, promised: int) -> DataError:
    if found > promised:
        return DataError(f"{path} is damaged: more follows after the {promised:,} values of its header. {remedy(path)}")
    return DataError(f"{path} is truncated: {found:,} of {promised:,} values are there. {remedy(path)}")


def _check_plain(path: Path, header: int, size: int) -> None:
    """Compare the size of a file that is not compressed with what its header promises."""
    found = path.stat().st_size - header
    if path.suffix != ".gz" and found != size:
        raise _of_other_size(path, found, size)


def _check_unpacked(path: Path, file: BinaryIO | gzip.GzipFile, size: int) -> None:
    """Compare how much there is with what the header promises, unpacking piece by piece and keeping nothing."""
    found = 0
    while found <= size and (part := file.read(min(CHUNK, size + 1 - found))):
        found += len(part)
    if found != size:
        raise _of_other_size(path, found, size)


def _gzip_size(path: Path) -> int:
    """Return what a gzip file says at its end: how many bytes it unpacks to, modulo 2³²."""
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        (size,) = struct.unpack("<I", file.read(4))
        return int(size)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | gzip.GzipFile]:
    """Open a file, decompressed if its name ends in .gz: the one boundary through which only a DataError comes."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise UnreadableError(f"{path} is missing. {remedy(path)}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile, struct.error) as error:
        raise DataError(f"{path} is damaged or truncated ({error}). {remedy(path)}") from None
    except MemoryError:
        raise UnreadableError(f"{path}: there is not enough memory to read it. Use fewer or smaller images") from None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror or error}. {remedy(path)}") from None
