"""A canvas of cells: dots finer than a cell, signs and words, each in a colour. It is sent in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from textual.color import Color
from textual.content import Content, Span
from textual.style import Style

Dot = tuple[int, int]
"""Column and row of a dot, from the upper left corner."""

BRAILLE = 0x2800
"""The character without dots; each dot is a bit of those after it (Unicode, Braille Patterns)."""
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""By row and column within a cell."""
FINE = len(BITS[0]), len(BITS)
"""Dots a cell: columns and rows."""


class Canvas:
    """Cells, each with a sign and its colour. What is drawn later covers what was there; nothing is drawn outside."""

    def __init__(self, width: int, height: int) -> None:
        """Begin with width × height blanks."""
        self.width, self.height = width, height
        self._signs = [[" "] * width for _ in range(height)]
        self._colours: list[list[Color | None]] = [[None] * width for _ in range(height)]

    def put(self, column: int, row: int, sign: str, colour: Color) -> None:
        """Draw a sign."""
        if 0 <= column < self.width and 0 <= row < self.height:
            self._signs[row][column] = sign
            self._colours[row][column] = colour

    def write(self, column: int, row: int, text: str, colour: Color) -> None:
        """Draw a text, from its first sign to the right."""
        for index, sign in enumerate(text):
            self.put(column + index, row, sign, colour)

    def blank(self, column: int, row: int, cells: int) -> bool:
        """Say whether nothing is drawn on so many cells of a row; what is outside is blank."""
        if not 0 <= row < self.height:
            return True
        return not "".join(self._signs[row][max(column, 0) : max(column + cells, 0)]).strip()

    def dots(self, dots: Iterable[Dot], colour: Color) -> None:
        """Draw dots in braille: each cell has `FINE` of them."""
        cells: dict[tuple[int, int], int] = {}
        columns, rows = FINE
        for x, y in dots:
            cell = x // columns, y // rows
            cells[cell] = cells.get(cell, 0) | BITS[y % rows][x % columns]
        for (column, row), bits in cells.items():
            self.put(column, row, chr(BRAILLE + bits), colour)

    def content(self) -> Content:
        """Return the drawing, a character a cell.

        Blanks take the colour of what stands before them: a change of colour costs as many bytes as ten cells.
        """
        spans: list[Span] = []
        at = 0
        styles: dict[Color, Style] = {}
        for signs, colours in zip(self._signs, self._colours, strict=True):
            end = last = None
            for x, (sign, colour) in enumerate(zip(signs, colours, strict=True), start=at):
                if end == x and (sign == " " or colour is last):
                    spans[-1] = Span(spans[-1].start, x + 1, spans[-1].style)
                elif colour is not None:
                    last = colour
                    spans.append(Span(x, x + 1, styles.setdefault(colour, Style(foreground=colour))))
                else:
                    continue
                end = x + 1
            at += self.width + 1  # the line's end
        return Content("\n".join(map("".join, self._signs)), spans)


def joined(points: Sequence[Dot]) -> Iterator[Dot]:
    """Yield the dots of a line through points: straight from each to the next."""
    yield from points[:1]
    for (x, y), (to_x, to_y) in pairwise(points):
        across, down = to_x - x, to_y - y
        steps = max(abs(across), abs(down))
        for step in range(1, steps + 1):
            # The nearest dot: a half more, and what is left over dropped.
            yield x + (2 * across * step + steps) // (2 * steps), y + (2 * down * step + steps) // (2 * steps)
