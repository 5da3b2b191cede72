"""The axes of a chart: what they cover, linear or logarithmic, and the numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from engine.runs.curve import Curve
from tui.widgets.thinning import thin

MOST_LEVELS = 7
"""Numbers at the y axis."""
SEARCHED = 200
"""Columns that are looked through for the lowest value above 0."""

LONGEST = 9
"""Characters of such a number; one that would be longer is rounded."""
NOTHING = 1e-3
"""What is so much smaller than the distance of two numbers is 0."""
LARGEST = 1e300
"""Nothing beyond it is told apart: differences of such numbers still are numbers."""

Numbers = tuple[list[float], list[str]]
"""Places along an axis, and what stands there."""


@dataclass(frozen=True)
class Scale:
    """The y axis: where it begins and ends, in its own units, which are powers of ten on a logarithmic one."""

    low: float
    high: float
    log: bool = False

    def at(self, y: float | None) -> float | None:
        """Return where a value stands, at the edge if it is beyond; None where it cannot stand anywhere."""
        if y is None or (self.log and y <= 0):
            return None
        return min(max(math.log10(y) if self.log else y, self.low), self.high)

    def levels(self, height: int) -> Numbers:
        """Return places along the axis for so many rows, and a number for each."""
        count = max(min(height // 2, MOST_LEVELS), 2)
        if self.log:
            return _log_levels(self.low, self.high, count)
        return _levels(self.low, self.high, count)


def scale(curves: Iterable[Curve], begin: float, end: float, settled: float, *, log: bool) -> Scale | None:
    """Return the y axis for what is seen of curves, from ``settled`` on if anything is there; None for nothing."""
    curves = list(curves)
    for start in (max(begin, settled), begin):
        found = [each for curve in curves if (each := _extremes(curve, start, end, log=log))]
        if found:
            return _with_room(min(low for low, _ in found), max(high for _, high in found), log=log)
    return None


def _extremes(curve: Curve, begin: float, end: float, *, log: bool) -> tuple[float, float] | None:
    extremes = curve.extremes(*curve.within(begin, end))
    if extremes is None:  # a line may cross what is seen without a point in it
        ys = [y for _, y in thin(curve, begin, end, SEARCHED) if y is not None]
        extremes = (min(ys), max(ys)) if ys else None
    if extremes is None or not log:
        return extremes
    low, high = extremes
    if high <= 0:
        return None
    if low <= 0:
        low = min((y for _, y in thin(curve, begin, end, SEARCHED) if y is not None and y > 0), default=high)
    return math.log10(low), math.log10(high)


def _with_room(low: float, high: float, *, log: bool) -> Scale:
    largest = math.log10(LARGEST) if log else LARGEST
    low, high = (min(max(each, -largest), largest) for each in (low, high))
    if low == high:  # a flat line stands in the middle
        room = 0.5 if log else abs(low) / 10 or 0.1
        return Scale(low - room, high + room, log)
    return Scale(low, high, log)


def _levels(low: float, high: float, count: int) -> Numbers:
    """Return values from the lowest to the highest, with as many digits as tell them apart, where there is room."""
    levels = [low + (high - low) * index / (count - 1) for index in range(count)]
    difference = levels[1] - levels[0]
    shown = [0.0 if abs(level) < NOTHING * difference else level for level in levels]
    short = [f"{level:.3g}" for level in shown]
    magnitude = math.floor(math.log10(difference)) if difference > 0 else 0
    if magnitude >= 4 or (magnitude <= -4 and len(set(short)) == count):
        return levels, short
    labels = [f"{level:.{max(1 - magnitude, 1)}f}" for level in shown]
    return levels, labels if max(map(len, labels)) <= LONGEST else short


def _log_levels(low: float, high: float, count: int) -> Numbers:
    """Return round numbers between two powers of ten: 1, 2, 5, 10, ... or 1, 10, 100, ... or fewer of them."""
    for mantissas in ((1, 2, 5), (1,)):
        found = [
            (power + math.log10(mantissa), f"{mantissa * 10.0**power:g}")
            for power in range(math.floor(low), math.floor(high) + 1)
            for mantissa in mantissas
            if low <= power + math.log10(mantissa) <= high
        ]
        if 2 <= len(found) <= count:
            break
    else:
        found = found[:: -(-len(found) // count)] if len(found) >= 2 else []
    if found:
        return [place for place, _ in found], [label for _, label in found]
    places = [low + (high - low) * index / (count - 1) for index in range(count)]
    return places, [f"{10**place:.3g}" for place in places]


def ticks(begin: float, end: float, width: int, steps: int = 0) -> Numbers:
    """Return places along the x axis, and a number for each: whole epochs, or whole steps.

    Only where not even two whole epochs are seen they are simple parts of one.

    Args:
        begin: where the axis begins, in epochs.
        end: where it ends.
        width: cells; a number stands about every ten of them.
        steps: of an epoch, where steps are counted; 0 where epochs are.
    """
    unit = steps or 1
    low, high = begin * unit, end * unit
    raw = (high - low) / max(width // (12 if steps else 10), 2)
    if steps or math.floor(high + 1e-9) - math.ceil(low - 1e-9) >= 1:
        raw = max(raw, 1.0)
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= raw * (1 - 1e-9))
    places = [round(index * step, 10) for index in range(math.ceil(low / step - 1e-9), int(high / step + 1e-9) + 1)]
    return [place / unit for place in places], [f"{place:,g}" if place < 1e5 else f"{place:,.0f}" for place in places]
