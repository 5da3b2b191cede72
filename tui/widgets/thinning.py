"""Thinning: of a long curve only what its canvas can show is drawn. And smoothing, which goes on where it left off."""

from __future__ import annotations

from array import array
from math import isnan

from engine.runs.curve import Curve

SMOOTHED_POINTS = 50
"""A line with fewer is not smoothed: a mean of a handful of validations would say something else than they do."""


def thin(curve: Curve, begin: float, end: float, columns: int) -> list[tuple[float, float | None]]:
    """Return the points from ``begin`` to ``end`` as a canvas of so many columns shows them; y is None in gaps.

    Of many points, each pair of columns keeps the first, the lowest, the highest and the last: the line looks the
    same, extremes stay. A line that comes from outside, or goes there, is cut at the edge.
    """
    first, last = curve.within(begin, end)
    points = _edge(curve, first, begin)
    if last - first <= columns:
        points += [curve[index] for index in range(first, last)]
    else:
        buckets = max(columns // 2, 1)
        for bucket in range(1, buckets + 1):
            until = curve.within(begin, begin + (end - begin) * bucket / buckets)[1] if bucket < buckets else last
            if until > first:
                points += _bucket(curve, first, until)
                first = until
    return points + _edge(curve, last, end)


def _bucket(curve: Curve, first: int, last: int) -> list[tuple[float, float | None]]:
    """Return the four points that stand for those from ``first`` to before ``last``, and a gap where one is."""
    begin, end = curve[first], curve[last - 1]
    extremes = curve.extremes(first, last)
    if last - first == 1:
        return [begin]
    if extremes is None:
        return [begin, end]
    middle = (begin[0] + end[0]) / 2
    low, high = extremes
    inner = [(middle, low), (middle, high)]
    if begin[1] is not None and begin[1] > (low + high) / 2:
        inner.reverse()
    gap: list[tuple[float, float | None]] = [(end[0], None)] if curve.gaps(first + 1, last - 1) else []
    return [begin, *inner, *gap, end]


def _edge(curve: Curve, index: int, x: float) -> list[tuple[float, float | None]]:
    """Return where the line crosses x, just before the point with that index; nothing where it does not."""
    if not 0 < index < len(curve):
        return []
    (x0, y0), (x1, y1) = curve[index - 1], curve[index]
    if y0 is None or y1 is None or not x0 < x < x1:
        return []
    return [(x, y0 + (y1 - y0) * (x - x0) / (x1 - x0))]


class Smoothing:
    """The smoothed form of one curve: a mean that forgets, as TensorBoard draws it.

    mean ← w·mean + (1 − w)·y, divided by 1 − wᵗ, so that the first points are not drawn towards 0.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self._raw = self._smooth = Curve()
        self._mean = 0.0
        self._share = 1.0

    def of(self, curve: Curve) -> Curve:
        """Return the curve, smoothed; of one that has grown since the last time only the new points are looked at."""
        if not curve.grew_from(self._raw):
            self._smooth, self._mean, self._share = Curve(), 0.0, 1.0
        self._raw, self._smooth = curve, self._smooth.follows(curve, self._means)
        return self._smooth

    def _means(self, values: array[float]) -> array[float]:
        """Go on with these values; a gap stays one, and is forgotten."""
        weight, mean, share = self.weight, self._mean, self._share
        means = array("d")
        for value in values:
            if isnan(value):
                means.append(value)
                continue
            mean = weight * mean + (1 - weight) * value
            share *= weight
            means.append(mean / (1 - share))
        self._mean, self._share = mean, share
        return means
