"""The one chart: lines over epochs, drawn by plotext. Nothing else in nnplay touches plotext.

plotext raises on infinities and on empty series, and draws slowly what is larger than its canvas; so what goes in is
cleaned and thinned to the canvas first, and it is drawn at most twice a second, not at all while nobody sees it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rich.text import Text
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from engine.runs.curve import Curve

REDRAW_SECONDS = 0.5
DOTS_PER_CELL = 2
"""Braille has two dots a column: more points than that cannot be seen."""
MARKED_POINTS = 20
"""About so many points of a line with a glyph get it; more would only smear."""
GLYPHS = ("o", "x", "+", "*", "#", "@")
STYLES = tuple((f"chart--{index}", glyph) for index, glyph in enumerate(GLYPHS, start=1))
"""For the lines of several runs: a colour, and a glyph that says the same again to who cannot see it."""
MOST_LEVELS = 7
"""Numbers at the y axis."""
MOST_MARKS = 8
"""The newest changes that are marked; more would hide the curves."""
MARK_COLOUR = (128, 140, 155)


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes:
        curve: its points.
        style: the component class that gives its colour.
        glyph: is drawn at its points, so that it differs from the others by more than its colour; "" for none.
    """

    curve: Curve
    style: str
    glyph: str = ""


@dataclass(frozen=True)
class View:
    """What a chart shows.

    Attributes:
        lines: its curves.
        end: the x axis ends here, in epochs.
        begin: and begins here.
        settled: the y axis covers what happened from here on; earlier points beyond it run along its edge. So the first
            plunge of a loss does not flatten all that follows.
        marks: epochs where something changed, and what: a dotted line from top to bottom, with the words beside it.
    """

    lines: tuple[Line, ...] = ()
    end: float = 1.0
    begin: float = 0.0
    settled: float = 0.0
    marks: tuple[tuple[float, str], ...] = ()

    @property
    def curves(self) -> list[Curve]:
        """The points of all lines."""
        return [line.curve for line in self.lines]


class Chart(Widget):
    """Curves over epochs in a titled box; before the first point, a sentence."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--train", "chart--validation", *(style for style, _ in STYLES)}
    DEFAULT_CSS = """
    Chart { border: round $border; border-title-color: $foreground; border-subtitle-color: $secondary; }
    Chart > .chart--train { color: $train; }
    Chart > .chart--validation { color: $validation; }
    Chart > .chart--1 { color: $line-1; }
    Chart > .chart--2 { color: $line-2; }
    Chart > .chart--3 { color: $line-3; }
    Chart > .chart--4 { color: $line-4; }
    Chart > .chart--5 { color: $line-5; }
    Chart > .chart--6 { color: $line-6; }
    """

    def __init__(self, title: str, empty: str, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._title = title
        self.border_title = title
        self._empty = empty
        self.view = View()
        self._drawn: tuple[Any, Content] | None = None
        self._last = 0.0
        self._later: Timer | None = None

    def show(self, view: View) -> None:
        """Show curves, now or within half a second."""
        if view == self.view:
            return
        self.view = view
        wait = REDRAW_SECONDS - (time.monotonic() - self._last)
        if wait <= 0:
            self._redraw()
        elif self._later is None:
            self._later = self.set_timer(wait, self._redraw)

    def _redraw(self) -> None:
        self._later = None
        self._last = time.monotonic()
        self.border_title = f"{self._title}{_beyond(self.view.curves, self.view.settled)}"
        self.refresh()

    def render(self) -> Content:
        key = (self.view, self.size, self.app.theme)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self._draw())
        return self._drawn[1]

    def _draw(self) -> Content:
        width, height = self.size
        lines = tuple(line for line in self.view.lines if any(_good(y) for y in line.curve.y))
        if not lines:
            return Content.styled(self._empty, "$secondary")
        if width < 12 or height < 3:
            return Content("too small to draw")
        try:
            text = plot(replace(self.view, lines=lines), [self._colour(line) for line in lines], width, height)
        except Exception as error:  # noqa: BLE001 - plotext must never take the screens down
            self.log(f"plotext: {error!r}")
            return Content.styled("This chart could not be drawn; training is not affected.", "$warning")
        return Content.from_rich_text(Text.from_ansi(text, no_wrap=True))

    def _colour(self, line: Line) -> tuple[int, int, int]:
        return self.get_component_styles(line.style).color.rgb


def plot(view: View, colours: list[tuple[int, int, int]], width: int, height: int) -> str:
    """Draw lines, each with a finite point or more, on width × height cells; return text with ANSI colours."""
    from plotext._figure import _figure_class  # noqa: PLC0415 - the first paint need not wait for it

    figure = _figure_class()  # of its own: plotext's module-level figure is shared state
    figure._limit_size(False, False)  # or it would cut itself to the size of this process' terminal
    figure.plot_size(width, height)
    for paint in (figure.canvas_color, figure.axes_color):
        paint("default")
    figure.ticks_color((128, 140, 155))
    figure.xlim(view.begin, view.end)
    ticks = _ticks(view.begin, view.end, width)
    figure.xticks(ticks, [f"{tick:g}" for tick in ticks])
    figure.frame(False)
    low, high = _limits(view.curves, view.settled)
    figure.ylim(low, high)
    levels, labels = _levels(low, high, height)
    figure.yticks(levels, labels)
    room = width - max(map(len, labels))
    for index, (x, words) in enumerate(view.marks[-MOST_MARKS:]):
        top = high - (high - low) * (index % 3) / (height - 1)  # words that stand close do not hide each other
        points = [low + (high - low) * row / (height - 1) for row in range(height)]
        figure.scatter([x] * height, points, marker="┆", color=MARK_COLOUR)
        column = round((x - view.begin) / (view.end - view.begin) * (room - 1))
        text, side = _beside(words, column, room)
        figure.text(text, x, top, color=MARK_COLOUR, alignment=side)
    for line, colour in zip(view.lines, colours, strict=True):
        for xs, raw in _pieces(thin(line.curve, view.end, width * DOTS_PER_CELL, view.begin)):
            ys = [min(max(y, low), high) for y in raw]
            figure.plot(xs, ys, marker="braille", color=colour)
            if len(xs) == 1 or line.glyph:
                every = max(len(xs) // MARKED_POINTS, 1)
                figure.scatter(xs[::every], ys[::every], marker=line.glyph or "o", color=colour)
    built: str = figure.build()
    return built.rstrip("\n")


def _beside(words: str, column: int, room: int) -> tuple[str, str]:
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
        value = f"… {words.rpartition(' ')[2]}"
        shown = f"{words[: max(cells - len(value), 0)]}{value}"[: max(cells, 0)]
    return f" {shown} ", "left" if left else "right"


def _levels(low: float, high: float, height: int) -> tuple[list[float], list[str]]:
    """Return values for the y axis, from the lowest to the highest, with as many digits as tell them apart."""
    count = max(min(height // 2, MOST_LEVELS), 2)
    levels = [low + (high - low) * index / (count - 1) for index in range(count)]
    magnitude = math.floor(math.log10(levels[1] - levels[0]))
    if not -4 < magnitude < 5:
        return levels, [f"{level:.3g}" for level in levels]
    return levels, [f"{level:.{max(1 - magnitude, 1)}f}" for level in levels]


def _limits(curves: list[Curve], settled: float) -> tuple[float, float]:
    """Return the lowest and the highest value from ``settled`` on, or of all points where there are none so late."""
    points = [(x, y) for curve in curves for x, y in zip(curve.x, curve.y, strict=True) if y is not None and _good(y)]
    ys = [y for x, y in points if x >= settled] or [y for _, y in points]
    low, high = min(ys), max(ys)
    if low == high:  # a flat line stands in the middle
        return low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    return low, high


def _beyond(curves: list[Curve], settled: float) -> str:
    """Say in a title what the y axis leaves out: the extremes of the first steps."""
    if not any(_good(y) for curve in curves for y in curve.y):
        return ""
    (low, high), (lowest, highest) = _limits(curves, settled), _limits(curves, 0.0)
    return (f" · start ↑ {highest:.2f}" if highest > high else "") + (
        f" · start ↓ {lowest:.2f}" if lowest < low else ""
    )


def thin(curve: Curve, end: float, columns: int, begin: float = 0.0) -> Curve:
    """Keep of each column the first, lowest, highest and last point: the line looks the same, extremes stay.

    Points that are not finite are kept as None: they are gaps.
    """
    if len(curve.x) <= columns:
        return Curve(curve.x, tuple(y if _good(y) else None for y in curve.y))
    columns = max(columns // 2, 1)
    kept: dict[int, list[int]] = {}
    for index, x in enumerate(curve.x):
        kept.setdefault(min(int((x - begin) / (end - begin) * columns), columns), []).append(index)
    chosen: list[int] = []
    for indices in kept.values():
        good = [index for index in indices if _good(curve.y[index])]
        gaps = [index for index in indices if not _good(curve.y[index])][:1]
        extremes = {min(good, key=lambda i: curve.y[i]), max(good, key=lambda i: curve.y[i])} if good else set()  # type: ignore[arg-type, return-value]
        chosen += sorted({*good[:1], *good[-1:], *extremes, *gaps})
    return Curve(
        tuple(curve.x[index] for index in chosen),
        tuple(curve.y[index] if _good(curve.y[index]) else None for index in chosen),
    )


def _pieces(curve: Curve) -> Iterator[tuple[list[float], list[float]]]:
    """Split a curve at its gaps."""
    xs: list[float] = []
    ys: list[float] = []
    for x, y in zip(curve.x, curve.y, strict=True):
        if y is not None:
            xs.append(x)
            ys.append(y)
        elif xs:
            yield xs, ys
            xs, ys = [], []
    if xs:
        yield xs, ys


def _ticks(begin: float, end: float, width: int) -> list[float]:
    """Return whole epochs, or simple parts of one, about ten cells apart."""
    wanted = max(width // 10, 2)
    raw = (end - begin) / wanted
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= raw)
    first, last = math.ceil(begin / step - 1e-9), int(end / step + 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _good(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
