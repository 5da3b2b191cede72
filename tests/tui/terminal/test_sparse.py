"""A part of the screen is drawn from the widgets in it, and looks as if all of it were drawn."""

from __future__ import annotations

import pyte
from rich.color import ColorSystem
from textual.widget import Widget

from tui.terminal.frame import Frame
from tui.terminal.sparing import Sparing

KEYS = (
    "3",
    "tab",
    *["down"] * 6,
    "up",
    "enter",
    "escape",
    "escape",
    "2",
    "down",
    "enter",
    "down",
    "5",
    "escape",
    "c",
    "c",
)


class Terminal:
    """What a terminal shows."""

    def __init__(self, size) -> None:
        self.size = size
        self._frame = Frame()
        self._screen = pyte.Screen(*size)
        self._screen.reset_mode(7, private=True)  # Textual does so
        self._stream = pyte.Stream(self._screen)

    def show(self, update) -> None:
        self._stream.feed(self._frame.changes(update, self.size, ColorSystem.TRUECOLOR).text)

    @property
    def lines(self) -> list[str]:
        return list(self._screen.display)


async def test_what_is_drawn_in_parts_looks_like_the_whole(app, monkeypatch):
    async with app.run_test(size=(80, 24)) as pilot:
        seen = Terminal(app.size)
        seen.show(app.screen._compositor.render_full_update())
        display = Sparing._display

        def display_and_show(self, screen, renderable):
            if renderable is not None:
                seen.show(renderable)
            display(self, screen, renderable)

        monkeypatch.setattr(Sparing, "_display", display_and_show)
        for key in KEYS:
            await pilot.press(key)
            await pilot.pause()
            whole = Terminal(app.size)
            whole.show(app.screen._compositor.render_full_update())
            assert seen.lines == whole.lines, key


async def test_only_widgets_in_the_part_are_asked(app, monkeypatch):
    asked: list[Widget] = []
    render = Widget.render_lines

    def render_and_tell(self, crop):
        asked.append(self)
        return render(self, crop)

    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "tab", "down", "down")
        await pilot.pause()
        monkeypatch.setattr(Widget, "render_lines", render_and_tell)
        await pilot.press("up")
        await pilot.pause()
        seen = [each for each in app.screen.walk_children(Widget) if each.region]
        assert 0 < len(set(asked)) < len(seen) / 2, (len(set(asked)), len(seen))
