"""The IDX file format of MNIST and its successors: a magic number, the axes, then the bytes.

Format: http://yann.lecun.com/exdb/mnist/, "File formats for the MNIST database".
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.facts import DataError

UNSIGNED_BYTE = 0x08


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
    content = _content(path)
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise DataError(f"{path} is damaged: its content is not what nnplay was made with. {_remedy(path)}")
    shape, header = _shape(path, content, axes)
    if len(content) - header != math.prod(shape):
        raise DataError(
            f"{path} is truncated: {len(content) - header:,} of {math.prod(shape):,} values are there. {_remedy(path)}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def read_shape(path: Path, axes: int) -> tuple[int, ...]:
    """Read the header only, and return the shape that it promises.

    Raises:
        DataError: as for `read`.
    """
    return _shape(path, _content(path, 4 + 4 * axes), axes)[0]


def _shape(path: Path, content: bytes, axes: int) -> tuple[tuple[int, ...], int]:
    """Return the array's shape, and the length of the header that says it."""
    header = 4 + 4 * axes
    if len(content) < header:
        raise DataError(f"{path} is truncated: {len(content)} bytes, too few for an IDX header. {_remedy(path)}")
    zeros, kind, count = struct.unpack(">HBB", content[:4])
    if zeros != 0 or kind != UNSIGNED_BYTE or count != axes:
        raise DataError(f"{path} is no IDX file of unsigned bytes with {axes} axes. {_remedy(path)}")
    return struct.unpack(f">{axes}I", content[4:header]), header


def _content(path: Path, size: int = -1) -> bytes:
    """Return the first bytes of a file, decompressed if its name ends in .gz; all of them without a size."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:
        raise DataError(f"{path} is missing. {_remedy(path)}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged or truncated ({error}). {_remedy(path)}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}. {_remedy(path)}") from None


def _remedy(path: Path) -> str:
    return f"Put a good copy of {path.name} in {path.parent}."
