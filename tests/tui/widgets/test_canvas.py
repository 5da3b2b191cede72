"""A canvas of dots, signs and words, and the few bytes that it is sent in."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui.widgets.canvas import Canvas, joined

RED, BLUE = Color(200, 0, 0), Color(0, 0, 200)


def test_dots_are_finer_than_cells_and_those_of_one_line_share_them():
    canvas = Canvas(2, 1)
    canvas.dots([(0, 0), (1, 3), (3, 1)], RED)
    assert canvas.content().plain == "\u2881\u2810"
    canvas.dots([(0, 1)], BLUE)  # a later line covers the cell
    assert canvas.content().plain == "\u2802\u2810"


@pytest.mark.parametrize(
    ("points", "dots"),
    [
        ([], []),
        ([(3, 4)], [(3, 4)]),
        ([(3, 4), (3, 4)], [(3, 4)]),
        ([(0, 0), (4, 2)], [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2)]),
        ([(4, 0), (2, 0), (2, 2)], [(4, 0), (3, 0), (2, 0), (2, 1), (2, 2)]),
        ([(0, 0), (2, 4)], [(0, 0), (1, 1), (1, 2), (2, 3), (2, 4)]),
    ],
)
def test_a_line_goes_straight_from_point_to_point(points, dots):
    assert list(joined(points)) == dots


def test_what_is_outside_is_not_drawn():
    canvas = Canvas(3, 2)
    canvas.write(1, 0, "abc", RED)
    canvas.write(-1, 1, "de", RED)
    canvas.put(0, 2, "x", RED)
    canvas.dots([(-1, 0), (0, 99)], RED)
    assert canvas.content().plain == " ab\ne  "
    assert canvas.blank(-2, 0, 3)
    assert not canvas.blank(0, 0, 2)
    assert canvas.blank(1, 1, 9)
    assert canvas.blank(0, 2, 3)


def test_blanks_change_no_colour():
    canvas = Canvas(6, 2)
    for column, sign, colour in ((0, "a", RED), (3, "b", RED), (5, "c", BLUE)):
        canvas.put(column, 0, sign, colour)
    canvas.put(0, 1, "d", BLUE)
    drawing = canvas.content()
    assert drawing.plain == "a  b c\nd     "
    assert [(span.start, span.end) for span in drawing.spans] == [(0, 5), (5, 6), (7, 13)]
    assert [span.style.foreground for span in drawing.spans] == [RED, BLUE, BLUE]
