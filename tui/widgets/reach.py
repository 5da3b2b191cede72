"""What the y axis of a chart covers: a scale on which one sees how good a run is, and what most of its lines need.

Stretched to its lowest and highest value, the accuracy of a run that learns nothing looks like one that learns. And one
value, or one run, far from all others would leave nothing to be seen of those.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from engine.runs.curve import Curve
from tui.widgets.axis import Scale, rounded_up
from tui.widgets.thinning import columns
from tui.widgets.view import Look, View

LARGEST = 1e300
"""Nothing beyond it is told apart: differences of such numbers still are numbers."""
SEARCHED = 200
"""So many columns are looked through for the lowest value above 0, and so many values for what is far from most."""
FAR = 3.0
"""A value is far from the others beyond so many times the distance of their quartiles (Tukey's outer fences)."""
FLATTENS = 4.0
"""An axis from 0 does not cover a run that would take so many times the room that half of the runs need."""

Span = tuple[float, float]
"""The lowest and the highest value."""


def scale(view: View, look: Look) -> Scale | None:
    """Return the y axis for what is seen of a view; None where nothing is.

    It covers what came after the view had settled, if anything did. Of a view with a base it covers that, too, unless a
    person looks closer; then it leaves out what is far from most.

    Args:
        view: what is shown.
        look: how it is looked at.
    """
    begin, end = look.span(view)
    settled = begin if look.window else max(begin, view.settled)
    lines = [line.curve for line in view.lines]
    curves = [*lines, *(line.spread for line in view.lines)]
    for start in (settled, begin):
        found = [each for curve in curves if (each := _extremes(curve, start, end, log=look.log))]
        if found:
            break
    else:
        return None
    seen = min(low for low, _ in found), max(high for _, high in found)
    if look.log or view.base is None:
        return _with_room(*seen, log=look.log)
    needed = [_near(curve, start, end) for curve in lines]
    low, high = _most([each for each in needed if each] or [seen], apart=view.apart, fitted=look.fitted)
    least, most = view.base
    if look.fitted:
        axis = _with_room(low, high, log=False)
    elif low >= least == 0:
        high = max(high if most is None else most, high)
        axis = Scale(0.0, rounded_up(min(high, LARGEST)) if high > 0 else 1.0, whole=True)
    else:
        axis = _with_room(min(low, least), high if most is None else max(high, most), log=False)
    if axis.low <= seen[0] and seen[1] <= axis.high:
        return axis
    outside = (curve.outside(*curve.within(start, end), axis.low, axis.high) for curve in lines)
    return replace(axis, outside=sum(outside))


def _near(curve: Curve, begin: float, end: float) -> Span | None:
    """Return the lowest and the highest value of a line that are not far from most of it; None where it has none."""
    first, last = curve.within(begin, end)
    extremes = curve.extremes(first, last)
    values = curve.some(first, last, SEARCHED)
    if extremes is None or len(values) < 2:
        return extremes
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    room = FAR * (upper - lower)
    if not 0 < room < math.inf:
        return extremes
    low, high = extremes
    return max(low, lower - room), min(high, upper + room)


def _most(spans: Sequence[Span], *, apart: bool, fitted: bool) -> Span:
    """Return what most lines need; where they belong together, and are not ``apart``, all of them."""
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    if apart and fitted and len(spans) > 2:
        low, high = statistics.median(lows), statistics.median(highs)
        room = FAR * max(high - low, statistics.median(b - a for a, b in spans))
        kept = [each for each in spans if each[0] >= low - room and each[1] <= high + room] or spans
        lows, highs = [low for low, _ in kept], [high for _, high in kept]
    elif apart and not fitted:
        limit = FLATTENS * statistics.median_low(highs)
        highs = [high for high in highs if high <= limit] or highs
    return min(lows), max(highs)


def _extremes(curve: Curve, begin: float, end: float, *, log: bool) -> Span | None:
    extremes = curve.extremes(*curve.within(begin, end))
    if extremes is None:  # a line may cross what is seen without a point in it
        ys = [each.y for each in columns(curve, begin, end, SEARCHED) if each.y is not None]
        extremes = (min(ys), max(ys)) if ys else None
    if extremes is None or not log:
        return extremes
    low, high = extremes
    if high <= 0:
        return None
    if low <= 0:
        lows = ((each.low if each.low > 0 else each.y) for each in columns(curve, begin, end, SEARCHED))
        low = min((y for y in lows if y is not None and y > 0), default=high)
    return math.log10(low), math.log10(high)


def _with_room(low: float, high: float, *, log: bool) -> Scale:
    largest = math.log10(LARGEST) if log else LARGEST
    low, high = (min(max(each, -largest), largest) for each in (low, high))
    if low == high:  # a flat line stands in the middle
        room = 0.5 if log else abs(low) / 10 or 0.1
        return Scale(low - room, high + room, log)
    return Scale(low, high, log)
