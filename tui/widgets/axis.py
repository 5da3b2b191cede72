"""The axes of a chart, linear or logarithmic, and the numbers beside them. What the y axis covers is `reach`'s."""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST_LEVELS = 7
"""Numbers at the y axis."""
LONGEST = 9
"""Characters of such a number; one that would be longer is rounded."""
NOTHING = 1e-3
"""What is so much smaller than the distance of two numbers is 0."""
BEYOND = 1000.0
"""Nothing stands further beyond an axis than so many times its length."""
SMALLEST = 1e-300
"""Nothing above 0 is told apart from what is smaller."""
ROUND = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Times a power of ten: the numbers at which an axis from 0 ends."""
SIMPLE = (1, 2, 2.5, 5), (3, 4, 6)
"""Times a power of ten: how far apart the numbers beside it are; the second ones where the first do not divide it."""

Numbers = tuple[list[float], list[str]]
"""Places along an axis, and what stands there."""


@dataclass(frozen=True)
class Scale:
    """The y axis: where it begins and ends, in its own units, which are powers of ten on a logarithmic one.

    Attributes:
        whole: it goes from 0 to a round number, and so do the numbers beside it.
        outside: so many points of its lines are beyond it, and not drawn.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    outside: int = 0

    def at(self, y: float | None) -> float | None:
        """Return where a value stands, be that beyond the axis; None where it cannot stand anywhere.

        What is very far beyond stands nearer, in the same direction: a line to there is as steep as can be seen.
        """
        if y is None or (self.log and y <= 0):
            return None
        room = BEYOND * (self.high - self.low)
        return min(max(math.log10(y) if self.log else y, self.low - room), self.high + room)

    def part(self, begin: float, end: float) -> tuple[float, float] | None:
        """Return the part of a way, from 0 to 1, on which it is within the axis; None where it never is."""
        if begin == end:
            return (0.0, 1.0) if self.low <= begin <= self.high else None
        crossed = sorted((edge - begin) / (end - begin) for edge in (self.low, self.high))
        first, last = max(crossed[0], 0.0), min(crossed[1], 1.0)
        return (first, last) if first <= last else None

    def levels(self, height: int) -> Numbers:
        """Return places along the axis for so many rows, and a number for each."""
        count = max(min(height // 2, MOST_LEVELS), 2)
        if self.log:
            return _log_levels(self.low, self.high, count)
        if self.whole:
            return _round_levels(self.high, count)
        return _levels(self.low, self.high, count)


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


def rounded_up(high: float) -> float:
    """Return the first of the `ROUND` numbers, times a power of ten, that is not below a number above 0."""
    high = max(high, SMALLEST)
    power = 10.0 ** math.floor(math.log10(high))
    return next((end for each in ROUND if (end := float(f"{each * power:.2g}")) >= high), high)


def _round_levels(high: float, count: int) -> Numbers:
    """Return values from 0 to a round number, in as many parts as can be of 1, 2, 2.5 or 5 times a power of ten."""
    fitting = (each for steps in SIMPLE for each in range(count - 1, 1, -1) if float(_rounded(high / each)[0]) in steps)
    parts = next(fitting, 1)
    step = high / parts
    # So many digits behind the point as tell a step: 0.25 has one more than 0.2.
    mantissa, exponent = _rounded(step)
    digits = max(len(mantissa.rstrip("0").partition(".")[2]) - exponent, 0)
    labels = [f"{step * index:.{digits}f}" for index in range(parts + 1)]
    if len(labels[-1]) > LONGEST:
        labels = [f"{step * index:.3g}" for index in range(parts + 1)]
    return [step * index for index in range(parts + 1)], labels


def _rounded(number: float) -> tuple[str, int]:
    """Return a number's digits, the first of them before the point, and the power of ten that they are times."""
    mantissa, _, exponent = f"{number:.6e}".partition("e")
    return mantissa, int(exponent)


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
