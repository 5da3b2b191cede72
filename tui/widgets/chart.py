"""The one chart: lines over epochs or steps in a titled box, with a cursor that reads them. The drawing is `plot`'s.

It is drawn at most twice a second while data come, more rarely while they change no more than its last dots, at once
when a person looks in another way, and not at all while nobody sees it: each drawing takes time from who trains.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any, ClassVar

from textual import events
from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from engine.runs.curve import Curve
from tui.widgets.chart_words import heading, number, position
from tui.widgets.plot import ASCII, BRAILLE, DOTS_PER_CELL, NothingToDrawError, Signs, plot
from tui.widgets.thinning import SMOOTHED_POINTS, Smoothing
from tui.widgets.view import GLYPHS, STYLES, Line, Look, View

__all__ = ["GLYPHS", "STYLES", "Chart", "Line", "Look", "View"]

REDRAW_SECONDS = 0.5
STILL_SECONDS = 4.0
"""So long it may wait while no line has grown by a dot, and what is new changes no more than the last one."""
NOWHERE = (0, 1)
"""The part of a drawing where the lines are, where there are none."""
FAINT = 0.55
"""So far the extremes behind a line go towards the background."""
SMALLEST = (12, 3)


class Chart(Widget):
    """Curves over epochs in a titled box; before the first point, a sentence."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--ink",
        "chart--train",
        "chart--validation",
        *(style for style, _ in STYLES),
    }
    DEFAULT_CSS = """
    Chart { border: round $border; border-title-color: $foreground; border-subtitle-color: $secondary; }
    Chart > .chart--ink { color: $secondary; }
    Chart > .chart--train { color: $train; }
    Chart > .chart--validation { color: $validation; }
    Chart > .chart--1 { color: $line-1; }
    Chart > .chart--2 { color: $line-2; }
    Chart > .chart--3 { color: $line-3; }
    Chart > .chart--4 { color: $line-4; }
    Chart > .chart--5 { color: $line-5; }
    Chart > .chart--6 { color: $line-6; }
    """

    class Pointed(Message):
        """A person points at a place of the x axis, in epochs; ``pinned``: by a click, so the cursor shall stay."""

        def __init__(self, x: float, *, pinned: bool) -> None:
            super().__init__()
            self.x = x
            self.pinned = pinned

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Chart.Pointed) and not message.pinned

    class Left(Message):
        """The mouse went away."""

    class Wheeled(Message):
        """A person turns the wheel over a place of the x axis."""

        def __init__(self, x: float, *, closer: bool) -> None:
            super().__init__()
            self.x = x
            self.closer = closer

    def __init__(self, title: str, empty: str, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._names: tuple[str, ...] = (title,)
        self.border_title = title
        self._empty = empty
        self.view = View()
        self.look = Look()
        self._drawn: tuple[Any, Content] | None = None
        self._canvas = NOWHERE
        self._smooth: dict[int, Smoothing] = {}
        self._last = self._due = -math.inf
        self._later: Timer | None = None

    @property
    def room(self) -> int:
        """Cells of the canvas, from the first to the last place of the x axis."""
        return self._canvas[1]

    @property
    def signs(self) -> Signs:
        """What it is drawn with: where the terminal can show no more, ASCII."""
        return ASCII if getattr(self.app, "ascii", False) else BRAILLE

    def entitle(self, *names: str) -> None:
        """Give it another name: the fullest first, then shorter ones for where there is not room for it."""
        if names != self._names:
            self._names = names
            self._fit_title()

    def on_resize(self) -> None:
        """Fit the title."""
        self._fit_title()

    def _fit_title(self) -> None:
        room = self.size.width - 4  # at each end a piece of the line and a blank
        title = Content(heading(self._names, self.view, self.look, room)).markup
        if self.border_title != title:  # an equal title would still send all
            self.border_title = title

    def show(self, view: View) -> None:
        """Show curves: other ones than before at once, more of the same within half a second, if it can be seen."""
        if view == self.view:
            return
        before, self.view = self.view, view
        if before.newest is None or [line.name for line in view.lines] != [line.name for line in before.lines]:
            self._last = -math.inf
        seconds = REDRAW_SECONDS if self._outgrown else STILL_SECONDS
        now, due = time.monotonic(), self._last + seconds * getattr(self.app, "pace", 1)
        if due <= now:
            self._redraw()
        elif self._later is None or due < self._due:
            self._no_later()
            self._later, self._due = self.set_timer(due - now, self._redraw), due

    @property
    def _outgrown(self) -> bool:
        """The drawing lacks more than the newest of its last dots."""
        if self._drawn is None or self._canvas == NOWHERE:
            return True
        drawn, _ = self._drawn[0][0]  # of the key
        begin, end = self.look.span(self.view)
        dots = self.room * (1 if self.signs.dots else DOTS_PER_CELL)
        return self.view.shows_more(drawn, (begin, end), (end - begin) / dots)

    def settle(self) -> None:
        """Draw what waits for its time: nothing more will come for now."""
        if self._later is not None:
            self._redraw()

    def _no_later(self) -> None:
        if self._later is not None:
            self._later.stop()
            self._later = None

    def see(self, look: Look) -> None:
        """Look at them in another way, at once."""
        if look == self.look:
            return
        self.look = look
        self._redraw()

    def _redraw(self) -> None:
        self._no_later()
        self._last = time.monotonic()
        self._fit_title()
        if any(line.name for line in self.view.lines):
            legend = Content("  ").join(self._legend()).markup
            if self.border_subtitle != legend:
                self.border_subtitle = legend
        if self._drawn is None or self._drawn[0] != self._key:
            self.refresh()

    @property
    def _key(self) -> tuple[Any, ...]:
        """What is drawn, and what else changes the drawing."""
        return (self.view, self.look), self.size, self.app.theme, self.signs

    def render(self) -> Content:
        if self._drawn is None or self._drawn[0] != self._key:
            self._drawn = (self._key, self._draw())
        return self._drawn[1]

    def _draw(self) -> Content:
        self._canvas = NOWHERE
        width, height = self.size
        lines = tuple(line for line in self.view.lines if line.curve.extremes(0, len(line.curve)))
        if not lines:
            return Content.styled(self._empty, "$secondary")
        if width < SMALLEST[0] or height < SMALLEST[1]:
            return Content("too small to draw")
        smooth = [self._smoothed(index, line.curve) for index, line in enumerate(lines)]
        try:
            view, ink = replace(self.view, lines=lines), self.get_component_styles("chart--ink").color
            colours, faint = [self._colour(line) for line in lines], [self._faint(line) for line in lines]
            drawing = plot(view, colours, width, height, self.look, smooth, self.signs, ink, faint)
        except NothingToDrawError:
            return Content.styled(self._nothing(), "$secondary")
        self._canvas = (drawing.left, drawing.room)
        return drawing.content

    def _nothing(self) -> str:
        if self.look.window:
            return "No point of any line is in this part."
        return "No value is above 0, and a log axis shows no others."

    def _smoothed(self, index: int, curve: Curve) -> Curve:
        weight = self.look.smoothing
        if not weight or len(curve) < SMOOTHED_POINTS:
            return curve
        if index not in self._smooth or self._smooth[index].weight != weight:
            self._smooth[index] = Smoothing(weight)
        return self._smooth[index].of(curve)

    def _colour(self, line: Line) -> Color:
        return self.get_component_styles(line.style).color

    def _faint(self, line: Line) -> Color:
        background, _ = self.background_colors
        return self._colour(line).blend(background, FAINT)

    def _sign(self, line: Line) -> Content:
        return Content.styled(line.glyph or self.signs.line, self._colour(line).hex)

    def _legend(self) -> list[Content]:
        return [Content.assemble(self._sign(line), " ", Content(line.name)) for line in self.view.lines if line.name]

    def reading(self) -> list[Content]:
        """Return what each line says at the cursor: its sign, its name, its value, and where that is if not there."""
        at = self.look.cursor
        if at is None:
            return []
        begin, end = self.look.span(self.view)
        near = (end - begin) / max(self.room, 1)
        said = []
        for index, line in enumerate(line for line in self.view.lines if line.curve.extremes(0, len(line.curve))):
            point = line.curve.nearest(at)
            if point is None:
                continue
            x, y = point
            words = number(y)
            smooth = self._smoothed(index, line.curve)
            if smooth is not line.curve and (mean := smooth.nearest(at)) and mean[1] is not None:
                words += f" (smoothed {number(mean[1])})"
            if abs(x - at) > near:
                words += f" at {position(self.view, self.look, x)}"
            said.append(Content.assemble(self._sign(line), f" {line.name} {words}"))
        return said

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Read where the mouse is."""
        self._point(event, pinned=False)

    def on_click(self, event: events.Click) -> None:
        """Read there, and stay."""
        self._point(event, pinned=True)

    def on_leave(self) -> None:
        """Read no more, if a click did not ask for it."""
        self.post_message(self.Left())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look closer."""
        self._wheel(event, closer=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look at more."""
        self._wheel(event, closer=False)

    def _point(self, event: events.MouseEvent, *, pinned: bool) -> None:
        x = self._x(event)
        if x is not None:
            self.post_message(self.Pointed(x, pinned=pinned))

    def _wheel(self, event: events.MouseEvent, *, closer: bool) -> None:
        x = self._x(event)
        if x is not None:
            event.stop()
            self.post_message(self.Wheeled(x, closer=closer))

    def _x(self, event: events.MouseEvent) -> float | None:
        """Return the place of the x axis under the mouse; None beside the canvas, or where nothing can be read."""
        offset = event.get_content_offset(self)
        left, room = self._canvas
        if offset is None or not 0 <= offset.x - left < room or self.view.newest is None:
            return None
        begin, end = self.look.span(self.view)
        return begin + (end - begin) * (offset.x - left) / max(room - 1, 1)
