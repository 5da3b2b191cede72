"""The drawing of a chart, by plotext. Nothing else in nnplay touches plotext.

plotext raises on infinities and on empty series, breaks its own data on a logarithmic axis, and draws slowly what is
larger than its canvas; so what goes in is cleaned, scaled and thinned to the canvas first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.runs.curve import Curve
from tui.widgets import axis
from tui.widgets.axis import Scale
from tui.widgets.thinning import thin
from tui.widgets.view import Line, Look, View

DOTS_PER_CELL = 2
"""Braille has two dots a column: more points than that cannot be seen."""
GLYPHS_APART = 4
MOST_GLYPHS = 20
"""A line's glyphs stand at least so many cells apart, and are at most so many: more would hide the line."""
MOST_MARKS = 8
"""The newest changes that are marked; more would hide the curves."""
WORD_ROWS = 3
"""Their words stand in so many of the topmost rows; where these have no room beside newer ones, there are none."""
INK = (128, 140, 155)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Signs:
    """The characters that a chart is drawn with."""

    dots: str
    faint: str
    mark: str
    cursor: str
    saved: str
    best: str
    gap: str
    cut: str
    line: str


BRAILLE = Signs(dots="braille", faint="braille", mark="┆", cursor="│", saved="▴", best="◆", gap="!", cut="…", line="━")
ASCII = Signs(dots=".", faint="'", mark=":", cursor="|", saved="^", best="B", gap="!", cut="~", line="-")


@dataclass(frozen=True)
class Drawing:
    """A chart as text with ANSI colours, and the columns of its canvas: the first, and how many."""

    text: str
    left: int
    room: int


class NothingToDrawError(ValueError):
    """No line has a point in what is seen."""


def plot(
    view: View,
    colours: Sequence[Colour],
    width: int,
    height: int,
    look: Look = Look(),  # noqa: B008 - immutable
    behind: Sequence[tuple[Curve, Colour]] = (),
    signs: Signs = BRAILLE,
    ink: Colour = INK,
) -> Drawing:
    """Draw lines on width × height cells.

    Args:
        view: what is shown.
        colours: of its lines.
        width: cells.
        height: cells.
        look: how it is looked at.
        behind: raw curves, whose lowest and highest values are dotted behind their smoothed lines, and their colours.
        signs: the characters to draw with.
        ink: the colour of all that is no line.

    Raises:
        NothingToDrawError: there is no point to draw.
    """
    from plotext._figure import _figure_class  # noqa: PLC0415 - the first paint need not wait for it

    begin, end = look.span(view)
    seen = [*(line.curve for line in view.lines), *(curve for curve, _ in behind)]
    scale = axis.scale(seen, begin, end, begin if look.window else view.settled, log=look.log)
    if scale is None:
        raise NothingToDrawError
    figure = _figure_class()  # of its own: plotext's module-level figure is shared state
    figure._limit_size(False, False)  # or it would cut itself to the size of this process' terminal
    figure.plot_size(width, height)
    for paint in (figure.canvas_color, figure.axes_color):
        paint("default")
    figure.ticks_color(ink)
    figure.frame(False)
    figure.xlim(begin, end)
    figure.xticks(*axis.ticks(begin, end, width, view.steps if look.by_step else 0))
    figure.ylim(scale.low, scale.high)
    levels, labels = scale.levels(height)
    figure.yticks(levels, labels)
    left = max(map(len, labels))
    canvas = _Canvas(figure, begin, end, scale, width - left, height, signs, ink)
    taken: list[set[int]] = [set() for _ in range(WORD_ROWS)]
    for x, words in reversed(_seen(view.marks, begin, end)[-MOST_MARKS:]):
        canvas.mark(x, words, taken)
    if look.cursor is not None and begin <= look.cursor <= end:
        canvas.upright(look.cursor, signs.cursor)
    for curve, colour in behind:
        canvas.extremes(curve, colour)
    for line, colour in zip(view.lines, colours, strict=True):
        canvas.line(line, colour)
    canvas.edges(view)
    return Drawing(figure.build().rstrip("\n"), left, width - left)


class _Canvas:
    """A plotext figure, and what is drawn on it."""

    def __init__(
        self, figure: object, begin: float, end: float, scale: Scale, room: int, height: int, signs: Signs, ink: Colour
    ) -> None:
        self._figure: object = figure
        self._begin, self._end = begin, end
        self._scale = scale
        self._room, self._height = room, height
        self._signs = signs
        self._ink = ink

    def _scatter(self, xs: Sequence[float], ys: Sequence[float], marker: str, colour: Colour) -> None:
        if xs:
            self._figure.scatter(list(xs), list(ys), marker=marker, color=colour)  # type: ignore[attr-defined]

    def upright(self, x: float, sign: str) -> None:
        """Draw a line from top to bottom."""
        low, high = self._scale.low, self._scale.high
        rows = [low + (high - low) * row / (self._height - 1) for row in range(self._height)]
        self._scatter([x] * self._height, rows, sign, self._ink)

    def mark(self, x: float, words: str, taken: list[set[int]]) -> None:
        """Draw where something changed, with words beside it in the first of the topmost rows that has room for them.

        Args:
            x: where.
            words: what.
            taken: the columns of these rows that have words already; theirs are added.
        """
        self.upright(x, self._signs.mark)
        column = self._column(x)
        text, side = beside(words, column, self._room, self._signs.cut)
        begin = column if side == "left" else column - len(text) + 1
        cells = set(range(begin, begin + len(text)))
        row = next((index for index, columns in enumerate(taken) if columns.isdisjoint(cells)), None)
        if row is not None:
            taken[row] |= cells
            top = self._scale.high - (self._scale.high - self._scale.low) * row / (self._height - 1)
            self._figure.text(text, x, top, color=self._ink, alignment=side)  # type: ignore[attr-defined]

    def extremes(self, curve: Curve, colour: Colour) -> None:
        """Dot the lowest and the highest value of each column."""
        dots = [(x, at) for x, y in self._thinned(curve, self._room) if (at := self._scale.at(y)) is not None]
        self._scatter([x for x, _ in dots], [y for _, y in dots], self._signs.faint, colour)

    def line(self, line: Line, colour: Colour) -> None:
        """Draw a line, and its glyph at some of its points."""
        for xs, ys in self._pieces(line.curve):
            self._figure.plot(xs, ys, marker=self._signs.dots, color=colour)  # type: ignore[attr-defined]
            if len(xs) == 1 or line.glyph:
                self._scatter(*self._spread(xs, ys), line.glyph or "o", colour)

    def _spread(self, xs: list[float], ys: list[float]) -> tuple[list[float], list[float]]:
        """Return points that stand so far apart that their glyphs leave the line to be seen."""
        apart, last = max(GLYPHS_APART, self._room // MOST_GLYPHS), -self._room
        chosen: list[int] = []
        for index, x in enumerate(xs):
            if (column := self._column(x)) - last >= apart:
                chosen.append(index)
                last = column
        return [xs[index] for index in chosen], [ys[index] for index in chosen]

    def edges(self, view: View) -> None:
        """Sign at the bottom where there are checkpoints, at the top where a line has no number."""
        saved = {self._column(x): x for x, _ in self._thinned(view.saved, self._room)}
        self._scatter(list(saved.values()), [self._scale.low] * len(saved), self._signs.saved, self._ink)
        if view.best is not None and self._begin <= view.best <= self._end:
            self._scatter([view.best], [self._scale.low], self._signs.best, self._ink)
        gaps = {self._column(x): x for line in view.lines for x in self._gaps(line.curve)}
        self._scatter(list(gaps.values()), [self._scale.high] * len(gaps), self._signs.gap, self._ink)

    def _gaps(self, curve: Curve) -> list[float]:
        return [curve[index][0] for index in curve.gaps(*curve.within(self._begin, self._end))]

    def _thinned(self, curve: Curve, columns: int) -> list[tuple[float, float | None]]:
        return thin(curve, self._begin, self._end, columns)

    def _column(self, x: float) -> int:
        return round((x - self._begin) / (self._end - self._begin) * (self._room - 1))

    def _pieces(self, curve: Curve) -> Iterator[tuple[list[float], list[float]]]:
        """Split a curve at its gaps."""
        xs: list[float] = []
        ys: list[float] = []
        for x, y in self._thinned(curve, self._room * DOTS_PER_CELL):
            at = self._scale.at(y)
            if at is not None:
                xs.append(x)
                ys.append(at)
            elif xs:
                yield xs, ys
                xs, ys = [], []
        if xs:
            yield xs, ys


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
