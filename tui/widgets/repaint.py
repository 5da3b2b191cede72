"""Of a new drawing, only what is different is sent."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Region
from textual.style import Style

Cell = tuple[str, Style | str | None]


def changed(before: Content, now: Content) -> list[Region]:
    """Return the parts that are different: of each line, from its first different cell to its last.

    Both have as many lines, and a cell a character.
    """
    regions = []
    for y, (old, new) in enumerate(zip(before.split("\n"), now.split("\n"), strict=True)):
        if old.plain == new.plain and old.spans == new.spans:
            continue
        width = max(len(old.plain), len(new.plain))
        was, will = (_filled(_cells(line), width) for line in (old, new))
        different = [x for x in range(width) if was[x] != will[x]]
        if different:
            regions.append(Region(different[0], y, different[-1] - different[0] + 1, 1))
    return regions


def _cells(line: Content) -> list[Cell]:
    """Return each cell with its style: where there are several, the last of them."""
    styles: list[Style | str | None] = [None] * len(line.plain)
    for start, end, style in line.spans:
        styles[start:end] = [style] * (min(end, len(styles)) - start)
    return list(zip(line.plain, styles, strict=True))


def _filled(cells: list[Cell], width: int) -> Sequence[Cell]:
    """Return as many cells, in which a blank is a blank, whatever its style."""
    seen: list[Cell] = [(" ", None) if sign == " " else (sign, style) for sign, style in cells]
    return seen + [(" ", None)] * (width - len(seen))
