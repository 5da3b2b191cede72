"""Amounts as one reads them: memory, and large counts, in two digits or three."""

from __future__ import annotations

BYTES_PER_VALUE = 4
"""Weights and outputs are numbers of 32 bits."""
EXACT = 100_000
"""Counts below this are written out."""


def memory(values: int) -> str:
    """Return how much memory so many values take: ``0.4 MB``."""
    return room(values * BYTES_PER_VALUE)


def room(size: int) -> str:
    """Return how much so many bytes are: ``12 MB``."""
    if size < 1000:
        return f"{size} B"
    if size < EXACT:
        return f"{_digits(size / 1e3)} kB"
    return f"{_digits(size / 1e6)} MB" if size < 1e9 else f"{_digits(size / 1e9)} GB"


def count(number: int) -> str:
    """Return a count: ``5,024``, ``0.24 M``, ``1.2 G``."""
    if number < EXACT:
        return f"{number:,}"
    return f"{_digits(number / 1e6)} M" if number < 1e9 else f"{_digits(number / 1e9)} G"


def share(part: float, whole: float) -> str:
    """Return a share in per cent; what is there never reads 0 %."""
    if not part:
        return ""
    percent = 100 * part / whole
    return "<1 %" if percent < 1 else f"{percent:.0f} %"


def _digits(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2g}"
