"""The chart survives whatever a training run can produce."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App
from textual.color import Color

from engine.runs.curve import Curve
from tui.theme import DARK, LIGHT
from tui.widgets.axis import Scale, ticks
from tui.widgets.chart import STYLES, Chart, Line, View
from tui.widgets.chart_words import heading
from tui.widgets.plot import NothingToDrawError, beside, plot
from tui.widgets.thinning import Column, columns
from tui.widgets.view import Look

BLUE = Color(100, 150, 200)


def draw(view, width, height, *options):
    return plot(view, [BLUE] * len(view.lines), width, height, *options).content.plain


values = st.one_of(st.none(), st.floats())


@settings(max_examples=12, deadline=None)
@given(st.lists(values, max_size=60), st.integers(12, 120), st.integers(3, 40))
async def test_any_values_can_be_shown(ys, width, height):
    class Small(App[None]):
        CSS = "Chart { width: 100%; height: 100%; }"

        def get_theme_variable_defaults(self):
            return dict(DARK.variables)

        def compose(self):
            yield Chart("loss", "nothing yet")

    app = Small()
    async with app.run_test(size=(width, height)) as pilot:
        chart = app.query_one(Chart)
        curve = Curve(tuple(index / 10 for index in range(len(ys))), tuple(ys))
        chart.show(
            View((Line(curve, "chart--train"), Line(curve, "chart--validation", glyph="o")), 6.0, marks=((1.0, "x"),))
        )
        await pilot.pause()
        assert chart.render().plain.count("\n") in (0, chart.size.height - 1)


@pytest.mark.parametrize("ys", [[5e-324], [1.79e308], [-1.7e308] * 2, [5e-324, 1.79e308], [1e-300, 1e300]])
@pytest.mark.parametrize("log", [False, True])
def test_the_largest_and_the_smallest_numbers_are_drawn(ys, log):
    view = View((Line(Curve(range(len(ys)), ys), "x"),))
    if log and ys[0] < 0:
        with pytest.raises(NothingToDrawError):
            draw(view, 40, 10, Look(log=log))
        return
    assert len(draw(view, 40, 10, Look(log=log)).splitlines()) == 10


def test_each_column_has_the_mean_and_the_extremes_of_its_points():
    source = random.Random(1)
    ys = [source.random() for _ in range(10_000)]
    ys[1234], ys[5678] = 50.0, -50.0
    curve = Curve(tuple(index / 1000 for index in range(10_000)), tuple(ys))
    found = columns(curve, 0.0, 10.0, 100)
    assert len(found) == 100
    assert (max(each.high for each in found), min(each.low for each in found)) == (50.0, -50.0)
    assert found[50].y == pytest.approx(0.5, abs=0.15)
    assert [each.x for each in found] == sorted(each.x for each in found)
    assert columns(curve, 2.0, 2.002, 100)[:2] == [
        Column(curve[2000 + index][0], *[curve[2000 + index][1]] * 3) for index in range(2)
    ]


def bands(points: int, spread: Curve = Curve(), per_point: int = 1) -> tuple[float, float]:  # noqa: B008 - immutable
    """Return how far the extremes of the columns are apart in the first and in the last tenth of a noisy level line."""
    source, ys = random.Random(1), []
    for _ in range(points):
        ys.append(sum(source.gauss(1.0, 0.1) for _ in range(per_point)) / per_point)
    found = columns(Curve([index / points for index in range(points)], ys), 0.0, 1.0, 100, spread)
    parts = found[:10], found[-10:]
    first, last = (sum(each.high - each.low for each in part) / len(part) for part in parts)
    return first, last


def test_the_rule_of_a_column_is_the_same_for_few_points_and_for_many():
    assert bands(50) == (0.0, 0.0)  # a column with one point has no extremes
    for points in (1_000, 100_000):
        first, last = bands(points)
        assert last == pytest.approx(first, rel=0.4)
    few, many = (columns(Curve([0.5] * n, [1.0] * n), 0.0, 1.0, 100) for n in (1, 1000))
    assert few == many


def test_points_that_become_means_of_several_chunks_do_not_look_calmer():
    source = random.Random(2)
    chunks = [source.gauss(1.0, 0.1) for _ in range(20_000)]
    x = [index / len(chunks) for index in range(len(chunks))]
    half, curve, spread = len(chunks) // 2, Curve(), Curve()
    curve = curve.extended(zip(x[:half], chunks[:half], strict=True))
    for at in range(half, len(chunks), 10):
        some, middle = chunks[at : at + 10], x[at] + 4.5 / len(chunks)
        curve = curve.extended([(middle, sum(some) / 10)])
        spread = spread.extended([(middle, min(some)), (middle, max(some))])

    def apart(found: list[Column]) -> float:
        return sum(each.high - each.low for each in found) / len(found)

    found = columns(curve, 0.0, 1.0, 100, spread)
    assert apart(found[55:95]) == pytest.approx(apart(found[5:45]), rel=0.1)
    calmer = columns(curve, 0.0, 1.0, 100)
    assert apart(calmer[55:95]) < 0.6 * apart(calmer[5:45])  # as it was


def test_of_each_column_the_mean_is_strong_and_the_rest_is_faint():
    strong, weak = Color(200, 200, 200), Color(50, 50, 50)
    source = random.Random(3)
    curve = Curve([index / 1000 for index in range(1000)], [source.random() for _ in range(1000)])
    drawn = plot(View((Line(curve, "x"),)), [strong], 60, 12, faint=[weak]).content
    cells = {"strong": 0, "faint": 0}
    for span in drawn.spans:
        kind = {strong: "strong", weak: "faint"}.get(span.style.foreground)
        if kind:
            cells[kind] += sum(sign > "\u2800" for sign in drawn.plain[span.start : span.end])
    assert 55 <= cells["strong"] < 150  # a line, not a mass
    assert cells["faint"] > 200
    few = plot(View((Line(curve.until(0.03), "x"),), 0.031), [strong], 60, 12, faint=[weak]).content
    assert all(span.style.foreground != weak for span in few.spans)


def test_what_is_not_finite_becomes_a_gap():
    gaps = Curve((0.0, 1.0, 2.0), (1.0, math.inf, math.nan))
    assert [(each.x, each.y, each.gaps) for each in columns(gaps, 0.0, 2.0, 100)] == [
        (0.0, 1.0, False),
        (1.0, None, True),
        (2.0, None, True),
    ]


def test_the_first_plunge_does_not_flatten_what_follows():
    curve = Curve(tuple(index / 10 for index in range(30)), (100.0, 50.0, *(1 - index / 100 for index in range(28))))
    drawn = draw(View((Line(curve, "x"),), 3.0, settled=0.2), 40, 10)
    assert "1.00" in drawn
    assert "100.0" not in drawn
    assert "100.0" in draw(View((Line(curve, "x"),), 3.0), 40, 10)
    assert heading(["loss"], View((Line(curve, "x"),), 3.0, settled=0.2), Look(), 40) == "loss · start ↑ 100.00"
    assert heading(["loss"], View((Line(curve, "x"),), 3.0), Look(), 40) == "loss"


def test_a_single_point_is_seen():
    assert "o" in draw(View((Line(Curve((0.5,), (1.0,)), "x"),)), 30, 8)


@pytest.mark.parametrize(("width", "height"), [(12, 3), (40, 10), (200, 50)])
def test_the_drawing_has_the_size_of_its_canvas(width, height):
    text = draw(View((Line(Curve((0.0, 1.0), (1.0, 2.0)), "x"),)), width, height)
    lines = text.split("\n")
    assert len(lines) == height
    assert all(len(line) == width for line in lines)


def test_a_change_is_marked_where_it_was_made():
    curve = Curve(tuple(index / 10 for index in range(30)), tuple(1.0 for _ in range(30)))
    text = draw(View((Line(curve, "x"),), 3.0, marks=((1.5, "rate 0.5"),)), 60, 10)
    columns = [line.index("┆") for line in text.splitlines() if "┆" in line]
    assert len(columns) > 5
    assert len(set(columns)) == 1
    assert "rate 0.5" in text


@pytest.mark.parametrize("x", [0.0, 0.7, 1.4, 1.5, 1.6, 2.2, 3.0])
def test_the_words_of_a_change_are_whole_wherever_it_was_made(x):
    curve = Curve((0.0, 3.0), (0.299, 0.833))
    view = View((Line(curve, "x"),), 3.0, marks=((x, "learning_rate 0.002"),))
    # As wide as a chart of the Train screen at 80 columns, where the words fit on one side of any column.
    text = draw(view, 48, 15)
    assert " learning_rate 0.002 " in text.splitlines()[0] + " "


@pytest.mark.parametrize(
    ("column", "room", "fitted"),
    [
        (0, 20, (" dropout 0.5 ", "left")),
        (19, 20, (" dropout 0.5 ", "right")),
        (9, 20, (" dro… 0.5 ", "left")),
        (10, 20, (" dro… 0.5 ", "right")),
        (3, 6, (" … ", "right")),
        (9, 19, (" dr… 0.5 ", "left")),
    ],
)
def test_words_that_fit_on_neither_side_are_cut_before_the_value(column, room, fitted):
    assert beside("dropout 0.5", column, room) == fitted


def test_the_levels_of_the_axis_are_told_apart():
    assert Scale(0.299, 0.833).levels(15)[1] == ["0.299", "0.388", "0.477", "0.566", "0.655", "0.744", "0.833"]
    assert Scale(0.0, 1e9).levels(4)[1] == ["0", "1e+09"]
    assert Scale(2.3021, 2.3024).levels(6)[1] == ["2.30210", "2.30225", "2.30240"]  # hardly anything happens
    assert Scale(1.57e-9, 0.001).levels(6)[1] == ["0", "0.0005", "0.001"]
    assert Scale(1e15, 1e15 + 100).levels(4)[1] == ["1e+15", "1e+15"]


def test_the_axis_of_a_fork_begins_where_it_was_forked():
    assert ticks(80.0, 100.0, 40)[0] == [80.0, 85.0, 90.0, 95.0, 100.0]
    curve = Curve((81.5, 82.5), (1.0, 2.0))
    text = draw(View((Line(curve, "x"),), 100.0, begin=80.0), 60, 10)
    assert text.splitlines()[-1].split() == ["80", "85", "90", "95", "100"]


@pytest.mark.parametrize(("span", "last"), [(1.0, 1.0), (5.0, 5.0), (20.0, 20.0), (1000.0, 1000.0)])
def test_ticks_are_simple_numbers_within_the_span(span, last):
    places, labels = ticks(0.0, span, 40)
    assert places[0] == 0
    assert places[-1] <= last
    assert 2 <= len(places) == len(labels) <= 6


@pytest.mark.parametrize(
    ("begin", "end", "labels"),
    [
        (0.0, 3.0, ["0", "1", "2", "3"]),
        (0.0, 1.0, ["0", "1"]),
        (1.2, 3.3, ["2", "3"]),
        (1.0, 2.0, ["1", "2"]),
        (1.2, 2.2, ["1.2", "1.4", "1.6", "1.8", "2", "2.2"]),
    ],
)
def test_only_within_an_epoch_there_are_parts_of_it_at_the_axis(begin, end, labels):
    assert ticks(begin, end, 60)[1] == labels
    assert all("." not in label for label in ticks(begin, end, 200, steps=8)[1])


def test_lines_of_several_runs_differ_by_their_glyphs():
    curve = Curve(tuple(index / 10 for index in range(30)), tuple(float(index) for index in range(30)))
    for style, glyph in STYLES:
        text = draw(View((Line(curve, style, glyph),), 3.0), 60, 12)
        assert text.count(glyph) > 5, style


def test_every_line_has_a_colour_of_its_own_in_every_theme():
    for theme in (DARK, LIGHT):
        assert len({theme.variables[f"line-{index}"] for index in range(1, len(STYLES) + 1)}) == len(STYLES)
