"""The drawing of a chart: its lines, axes and marks on a canvas. A long line is thinned to what that can show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from textual.color import Color
from textual.content import Content

from engine.runs.curve import Curve
from tui.widgets import axis, reach
from tui.widgets.axis import Scale
from tui.widgets.canvas import FINE, Canvas, joined
from tui.widgets.thinning import Column, columns
from tui.widgets.view import Line, Look, View

DOTS_PER_CELL = FINE[0]
"""More points a column cannot be seen."""
GLYPHS_APART = 4
MOST_GLYPHS = 20
"""A line's glyphs stand at least so many cells apart, and are at most so many: more would hide the line."""
MOST_MARKS = 8
"""The newest changes that are marked; more would hide the curves."""
WORD_ROWS = 3
"""Their words stand in so many of the topmost rows; where these have no room beside newer ones, there are none."""
INK = Color(128, 140, 155)

Point = tuple[float, float]
"""A place of the x axis, and one of the y axis in its own units."""


@dataclass(frozen=True)
class Signs:
    """The characters that a chart is drawn with; where the dots have none, they are braille."""

    dots: str
    faint: str
    mark: str
    cursor: str
    saved: str
    best: str
    gap: str
    cut: str
    line: str


BRAILLE = Signs(dots="", faint="", mark="┆", cursor="│", saved="▴", best="◆", gap="!", cut="…", line="━")
ASCII = Signs(dots=".", faint="'", mark=":", cursor="|", saved="^", best="B", gap="!", cut="~", line="-")


@dataclass(frozen=True)
class Drawing:
    """A chart, and the columns of the part where its lines are: the first, and how many."""

    content: Content
    left: int
    room: int


class NothingToDrawError(ValueError):
    """No line has a point in what is seen."""


def plot(
    view: View,
    colours: Sequence[Color],
    width: int,
    height: int,
    look: Look = Look(),  # noqa: B008 - immutable
    smooth: Sequence[Curve] = (),
    signs: Signs = BRAILLE,
    ink: Color = INK,
    faint: Sequence[Color] = (),
) -> Drawing:
    """Draw lines on width × height cells: of each column the mean, and faint behind it all from lowest to highest.

    Args:
        view: what is shown.
        colours: of its lines.
        width: cells.
        height: cells.
        look: how it is looked at.
        smooth: the smoothed form of each line, or its curve as it is; nothing where none is smoothed.
        signs: the characters to draw with.
        ink: the colour of all that is no line.
        faint: the colours behind the lines; where there are none, their own.

    Raises:
        NothingToDrawError: there is no point to draw.
    """
    begin, end = look.span(view)
    smooth = smooth or [line.curve for line in view.lines]
    scale = reach.scale(view, look)
    if scale is None:
        raise NothingToDrawError
    canvas = Canvas(width, height)
    ticks = axis.ticks(begin, end, width, view.steps if look.by_step else 0)
    levels = scale.levels(height)
    left = min(max(map(len, levels[1])), width - 1)
    lines = _Lines(canvas, begin, end, scale, left, height - 1 if ticks[0] else height, signs, ink)
    lines.axes(ticks, levels)
    words = lines.marks(_seen(view.marks, begin, end)[-MOST_MARKS:])
    if look.cursor is not None and begin <= look.cursor <= end:
        lines.upright(look.cursor, signs.cursor)
    raw = [lines.columns(line.curve, line.spread) for line in view.lines]
    shown = [
        each if curve is line.curve else lines.columns(curve)
        for line, curve, each in zip(view.lines, smooth, raw, strict=True)
    ]
    for line, curve, each, colour in zip(view.lines, smooth, raw, faint or colours, strict=True):
        lines.extremes(each, colour, alone=curve is not line.curve)
    for line, each, colour in zip(view.lines, shown, colours, strict=True):
        lines.line(line, each, colour)
    lines.edges(view, raw)
    for column, row, text in words:  # nothing covers them
        canvas.write(column, row, text, ink)
    return Drawing(canvas.content(), left, width - left)


class _Lines:
    """The part of a canvas where the lines are, right of the numbers of the y axis and above those of the x axis."""

    def __init__(
        self, canvas: Canvas, begin: float, end: float, scale: Scale, left: int, height: int, signs: Signs, ink: Color
    ) -> None:
        self._canvas = canvas
        self._begin, self._end = begin, end
        self._scale = scale
        self._left, self._room, self._height = left, canvas.width - left, height
        self._signs = signs
        self._ink = ink

    def _column(self, x: float, cells: int) -> int:
        """Return which of so many columns, of the cells or of their dots, a place of the x axis is in."""
        return _nearest((x - self._begin) / (self._end - self._begin) * (cells - 1))

    def _row(self, y: float, cells: int) -> int:
        """Return the same of the y axis; rows are counted from the top."""
        return cells - 1 - _nearest((y - self._scale.low) / (self._scale.high - self._scale.low) * (cells - 1))

    def _put(self, x: float, y: float, sign: str, colour: Color) -> None:
        self._canvas.put(self._left + self._column(x, self._room), self._row(y, self._height), sign, colour)

    def axes(self, ticks: axis.Numbers, levels: axis.Numbers) -> None:
        """Write the numbers of both axes; those of the x axis that have no room beside others are left out."""
        for level, label in zip(*levels, strict=True):
            self._canvas.write(self._left - len(label), self._row(level, self._height), label, self._ink)
        below = self._height
        for tick, label in zip(*ticks, strict=True):
            column = self._left + self._column(tick, self._room) - len(label) // 2
            column = min(column, self._canvas.width - len(label))
            if column >= 0 and self._canvas.blank(column - 1, below, len(label) + 2):
                self._canvas.write(column, below, label, self._ink)

    def upright(self, x: float, sign: str) -> None:
        """Draw a line from top to bottom."""
        column = self._left + self._column(x, self._room)
        for row in range(self._height):
            self._canvas.put(column, row, sign, self._ink)

    def marks(self, marks: Sequence[tuple[float, str]]) -> list[tuple[int, int, str]]:
        """Draw where something changed; return the words beside it, with the column and the row that they begin at.

        They stand in the first of the topmost rows that has room for them. The newest have the first choice.
        """
        taken: list[set[int]] = [set() for _ in range(WORD_ROWS)]
        placed = []
        for x, words in reversed(marks):
            self.upright(x, self._signs.mark)
            column = self._column(x, self._room)
            text, side = beside(words, column, self._room, self._signs.cut)
            first = column if side == "left" else column - len(text) + 1
            cells = set(range(first, first + len(text)))
            row = next((index for index, columns in enumerate(taken) if columns.isdisjoint(cells)), None)
            if row is not None and row < self._height:
                taken[row] |= cells
                placed.append((self._left + first, row, text))
        return placed

    def columns(self, curve: Curve, spread: Curve = Curve()) -> list[Column]:  # noqa: B008 - immutable
        """Return what the columns of dots, or of cells where the signs fill them, show of a curve."""
        return columns(curve, self._begin, self._end, self._room * (1 if self._signs.dots else DOTS_PER_CELL), spread)

    def extremes(self, columns: Iterable[Column], colour: Color, *, alone: bool) -> None:
        """Draw each column from its lowest to its highest value; ``alone``: also one with a single point."""
        sign = self._signs.faint
        across, down = (1, 1) if sign else FINE
        width, height = self._room * across, self._height * down
        dots: list[tuple[int, int]] = []
        for x, y, low, high, _ in columns:
            top = self._scale.at(high)
            if y is None or top is None or not (alone or low < high):
                continue
            bottom = self._scale.at(low)
            column = self._left * across + self._column(x, width)
            lowest = height - 1 if bottom is None else min(self._row(bottom, height), height - 1)
            dots += [(column, row) for row in range(max(self._row(top, height), 0), lowest + 1)]
        self._draw(dots, sign, colour)

    def line(self, line: Line, columns: Iterable[Column], colour: Color) -> None:
        """Draw a line as far as it is within the axes, and its glyph at some of its points."""
        for points in self._pieces(columns):
            self._dots(points, self._signs.dots, colour)
            if len(points) == 1 or line.glyph:
                for x, y in self._spread([each for each in points if self._scale.part(each[1], each[1])]):
                    self._put(x, y, line.glyph or "o", colour)

    def _within(self, begin: Point, end: Point) -> tuple[Point, ...]:
        """Return the ends of the part of a line that is within the axis; nothing where none is."""
        part = self._scale.part(begin[1], end[1])
        if part is None or part == (0.0, 1.0):
            return (begin, end) if part else ()
        across, up = end[0] - begin[0], end[1] - begin[1]
        return tuple((begin[0] + share * across, begin[1] + share * up) for share in part)

    def _dots(self, points: Sequence[Point], sign: str, colour: Color) -> None:
        """Draw the line through points, as far as it is within the axis: in dots, or as a sign a cell."""
        columns, rows = (1, 1) if sign else FINE
        width, height = self._room * columns, self._height * rows
        ways = (self._within(*way) for way in pairwise(points if len(points) > 1 else [*points, *points]))
        places = (
            [(self._left * columns + self._column(x, width), self._row(y, height)) for x, y in way] for way in ways
        )
        self._draw(chain.from_iterable(joined(way) for way in places), sign, colour)

    def _draw(self, dots: Iterable[tuple[int, int]], sign: str, colour: Color) -> None:
        if not sign:
            self._canvas.dots(dots, colour)
            return
        for column, row in dots:
            self._canvas.put(column, row, sign, colour)

    def _spread(self, points: Sequence[Point]) -> list[Point]:
        """Return points that stand so far apart that their glyphs leave the line to be seen."""
        apart, last = max(GLYPHS_APART, self._room // MOST_GLYPHS), -self._room
        chosen = []
        for x, y in points:
            if (column := self._column(x, self._room)) - last >= apart:
                chosen.append((x, y))
                last = column
        return chosen

    def edges(self, view: View, lines: Iterable[Iterable[Column]]) -> None:
        """Sign at the bottom where there are checkpoints, at the top where a line has no number."""
        low, high = self._scale.low, self._scale.high
        for saved in columns(view.saved, self._begin, self._end, self._room):
            self._put(saved.x, low, self._signs.saved, self._ink)
        if view.best is not None and self._begin <= view.best <= self._end:
            self._put(view.best, low, self._signs.best, self._ink)
        for each in chain.from_iterable(lines):
            if each.gaps:
                self._put(each.x, high, self._signs.gap, self._ink)

    def _pieces(self, columns: Iterable[Column]) -> Iterator[list[Point]]:
        """Split a line where it has no number."""
        piece: list[Point] = []
        for column in columns:
            at = self._scale.at(column.y)
            if at is not None:
                piece.append((column.x, at))
            elif piece:
                yield piece
                piece = []
        if piece:
            yield piece


def _nearest(place: float) -> int:
    return math.floor(place + 0.5)


def _seen(marks: Sequence[tuple[float, str]], begin: float, end: float) -> list[tuple[float, str]]:
    return [(x, words) for x, words in marks if begin <= x <= end]


def beside(words: str, column: int, room: int, cut: str = BRAILLE.cut) -> tuple[str, str]:
    """Fit words beside a column of a canvas that is ``room`` cells wide; say which end of them stands there.

    They stand behind it, or before it where only there is room enough; where there is not, on the wider side, and all
    but the last of them, the value, is cut.
    """
    behind, before = room - 1 - column, column
    length = len(words) + 2
    left = behind >= length or (before < length and behind >= before)
    cells = (behind if left else before) - 2
    if len(words) <= cells:
        shown = words
    else:
        value = f"{cut} {words.rpartition(' ')[2]}"
        shown = f"{words[: max(cells - len(value), 0)]}{value}"[: max(cells, 0)]
    return f" {shown} ", "left" if left else "right"
