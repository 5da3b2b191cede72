"""Images in cells: in colour where they are, each dot the mean of what it covers."""

from __future__ import annotations

import numpy as np
import pytest
from rich.color import Color
from textual.app import App
from textual.widgets import Static

from tui.widgets.gallery import IN_COLOUR, Classes, Sample
from tui.widgets.image import LARGEST, RAMP, Picture, cells


def half_red(side: int = 32) -> np.ndarray:
    pixels = np.zeros((side, side, 3), np.uint8)
    pixels[: side // 2] = (255, 0, 0)
    pixels[side // 2 :] = (0, 0, 128)
    return pixels


class Small(App[None]):
    ascii = False

    def __init__(self, *pixels: np.ndarray) -> None:
        super().__init__()
        self._pixels = pixels

    def compose(self):
        for each in self._pixels:
            yield Picture(each)


async def test_an_image_in_colour_is_drawn_in_its_colours(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = Small(half_red())
    async with app.run_test():
        first, *_ = app.query_one(Picture).render_line(0)
        assert first.style.color == Color.parse("rgb(255,0,0)")
        last, *_ = app.query_one(Picture).render_line(7)
        assert last.style.bgcolor == Color.parse("rgb(0,0,128)")
        app.ascii = True  # where there are none, a sign for how bright it is
        assert {segment.text for segment in app.query_one(Picture).render_line(0)} == {RAMP[85 * 10 // 256] * LARGEST}


async def test_an_image_in_grey_and_one_of_other_channels_are_drawn_in_grey():
    app = Small(np.full((8, 8), 7, np.uint8), np.stack([np.full((8, 8), each, np.uint8) for each in (10, 20)], axis=2))
    async with app.run_test():
        grey, two = app.query(Picture)
        assert {dot for row in grey.dots for dot in row} == {(7, 7, 7)}
        assert {dot for row in two.dots for dot in row} == {(15, 15, 15)}


@pytest.mark.parametrize(
    ("shape", "largest", "expected"),
    [
        ((28, 28), 16, (14, 7)),  # squares of pixels
        ((28, 28), 10, (10, 5)),
        ((28, 28), 32, (28, 14)),  # whole
        ((32, 32, 3), 16, (16, 8)),
        ((32, 32, 3), 10, (10, 5)),  # and not 8: four pixels a dot
        ((32, 32, 3), 24, (24, 12)),
        ((96, 64, 3), 24, (16, 12)),
        ((8, 8), 16, (8, 4)),
    ],
)
def test_as_many_dots_are_shown_as_there_is_room_for(shape, largest, expected):
    assert cells(shape, largest) == expected
    source = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    picture = Picture(source, largest)
    assert (len(picture.dots[0]), (len(picture.dots) + 1) // 2) == expected
    assert np.mean(picture.dots) == pytest.approx(source.mean(), abs=1)


@pytest.mark.parametrize(("size", "least"), [((100, 36), 16), ((46, 17), 10)])
async def test_images_in_colour_are_as_large_as_lets_all_classes_be_seen(size, least):
    class Shown(App[None]):
        CSS = "Classes { width: 100%; height: 100%; }"

        def get_theme_variable_defaults(self):
            return {"secondary": "#888888"}

        def compose(self):
            yield Classes()

    app = Shown()
    async with app.run_test(size=size) as pilot:
        await app.query_one(Classes).show([Sample(str(index), half_red(), "5 · 5") for index in range(10)])
        await pilot.pause()
        pictures = app.query(Picture)
        assert len(pictures) == 10
        assert min(each.size.width for each in pictures) >= least
        assert max(each.region.bottom for each in pictures) <= size[1]
        assert app.query(Static)
    assert [each.dots for each in IN_COLOUR] == sorted((each.dots for each in IN_COLOUR), reverse=True)
