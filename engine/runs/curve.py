"""A curve: points that only grow at their end. A long one is cheap to extend and to look through, and is never copied.

All curves that grew from one another share their points; each sees only as many as it had. Beside the points stand the
extremes and the sum of each block of them, so what is lowest, highest and the mean between any two is found without
looking at all.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

BLOCK = 64
"""Points a block: about as many blocks are looked at as points, for a curve of some thousands."""


class _Points:
    """What curves share: x that never falls, y that is NaN where there is a gap, and what is known of whole blocks."""

    __slots__ = ("gaps", "highs", "lows", "sums", "x", "y")

    def __init__(self) -> None:
        self.x, self.y = array("d"), array("d")
        self.gaps = array("q")
        self.lows, self.highs, self.sums = array("d"), array("d"), array("d")

    def extend(self, points: Iterable[tuple[float, float | None]]) -> None:
        """Add points at the end. Whoever looks at those before meanwhile, on another thread, sees no difference."""
        x, y, gaps, finite = self.x, self.y, self.gaps, math.isfinite
        last, size = x[-1] if x else -math.inf, len(y)
        for at, value in points:
            # What a damaged file says of earlier steps stands beside the last: curves are searched by halving.
            last = max(at, last)
            x.append(last)
            if value is None or not finite(value):
                gaps.append(size)
                y.append(math.nan)
            else:
                y.append(value)
            size += 1
        self.look_through()

    def look_through(self) -> None:
        """Learn the extremes and the sums of the blocks that have become whole."""
        for begin in range(len(self.lows) * BLOCK, len(self.y) - BLOCK + 1, BLOCK):
            block: Sequence[float] = self.y[begin : begin + BLOCK]
            first = bisect_left(self.gaps, begin)
            if first < len(self.gaps) and self.gaps[first] < begin + BLOCK:
                block = [value for value in block if not math.isnan(value)]
            self.lows.append(min(block, default=math.inf))
            self.highs.append(max(block, default=-math.inf))
            self.sums.append(sum(block))


class Curve:
    """Points of one line of a chart, immutable: x in epochs (1.5 is the middle of the second), y None in a gap."""

    __slots__ = ("_points", "_size")

    def __init__(self, x: Iterable[float] = (), y: Iterable[float | None] = ()) -> None:
        """Take the points; x rises, and a y that is None or not finite is a gap."""
        self._points = _Points()
        self._points.extend(zip(x, y, strict=True))
        self._size = len(self._points.x)

    @classmethod
    def _of(cls, points: _Points, size: int) -> Curve:
        curve = cls.__new__(cls)
        curve._points, curve._size = points, size
        return curve

    def extended(self, points: Iterable[tuple[float, float | None]]) -> Curve:
        """Return the curve with more points at its end."""
        shared = self._points
        if not self._size or len(shared.x) != self._size:  # another curve has grown from it: that keeps its points
            shared = Curve(self.x, self.y)._points
        shared.extend(points)
        return Curve._of(shared, len(shared.x)) if len(shared.x) > self._size else self

    def follows(self, other: Curve, values: Callable[[array[float]], array[float]]) -> Curve:
        """Return this curve with the rest of a longer one at its end: where that is, but with other values.

        Args:
            other: has all the x that this has, and perhaps more.
            values: makes them of the other's values, which are NaN in its gaps, as its own are then.
        """
        mine = self._points if len(self._points.x) == self._size else Curve(self.x, self.y)._points
        theirs = other._points
        mine.x.extend(theirs.x[self._size : other._size])
        mine.gaps.extend(other.gaps(self._size, other._size))
        mine.y.extend(values(theirs.y[self._size : other._size]))
        mine.look_through()
        return Curve._of(mine, other._size)

    def until(self, x: float) -> Curve:
        """Return the curve without what comes after x."""
        return Curve._of(self._points, bisect_right(self._points.x, x, 0, self._size))

    def before(self, x: float) -> Curve:
        """Return the curve without what comes at x or after it."""
        return Curve._of(self._points, bisect_left(self._points.x, x, 0, self._size))

    @property
    def x(self) -> tuple[float, ...]:
        """Where all points are: a copy, for what looks at each."""
        return tuple(self._points.x[: self._size])

    @property
    def y(self) -> tuple[float | None, ...]:
        """The values of all points, None in gaps: a copy."""
        values: list[float | None] = list(self._points.y[: self._size])
        for gap in self.gaps(0, self._size):
            values[gap] = None
        return tuple(values)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int) -> tuple[float, float | None]:
        if index < 0:
            index += self._size
        if not 0 <= index < self._size:
            raise IndexError(index)
        y = self._points.y[index]
        return self._points.x[index], None if math.isnan(y) else y

    def __iter__(self) -> Iterator[tuple[float, float | None]]:
        return map(self.__getitem__, range(self._size))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Curve):
            return NotImplemented
        if self._size != other._size:
            return False
        return self._points is other._points or (self.x == other.x and self.y == other.y)

    def __hash__(self) -> int:
        return hash(self._size)

    def __repr__(self) -> str:
        return f"Curve({self.x}, {self.y})"

    def grew_from(self, other: Curve) -> bool:
        """Say whether this is the other one with more points, or none more, at its end."""
        return self._points is other._points and self._size >= other._size

    def within(self, begin: float, end: float) -> tuple[int, int]:
        """Return the first index at or after ``begin``, and the first after ``end``."""
        x = self._points.x
        first = bisect_left(x, begin, 0, self._size)
        return first, bisect_right(x, end, first, self._size)

    def gaps(self, first: int, last: int) -> list[int]:
        """Return the indices from ``first`` to before ``last`` where the value was not finite."""
        gaps = self._points.gaps
        if not gaps:
            return []
        begin = bisect_left(gaps, first)
        return list(gaps[begin : bisect_left(gaps, last, begin)])

    def extremes(self, first: int, last: int) -> tuple[float, float] | None:
        """Return the lowest and highest value from ``first`` to before ``last``; None where there are only gaps."""
        points = self._points
        from_block, to_block = -(-first // BLOCK), last // BLOCK
        if from_block < to_block:
            edges = points.y[first : from_block * BLOCK] + points.y[to_block * BLOCK : last]
            lows, highs = points.lows[from_block:to_block], points.highs[from_block:to_block]
        else:
            edges, lows, highs = points.y[first:last], array("d"), array("d")
        if self.gaps(first, last):
            edges = array("d", (value for value in edges if not math.isnan(value)))
        low = min(min(edges, default=math.inf), min(lows, default=math.inf))
        high = max(max(edges, default=-math.inf), max(highs, default=-math.inf))
        return (low, high) if low <= high else None

    def mean(self, first: int, last: int) -> float | None:
        """Return the mean from ``first`` to before ``last``, gaps left out; None where there are only gaps."""
        points = self._points
        from_block, to_block = -(-first // BLOCK), last // BLOCK
        if from_block < to_block:
            edges = points.y[first : from_block * BLOCK] + points.y[to_block * BLOCK : last]
            total = sum(points.sums[from_block:to_block])
        else:
            edges, total = points.y[first:last], 0.0
        count = last - first
        if gaps := len(self.gaps(first, last)):
            count -= gaps
            edges = array("d", (value for value in edges if not math.isnan(value)))
        return (total + sum(edges)) / count if count else None

    def outside(self, first: int, last: int, low: float, high: float) -> int:
        """Count the points from ``first`` to before ``last`` that are lower than ``low`` or higher than ``high``."""
        points, count, at = self._points, 0, first
        while at < last:
            block = at // BLOCK
            end = min((block + 1) * BLOCK, last)
            if block >= len(points.lows) or points.lows[block] < low or points.highs[block] > high:
                count += sum(value < low or value > high for value in points.y[at:end])
            at = end
        return count

    def some(self, first: int, last: int, most: int) -> list[float]:
        """Return at most so many of the values from ``first`` to before ``last``, evenly apart; gaps left out."""
        step = max(-(-(last - first) // most), 1)
        return [value for value in self._points.y[first:last:step] if not math.isnan(value)]

    @property
    def first(self) -> float | None:
        """The first value; None where there is none."""
        return next((y for index in range(self._size) if (y := self[index][1]) is not None), None)

    def nearest(self, x: float) -> tuple[float, float | None] | None:
        """Return the point that is nearest to x; None before there is one."""
        if not self._size:
            return None
        after = min(bisect_left(self._points.x, x, 0, self._size), self._size - 1)
        before = max(after - 1, 0)
        return self[before if x - self._points.x[before] < self._points.x[after] - x else after]
