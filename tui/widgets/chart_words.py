"""The words at a chart: how one looks at it, where a place is, what a value is."""

from __future__ import annotations

from collections.abc import Sequence

from tui.widgets import axis, reach
from tui.widgets.view import Look, View

EXACT = 1e-9
"""So exact are powers of logarithms."""


def number(y: float | None) -> str:
    """Write a value; None where it was not finite."""
    if y is None:
        return "not a number"
    return f"{y:.4f}" if y == 0 or 1e-3 <= abs(y) < 1e4 else f"{y:.4g}"


def position(view: View, look: Look, x: float) -> str:
    """Say where a place of the x axis is."""
    if look.by_step and view.steps:
        return f"step {round(x * view.steps):,}"
    return f"epoch {x:.{2 if (look.span(view)[1] - look.span(view)[0]) > 0.5 else 4}f}".rstrip("0").rstrip(".")


def heading(names: Sequence[str], view: View, look: Look, room: int) -> str:
    """Return a chart's title: its name, how one looks at it, and what of it; in shorter words where there is no room.

    Args:
        names: of the chart, the fullest first.
        view: what it shows.
        look: how it is looked at.
        room: cells.
    """
    how = ["log"] if look.log else ["y zoomed"] if look.fitted else []
    smooth = [f"smooth {look.smoothing:g}"] if look.smoothing else []
    part, briefly = _part(view, look)
    name = names[-1]
    # What is not seen matters more than how the rest is drawn.
    shorter = [[each, *how, *smooth, *part] for each in names]
    shorter += [[name, *how, *smooth, *briefly], [name, *how, *briefly], [name, *briefly], [name]]
    titles = [" · ".join(words) for words in shorter]
    return next((title for title in titles if len(title) <= room), titles[-1])


def _part(view: View, look: Look) -> tuple[list[str], list[str]]:
    """Say what of the x axis is seen, and what the y axis leaves out: how far it goes, and how many points; briefly."""
    seen = reach.scale(view, look)
    if look.window:
        begin, end = (position(view, look, x) for x in look.window)
        first, last = begin.partition(" ")[2], end.partition(" ")[2]
        return [f"{begin} – {last}", *_points(view, seen, look.window)], [f"{first}–{last}"]
    if seen is None:
        return [], []
    start, points = _beyond(view, view.begin, view.settled, seen), _points(view, seen, (view.settled, view.end))
    parts = [*([f"start {start}"] if start else []), *points]
    return parts, [_beyond(view, view.begin, view.end, seen)] if parts else []


def _points(view: View, seen: axis.Scale | None, span: tuple[float, float]) -> list[str]:
    """Say how many points are beyond the y axis, and how far; nothing where none is."""
    far = _beyond(view, *span, seen) if seen and seen.outside else ""
    return [f"{seen.outside:,} point{'s' * (seen.outside > 1)} {far}"] if seen and far else []


def _beyond(view: View, begin: float, end: float, seen: axis.Scale) -> str:
    """Say how far lines go beyond the y axis, upwards and downwards."""
    found = [each for line in view.lines if (each := line.curve.extremes(*line.curve.within(begin, end)))]
    if not found:
        return ""
    low, high = min(low for low, _ in found), max(high for _, high in found)
    bottom, top = (10**seen.low * (1 - EXACT), 10**seen.high * (1 + EXACT)) if seen.log else (seen.low, seen.high)
    return " ".join([f"↑ {_short(high)}"] * (high > top) + [f"↓ {_short(low)}"] * (low < bottom))


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 1e4 else f"{value:.3g}"
