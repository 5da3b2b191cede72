"""Thinning: of a curve each column of its canvas shows the mean and the extremes. And smoothing, which goes on."""

from __future__ import annotations

import math
from array import array
from math import isnan
from typing import NamedTuple

from engine.runs.curve import Curve

SMOOTHED_POINTS = 50
"""A line with fewer is not smoothed: a mean of a handful of validations would say something else than they do."""


class Column(NamedTuple):
    """What a column of a canvas shows of a curve.

    Attributes:
        x: the middle of its points.
        y: their mean; None where all are gaps.
        low: the lowest of them, and of what each is the mean of.
        high: the highest.
        gaps: there are some among them.
    """

    x: float
    y: float | None
    low: float = 0.0
    high: float = 0.0
    gaps: bool = False


def columns(curve: Curve, begin: float, end: float, count: int, spread: Curve = Curve()) -> list[Column]:  # noqa: B008
    """Return what so many columns show of the points from ``begin`` to ``end``; columns without a point are left out.

    Every column is made by one rule, so a line looks the same whether its points are few or many. A line that comes
    from outside, or goes there, is cut at the edge.

    Args:
        curve: the points.
        begin: the first column is here.
        end: and the last one here.
        count: columns.
        spread: the lowest and highest of what the points are means of, at the same places.
    """
    first, last = curve.within(begin, end)
    found = _edge(curve, first, begin)
    width = (end - begin) / max(count - 1, 1)
    while first < last:
        x, y = curve[first]
        left = begin + (math.floor((x - begin) / width + 0.5) - 0.5) * width
        if left + width <= x:  # it was rounded the other way
            left = x
        until = max(min(curve.within(left + width, left + width)[0], last), first + 1)
        if until - first == 1:
            found.append(Column(x, y, y or 0.0, y or 0.0, y is None))
        else:
            low, high = curve.extremes(first, until) or (0.0, 0.0)
            gaps = bool(curve.gaps(first, until))
            found.append(Column((x + curve[until - 1][0]) / 2, curve.mean(first, until), low, high, gaps))
        if len(spread) and y is not None and (more := spread.extremes(*spread.within(left, left + width))):
            found[-1] = found[-1]._replace(low=min(found[-1].low, more[0]), high=max(found[-1].high, more[1]))
        first = until
    return found + _edge(curve, last, end)


def _edge(curve: Curve, index: int, x: float) -> list[Column]:
    """Return where the line crosses x, just before the point with that index; nothing where it does not."""
    if not 0 < index < len(curve):
        return []
    (x0, y0), (x1, y1) = curve[index - 1], curve[index]
    if y0 is None or y1 is None or not x0 < x < x1:
        return []
    y = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return [Column(x, y, y, y)]


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
