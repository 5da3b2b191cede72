"""The ways to look at a chart: log, steps, smoothed, near, with a cursor, in ASCII."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import on
from textual.app import App
from textual.color import Color
from textual.content import Content
from textual.events import MouseScrollUp

from engine.runs.curve import Curve
from tui.theme import DARK
from tui.widgets import chart as module
from tui.widgets.axis import Scale, ticks
from tui.widgets.chart import Chart
from tui.widgets.chart_words import heading
from tui.widgets.plot import ASCII, BRAILLE, NothingToDrawError, plot
from tui.widgets.reach import scale
from tui.widgets.thinning import Smoothing, columns
from tui.widgets.view import SMOOTHINGS, Line, Look, View

BLUE = Color(100, 150, 200)
FALLING = Curve((index / 100 for index in range(1001)), (10 ** (-index / 250) for index in range(1001)))
AS_USUAL = Look()
VIEW = View((Line(FALLING, "chart--train", name="train"),), 10.0, steps=100)


def draw(view, width, height, look=AS_USUAL, **options):
    return plot(view, [BLUE] * len(view.lines), width, height, look, **options).content.plain


class Small(App[None]):
    """An app that is nothing but a chart, and looks as it is told by the mouse."""

    CSS = "Chart { width: 100%; height: 100%; }"
    ascii = False

    def get_theme_variable_defaults(self):
        return dict(DARK.variables)

    def compose(self):
        yield Chart("loss by epoch", "nothing yet")

    @on(Chart.Pointed)
    def pointed(self, event):
        chart = self.query_one(Chart)
        chart.see(replace(chart.look, cursor=event.x))

    @on(Chart.Wheeled)
    def wheeled(self, event):
        chart = self.query_one(Chart)
        chart.see(chart.look.zoomed(chart.view, closer=event.closer, around=event.x))


def test_a_log_axis_makes_a_line_of_what_falls_by_a_share():
    drawn = draw(VIEW, 60, 20, Look(log=True)).splitlines()
    assert drawn[-2].split()[0] == "0.0001"
    firsts = [next(column for column, sign in enumerate(line[6:]) if sign > "⠀") for line in drawn[:-1]]
    assert max(abs(step - 54 / 19) for step in map(lambda a, b: b - a, firsts, firsts[1:])) <= 1.5
    places, labels = scale(VIEW, Look(log=True)).levels(20)
    assert labels == ["0.0001", "0.001", "0.01", "0.1", "1"]
    assert places == pytest.approx([-4, -3, -2, -1, 0])
    assert Scale(math.log10(0.21), math.log10(0.24), log=True).levels(8)[1] == ["0.21", "0.22", "0.23", "0.24"]
    assert Scale(-0.8, 0.4, log=True).levels(12)[1] == ["0.2", "0.5", "1", "2"]


def test_what_is_not_above_zero_is_a_gap_on_a_log_axis():
    curve = Curve((0.0, 1.0, 2.0, 3.0), (1.0, 0.0, -1.0, 0.1))
    assert [Scale(-1.0, 0.0, log=True).at(y) for y in curve.y] == [0.0, None, None, -1.0]
    assert draw(View((Line(curve, "x"),), 3.0), 40, 10, Look(log=True)).count("o") == 2  # single points
    with pytest.raises(NothingToDrawError):
        draw(View((Line(Curve((0.0, 1.0), (0.0, 0.0)), "x"),)), 40, 10, Look(log=True))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=80),
    st.floats(0, 6), st.floats(0.01, 6), st.sampled_from([0.0, 0.9]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_any_values_can_be_looked_at_in_any_way(ys, begin, width, smoothing, log, by_step):
    curve = Curve((index / 10 for index in range(len(ys))), ys)
    smooth = Smoothing(smoothing).of(curve)
    view = View((Line(curve, "x", "x"),), 12.0, saved=curve, best=1.0, marks=((1.0, "rate 1"),), steps=10)
    look = Look(log, by_step, smoothing, (begin, begin + width), begin + width / 2)
    try:
        for signs in (BRAILLE, ASCII):
            draw(view, 40, 8, look, smooth=[smooth], signs=signs)
    except NothingToDrawError:
        drawable = Curve(curve.x, (y if not log or (y is not None and y > 0) else None for y in curve.y))
        assert not [each.y for each in columns(drawable, begin, begin + width, 80) if each.y is not None]


def test_in_ascii_no_other_character_is_drawn():
    curve = Curve((index / 10 for index in range(60)), (math.nan if index == 30 else index % 7 for index in range(60)))
    view = View((Line(curve, "x"), Line(curve, "y", "o")), 6.0, saved=curve, best=2.0, marks=((1.0, "rate 1"),))
    smooth = [Smoothing(0.9).of(curve)] * 2
    text = draw(view, 60, 12, Look(cursor=5.0), smooth=smooth, signs=ASCII)
    assert text.isascii()
    for sign in ".o:|^B!'":
        assert sign in text
    assert not draw(view, 60, 12).isascii()


def test_the_axis_counts_steps_where_that_is_wished():
    places, labels = ticks(0.0, 10.0, 48, steps=100)
    assert [round(place * 100) for place in places] == [int(label.replace(",", "")) for label in labels]
    last = draw(VIEW, 60, 10, Look(by_step=True)).splitlines()[-1].split()
    assert last[0] == "0"
    assert last[-1] == "1,000"


def test_smoothing_is_debiased_and_goes_on_where_it_left_off():
    curve = Curve((0.0, 1.0, 2.0, 3.0), (4.0, 2.0, None, 1.0))
    smooth = Smoothing(0.5).of(curve)
    assert smooth.y[0] == 4.0
    assert smooth.y[1] == pytest.approx((0.25 * 4 + 0.5 * 2) / 0.75)
    assert smooth.y[2] is None
    step = Smoothing(0.5)
    step.of(curve.until(1.0))
    assert step.of(curve) == smooth
    assert step.of(Curve((0.0,), (7.0,))).y == (7.0,)  # another curve begins anew


def test_behind_a_smoothed_line_the_raw_extremes_are_seen():
    ys = [1.0 + 0.01 * (index % 2) for index in range(400)]
    ys[200] = 5.0
    curve = Curve((index / 100 for index in range(400)), ys)
    view, smooth = View((Line(curve, "x"),), 4.0), [Smoothing(0.99).of(curve)]
    assert "5.0" in draw(view, 60, 12, smooth=smooth)  # the axis has room for it
    column = [line[30:36].strip() for line in draw(view, 60, 12, smooth=smooth).splitlines()]
    assert column[0]  # and there it is


@pytest.mark.parametrize("signs", [BRAILLE, ASCII])
def test_a_line_ends_where_it_leaves_the_axis_and_does_not_go_along_its_edge(signs):
    curve = Curve((index / 40 for index in range(160)), [*[9.0] * 80, *(1.0 - index / 200 for index in range(80))])
    smooth = [Smoothing(0.9).of(curve)]
    view = View((Line(curve, "x"),), 4.0, settled=2.0, base=(0.0, None))
    look = Look(fitted=True, smoothing=0.9)
    assert scale(view, look).high < 2.0
    rows = draw(view, 64, 12, look, smooth=smooth, signs=signs).splitlines()
    left = len(rows[0]) - len(rows[0].lstrip(" 0123456789."))
    drawn = [column for column in range(left, 64) if any(row[column] != " " for row in rows[:-1])]
    assert drawn
    assert len(drawn) < 40  # half of it is within; with the edges, all of the 60 columns had something
    assert heading(["loss by epoch", "loss"], view, look, 27) == "loss · y zoomed · ↑ 9.00"


def test_zooming_keeps_the_cursor_where_it_is_and_the_axis_fits_what_is_seen():
    near = Look(cursor=2.5).zoomed(VIEW, closer=True).zoomed(VIEW, closer=True)
    assert near.window == (1.875, 4.375)
    low, high = 10 ** (-437 / 250), 10 ** (-188 / 250)
    assert scale(VIEW, near) == Scale(pytest.approx(low), pytest.approx(high))
    assert f"{high:.3f}" in draw(VIEW, 60, 12, near)
    assert near.zoomed(VIEW, closer=False).zoomed(VIEW, closer=False).window is None
    closest = near
    for _ in range(30):
        closest = closest.zoomed(VIEW, closer=True)
    assert closest.window[1] - closest.window[0] >= 0.08  # 8 steps
    assert heading(["loss"], VIEW, near, 40) == "loss · epoch 1.88 – 4.38"
    assert heading(["loss"], VIEW, replace(near, by_step=True, log=True), 40) == "loss · log · step 188 – 438"


@pytest.mark.parametrize(
    ("room", "title"),
    [
        (60, "loss by epoch · log · smooth 0.99 · epoch 1.88 – 4.38"),
        (52, "loss · log · smooth 0.99 · epoch 1.88 – 4.38"),
        (36, "loss · log · smooth 0.99 · 1.88–4.38"),
        (35, "loss · log · 1.88–4.38"),
        (21, "loss · 1.88–4.38"),
        (15, "loss"),
    ],
)
def test_a_title_has_shorter_words_where_there_is_less_room(room, title):
    look = Look(log=True, smoothing=0.99, window=(1.875, 4.375))
    assert heading(["loss by epoch", "loss"], VIEW, look, room) == title


def test_without_a_cursor_one_zooms_towards_the_newest_point():
    half = View((Line(FALLING.until(5.0), "x"),), 10.0)
    assert Look().zoomed(half, closer=True).window == (2.5, 7.5)
    assert Look().zoomed(View((), 10.0), closer=True).window == (2.5, 7.5)


def test_panning_stops_at_the_ends():
    look = Look(window=(1.0, 3.0))
    assert look.panned(VIEW, 1).window == (1.5, 3.5)
    for _ in range(9):
        look = look.panned(VIEW, -1)
    assert look.window == (0.0, 2.0)
    assert Look().panned(VIEW, 1) == Look()


def test_the_cursor_begins_at_the_newest_point_and_what_is_seen_follows_it():
    look = Look().moved(VIEW, -1, 51)
    assert look.cursor == 10.0
    assert look.moved(VIEW, -5, 51).cursor == pytest.approx(9.0)
    assert look.moved(VIEW, 5, 51).cursor == 10.0
    near = Look(window=(4.0, 6.0), cursor=4.0).moved(VIEW, -5, 51)
    assert near.cursor == pytest.approx(3.8)
    assert near.window == (3.5, 5.5)


def test_smoothing_has_strengths_and_off_again():
    look, seen = Look(), []
    for _ in SMOOTHINGS:
        look = look.smoother()
        seen.append(look.smoothing)
    assert seen == [*SMOOTHINGS[1:], 0.0]


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_the_mouse_reads_and_zooms(ascii_only):
    app = Small()
    app.ascii = ascii_only
    async with app.run_test(size=(60, 20)) as pilot:
        chart = app.query_one(Chart)
        validation = Curve((5.0, 10.0), (0.5, math.nan))
        chart.show(replace(VIEW, lines=(*VIEW.lines, Line(validation, "chart--validation", "o", "val"))))
        await pilot.pause()
        assert str(chart.render()).isascii() == ascii_only
        legend = Content.from_markup(chart.border_subtitle).plain
        assert legend == ("- train  o val" if ascii_only else "━ train  o val")
        left, room = chart._canvas
        await pilot.click(Chart, offset=(1 + left + room // 2, 5))
        assert chart.look.cursor == pytest.approx(5.0, abs=0.2)
        train, val = (str(each) for each in chart.reading())
        assert train.startswith("- train 0.0" if ascii_only else "━ train 0.0")
        assert val == "o val 0.5000"
        await pilot.hover(Chart, offset=(1 + left + room - 1, 5))
        assert [str(each) for each in chart.reading()][1] == "o val not a number"
        wheel = MouseScrollUp(chart, 30, 5, 0, -1, 0, False, False, False, 30, 5)
        chart.post_message(wheel)
        await pilot.pause()
        begin, end = chart.look.window
        assert end - begin == pytest.approx(5.0)
        assert chart.border_title.startswith("loss by epoch · epoch ")


@pytest.mark.parametrize(
    ("other", "grew"),
    [
        (VIEW, False),
        (replace(VIEW, lines=(replace(VIEW.lines[0], curve=FALLING.until(9.95)),)), False),
        (replace(VIEW, lines=(replace(VIEW.lines[0], curve=FALLING.until(9.5)),)), True),
        (replace(VIEW, lines=(replace(VIEW.lines[0], name="other"),)), True),
        (replace(VIEW, lines=(replace(VIEW.lines[0], curve=Curve(FALLING.x, (2 * y for y in FALLING.y))),)), True),
        (replace(VIEW, lines=(replace(VIEW.lines[0], curve=Curve()),)), True),
        (replace(VIEW, saved=Curve((9.0,), (1.0,))), True),
        (replace(VIEW, best=9.0), True),
        (replace(VIEW, end=12.0), True),
        (replace(VIEW, marks=((1.0, "rate 1"),)), True),
    ],
)
def test_what_grows_by_less_than_a_dot_is_nothing_new(other, grew):
    assert VIEW.shows_more(other, (0.0, 10.0), 0.1) is grew


def test_what_grows_beyond_what_is_seen_is_nothing_new():
    other = replace(VIEW, lines=(replace(VIEW.lines[0], curve=FALLING.until(9.5)),))
    assert not VIEW.shows_more(other, (0.0, 9.0), 0.1)


async def test_a_chart_that_waits_is_drawn_sooner_when_there_is_more_to_see(monkeypatch):
    monkeypatch.setattr(module, "REDRAW_SECONDS", 100.0)
    monkeypatch.setattr(module, "STILL_SECONDS", 1000.0)
    app = Small()
    async with app.run_test(size=(60, 12)) as pilot:
        chart = app.query_one(Chart)
        for until, waits in ((5.0, None), (5.01, 1000.0), (5.5, 100.0), (5.51, 100.0)):
            chart.show(replace(VIEW, lines=(replace(VIEW.lines[0], curve=FALLING.until(until)),)))
            await pilot.pause()
            assert (chart._later is not None) is (waits is not None)
            assert waits is None or chart._due == pytest.approx(chart._last + waits)


async def test_a_sentence_gives_way_to_the_first_points(monkeypatch):
    monkeypatch.setattr(module, "REDRAW_SECONDS", 0.0)
    app = Small()
    async with app.run_test(size=(60, 12)) as pilot:
        chart = app.query_one(Chart)
        curve = Curve((1.0,), (math.nan,))
        for points, drawn in (((), False), ([(1.1, 2.0)], True)):
            curve = curve.extended(points)
            chart.show(replace(VIEW, lines=(replace(VIEW.lines[0], curve=curve),)))
            await pilot.pause()
            assert ("\n" in chart.render().plain) is drawn


async def test_a_chart_is_drawn_anew_when_a_line_has_grown_by_a_dot(monkeypatch):
    monkeypatch.setattr(module, "REDRAW_SECONDS", 0.0)
    app = Small()
    async with app.run_test(size=(60, 12)) as pilot:
        chart = app.query_one(Chart)

        async def drawn_with(until):
            chart.show(replace(VIEW, lines=(replace(VIEW.lines[0], curve=FALLING.until(until)),)))
            await pilot.pause()
            return chart._drawn[1]

        first = await drawn_with(5.0)
        assert await drawn_with(5.01) is first
        later = await drawn_with(5.5)
        assert later.plain != first.plain
        assert await drawn_with(5.51) is later
        chart.settle()  # it pauses: what is shown is all there is
        await pilot.pause()
        assert chart._drawn[1] is not later
