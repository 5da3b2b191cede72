"""The words at a chart: how one looks at it, where a place is, what a value is."""

from __future__ import annotations

from collections.abc import Sequence

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


def heading(names: Sequence[str], view: View, look: Look, room: int) -> str:
    """Return a chart's title: its name, how one looks at it, and what of it; in shorter words where there is no room.

    Args:
        names: of the chart, the fullest first.
        view: what it shows.
        look: how it is looked at.
        room: cells.
    """
    how = (["log"] if look.log else []) + ([f"smooth {look.smoothing:g}"] if look.smoothing else [])
    part, briefly = _part(view, look)
    shorter = [[name, *how, *part] for name in names] + [[names[-1], *how, *each] for each in (briefly, [])]
    titles = [" · ".join(words) for words in shorter]
    return next((title for title in titles if len(title) <= room), titles[-1])


def _part(view: View, look: Look) -> tuple[list[str], list[str]]:
    """Say what of the x axis is seen, or what the y axis leaves out: the extremes of the first steps; and in short."""
    if look.window:
        begin, end = (position(view, look, x) for x in look.window)
        last = end.partition(" ")[2]
        return [f"{begin} – {last}"], [f"{begin.partition(' ')[2]}–{last}"]
    curves = [line.curve for line in view.lines]
    seen, whole = (axis.scale(curves, view.begin, view.end, since, log=False) for since in (view.settled, view.begin))
    if not seen or not whole:
        return [], []
    above = [f"↑ {_short(whole.high)}"] * (whole.high > seen.high)
    below = [f"↓ {_short(whole.low)}"] * (whole.low < seen.low)
    beyond = " ".join(above + below)
    return ([f"start {beyond}"], [beyond]) if beyond else ([], [])


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 1e4 else f"{value:.3g}"
