"""Text as cells of a terminal, in which nothing steers it: the one place where strangers' text is made harmless.

A control character takes no room on the screens, so nothing is left of it; one that has room there becomes a stand-in.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, split_graphemes

from engine.shown import steers

STAND_IN = "?"
"""For what must not be sent. It is ASCII, so that every terminal can show it."""
SECOND_HALF = ""
"""The second cell of a sign that takes two."""
JOINER = "\u200d"
"""Makes one sign of several. Terminals differ in how wide that is: the first alone is shown."""
SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""The same is true of these."""

NARROW = frozenset(map(chr, (*range(0x20, 0x7F), *range(0x2500, 0x25FD), *range(0x2800, 0x2900), *b"\xb7\xd7")))
"""Most of what is shown takes one cell: letters, frames, dots of charts."""


@lru_cache(maxsize=16384)
def cells(text: str) -> tuple[str, ...]:
    """Return what stands in each cell: mostly one character; with its accents, more."""
    if text.isascii() and text.isprintable():
        return tuple(text)
    spans, _ = split_graphemes(text)
    return tuple(cell for start, end, width in spans for cell in _harmless(text[start:end], width))


def _harmless(sign: str, width: int) -> tuple[str, ...]:
    """Return the cells of a sign, without what steers."""
    if width == 0:  # it would change the sign before it, which may be someone else's
        return ()
    kept = "".join(each for each in sign.partition(JOINER)[0] if not steers(each) and each not in SKIN_TONES)
    if cell_len(kept) != width:
        return (STAND_IN,) * width
    return (kept, *(SECOND_HALF,) * (width - 1))


def is_wide(cell: str) -> bool:
    """Return whether a sign takes the next cell, too."""
    return cell not in NARROW and cell_len(cell) > 1
