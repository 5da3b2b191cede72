"""Of a new drawing, only what is different is sent."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.geometry import Region

from tui.widgets.repaint import changed


def drawn(*parts: tuple[str, str] | str) -> Content:
    return Content.assemble(*parts)


def test_what_is_equal_is_not_sent():
    drawing = drawn(("ab\nc", "red"), ("d", "blue"))
    assert changed(drawing, drawn(("ab\n", "red"), ("c", "red"), ("d", "blue"))) == []
    assert changed(drawn(("ab ", "red")), drawn(("ab", "red"))) == []


@pytest.mark.parametrize(
    ("before", "now", "regions"),
    [
        (drawn("abcd\nefgh"), drawn("abcd\neXgY"), [Region(1, 1, 3, 1)]),
        (drawn(("abcd", "red")), drawn(("ab", "red"), ("c", "blue"), ("d", "red")), [Region(2, 0, 1, 1)]),
        (drawn("ab\ncd"), drawn("a\ncdef"), [Region(1, 0, 1, 1), Region(2, 1, 2, 1)]),
    ],
)
def test_of_a_line_the_part_from_its_first_difference_to_its_last_is_sent(before, now, regions):
    assert changed(before, now) == regions
