"""Without colours nothing fails, whatever a widget draws."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widgets import Static

from engine.spec.document import load
from tests.tui.conftest import FakeSession
from tui.app import NNPlay
from tui.terminal.no_color import Greys


def test_what_has_no_style_stays_and_what_has_one_loses_its_colour():
    red, *plain = Greys().apply(
        [Segment("red", Style(color="#ff0000", bold=True)), Segment("   ", None), Segment("", None)], Color(0, 0, 0)
    )
    assert len(set(red.style.color.triplet)) == 1
    assert red.style.bold
    assert [each.text for each in plain] == ["   ", ""]


async def test_the_screens_draw_a_line_without_a_style(home, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = NNPlay(load("notes-baseline"), session=FakeSession)
    app.runs = home / "runs"
    assert app.no_color
    drawn = []

    class Unstyled(Static):
        def render_line(self, y):
            drawn.append(y)
            return Strip([Segment("x")]).extend_cell_length(self.size.width)

    async with app.run_test(size=(80, 24)) as pilot:
        await app.screen.mount(Unstyled())
        await pilot.pause()
        assert drawn
        assert app.is_running
