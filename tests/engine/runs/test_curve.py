"""Curves: they grow without being copied, keep what they had, and find their extremes without looking at all points."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runs.curve import BLOCK, Curve

values = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, width=32))


def test_a_curve_keeps_its_points_while_others_grow_from_it():
    first = Curve((0.0, 1.0), (5.0, None))
    longer = first.extended([(2.0, 7.0)])
    other = first.extended([(2.0, 8.0)])
    assert (first.x, first.y) == ((0.0, 1.0), (5.0, None))
    assert longer.y == (5.0, None, 7.0)
    assert other.y == (5.0, None, 8.0)
    assert longer.grew_from(first)
    assert not other.grew_from(first)
    assert longer.until(1.0) == first
    assert longer.before(1.0).extended([(1.5, 1.0)]).y == (5.0, 1.0)
    assert longer.y == (5.0, None, 7.0)
    assert Curve() == Curve()
    assert Curve().extended([]) == Curve()


@given(st.lists(values, max_size=4 * BLOCK), st.data())
def test_extremes_and_means_are_those_of_the_points(ys, data):
    curve = Curve(range(len(ys)), ys)
    first = data.draw(st.integers(0, len(ys)))
    last = data.draw(st.integers(first, len(ys)))
    good = [y for y in ys[first:last] if y is not None and math.isfinite(y)]
    assert curve.extremes(first, last) == ((min(good), max(good)) if good else None)
    mean = curve.mean(first, last)
    assert (mean is None) == (not good)
    if good:
        assert mean == pytest.approx(sum(good) / len(good), rel=1e-9, abs=1e-6 * max(map(abs, good)))
    assert curve.outside(first, last, -1.0, 1.0) == sum(abs(y) > 1 for y in good)
    assert len(curve.some(first, last, 10)) <= 10
    assert set(curve.some(first, last, 10)) <= set(good)
    assert curve.gaps(first, last) == [i for i in range(first, last) if ys[i] is None or not math.isfinite(ys[i])]


def test_points_are_found_by_their_place():
    curve = Curve((0.0, 1.0, 1.0, 3.0), (1.0, 2.0, 3.0, None))
    assert curve.within(1.0, 2.9) == (1, 3)
    assert curve.within(5.0, 9.0) == (4, 4)
    assert curve.nearest(0.2) == (0.0, 1.0)
    assert curve.nearest(2.4) == (3.0, None)
    assert curve.nearest(99.0) == (3.0, None)
    assert Curve().nearest(1.0) is None
    assert curve.first == 1.0
    assert Curve((0.0,), (None,)).first is None
    with pytest.raises(IndexError):
        curve[4]


def test_what_comes_from_a_damaged_file_leaves_the_curve_in_order():
    assert Curve((0.0, 5.0, 2.0), (1.0, 1.0, 1.0)).x == (0.0, 5.0, 5.0)


@given(st.lists(values, max_size=3 * BLOCK), st.integers(0, 3 * BLOCK))
def test_a_curve_that_follows_another_has_its_places_and_gaps(ys, cut):
    source = Curve(range(len(ys)), ys)
    begun = Curve().follows(source.until(cut - 1), lambda found: found)
    done = begun.follows(source, lambda found: found)
    assert done == source
    assert done.grew_from(begun)
    assert done.extremes(0, len(ys)) == source.extremes(0, len(ys))
