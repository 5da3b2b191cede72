"""What a chart shows, and how a person looks at it: linear or log, near or far, smoothed, with a cursor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engine.runs.curve import Curve

GLYPHS = ("o", "x", "+", "*", "#", "@")
STYLES = tuple((f"chart--{index}", glyph) for index, glyph in enumerate(GLYPHS, start=1))
"""For the lines of several runs: a colour, and a glyph that says the same again to who cannot see it."""
SMOOTHINGS = (0.0, 0.6, 0.9, 0.99)
"""Share of the old mean that a new point leaves in it; 0: not smoothed."""
CLOSER = 0.5
PAN = 0.25
"""Shares of what is seen: kept by a step of zooming in, moved on by a step of panning."""
LEAST_STEPS = 8
"""Nothing is to be seen within fewer."""
LEAST_SHARE = 1e-4
"""The same, of the whole, where an epoch's steps are not known."""


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes:
        curve: its points.
        style: the component class that gives its colour.
        glyph: is drawn at its points, so that it differs from the others by more than its colour; "" for none.
        name: what it is called in the legend and where the cursor reads it; "" where there is no need.
        spread: the lowest and the highest of what some of its points are means of, two points at the same place.
    """

    curve: Curve
    style: str
    glyph: str = ""
    name: str = ""
    spread: Curve = field(default_factory=Curve)


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
        saved: where there are checkpoints: small signs at the bottom edge.
        best: where the best of them is.
        steps: of an epoch, for an axis that counts them; 0 where they are not known.
        base: what the y axis covers in any case, unless one looks closer: (0, 1) for a share, (0, None) for a loss;
            None: it fits the lines.
        apart: each line is of another run; one that is far from the others does not flatten them.
    """

    lines: tuple[Line, ...] = ()
    end: float = 1.0
    begin: float = 0.0
    settled: float = 0.0
    marks: tuple[tuple[float, str], ...] = ()
    saved: Curve = field(default_factory=Curve)
    best: float | None = None
    steps: int = 0
    base: tuple[float, float | None] | None = None
    apart: bool = False

    @property
    def newest(self) -> float | None:
        """Where the last point of all lines is; None before there is one."""
        return max((line.curve[-1][0] for line in self.lines if len(line.curve)), default=None)

    def shows_more(self, other: View, span: tuple[float, float], by: float) -> bool:
        """Say whether it has, within a span, an end ``by`` epochs beyond another's, or anything else that is new."""
        curves = [(line.curve, before.curve) for line, before in zip(self.lines, other.lines, strict=False)]
        curves = [each for each in (*curves, (self.saved, other.saved)) if any(map(len, each))]
        if self._frame != other._frame or not all(curve.grew_from(before) and len(before) for curve, before in curves):
            return True
        begin, end = span
        ends = [(curve[-1][0], before[-1][0]) for curve, before in curves]
        if self.best is not None and other.best is not None:
            ends.append((self.best, other.best))
        return any(abs(min(max(at, begin), end) - min(max(before, begin), end)) >= by for at, before in ends)

    @property
    def _frame(self) -> tuple[object, ...]:
        """What does not grow with the lines."""
        lines = tuple((line.name, line.style, line.glyph) for line in self.lines)
        return (
            lines,
            self.begin,
            self.end,
            self.settled,
            self.marks,
            self.best is None,
            self.steps,
            self.base,
            self.apart,
        )


@dataclass(frozen=True)
class Look:
    """How a person looks at a chart.

    Attributes:
        log: the y axis is logarithmic; what is not above 0 is a gap there.
        by_step: the x axis counts steps, not epochs.
        smoothing: see `SMOOTHINGS`.
        window: the part of the x axis that is seen, in epochs; None for all of it, as it grows.
        cursor: where the values are read, in epochs; None for nowhere.
        fitted: the y axis fits the lines, and does not begin at 0.
    """

    log: bool = False
    by_step: bool = False
    smoothing: float = 0.0
    window: tuple[float, float] | None = None
    cursor: float | None = None
    fitted: bool = False

    def span(self, view: View) -> tuple[float, float]:
        """Return where the x axis begins and ends."""
        return self.window or (view.begin, view.end)

    def smoother(self) -> Look:
        """Return the next strength of smoothing, and after the strongest none."""
        return replace(self, smoothing=SMOOTHINGS[(SMOOTHINGS.index(self.smoothing) + 1) % len(SMOOTHINGS)])

    def zoomed(self, view: View, *, closer: bool, around: float | None = None) -> Look:
        """Show less of the x axis, or more of it; what is looked at stays where it is.

        That is, in this order: ``around``, the cursor, the newest point, the middle.
        """
        begin, end = self.span(view)
        wanted = (around, self.cursor, view.newest, (begin + end) / 2)
        fixed = next(x for x in wanted if x is not None and begin <= x <= end)
        factor = CLOSER if closer else 1 / CLOSER
        least = LEAST_STEPS / view.steps if view.steps else LEAST_SHARE * (view.end - view.begin)
        if closer and (end - begin) * factor < least:
            return self
        return self._seeing(view, fixed - (fixed - begin) * factor, fixed + (end - fixed) * factor)

    def panned(self, view: View, direction: int) -> Look:
        """Show what is beside the seen part, to the right (1) or to the left (-1)."""
        if self.window is None:
            return self
        begin, end = self.window
        by = direction * PAN * (end - begin)
        return self._seeing(view, begin + by, end + by)

    def moved(self, view: View, cells: int, room: int) -> Look:
        """Move the cursor by some cells of a canvas that has so much room; it begins at the newest point.

        What is seen follows it.
        """
        begin, end = self.span(view)
        if self.cursor is None:
            newest = view.newest
            at = end if newest is None else min(max(newest, begin), end)
        else:
            at = self.cursor + cells * (end - begin) / max(room - 1, 1)
        at = min(max(at, view.begin), view.end)
        look = replace(self, cursor=at)
        while not begin <= at <= end:
            look = look.panned(view, 1 if at > end else -1)
            if look.span(view) == (begin, end):
                break
            begin, end = look.span(view)
        return look

    def _seeing(self, view: View, begin: float, end: float) -> Look:
        """Return this with another window, as wide, within the whole."""
        if end - begin >= view.end - view.begin:
            return replace(self, window=None)
        by = max(view.begin - begin, 0.0) - max(end - view.end, 0.0)
        return replace(self, window=(begin + by, end + by))
