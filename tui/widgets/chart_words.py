"""The words at a chart: how one looks at it, where a place is, what a value is."""

from __future__ import annotations

from tui.widgets import axis
from tui.widgets.view import Look, View


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


def manner(view: View, look: Look) -> str:
    """Say in a title how one looks, and what the y axis leaves out: the extremes of the first steps."""
    words = " · log" if look.log else ""
    if look.smoothing:
        words += f" · smooth {look.smoothing:g}"
    if look.window:
        begin, end = (position(view, look, x) for x in look.window)
        return f"{words} · {begin} – {end.partition(' ')[2]}"
    curves = [line.curve for line in view.lines]
    seen, whole = (axis.scale(curves, view.begin, view.end, since, log=False) for since in (view.settled, view.begin))
    if seen and whole and whole.high > seen.high:
        words += f" · start ↑ {_short(whole.high)}"
    if seen and whole and whole.low < seen.low:
        words += f" · start ↓ {_short(whole.low)}"
    return words


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 1e4 else f"{value:.3g}"
