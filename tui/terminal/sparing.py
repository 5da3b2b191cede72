"""What is sent to the terminal is as little as can be. A part of the app, as `tui.terminal.typing_ahead` is."""

from __future__ import annotations

from typing import Any, cast

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui.terminal.frame import Frame


class Sparing(App[None]):
    """An app that sends only what differs from what the terminal shows.

    Attributes:
        few_colours: no more than 256, whose sequences are shorter.
    """

    few_colours = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._frame = Frame()

    def action_redraw(self) -> None:
        """Draw the whole screen again: it is not known what the terminal shows."""
        self._frame.forget()
        if self.screen_stack:
            self.screen.refresh()

    def on_resize(self) -> None:
        """Draw all, at the same size, too: the terminal was cleared, or had another size in between."""
        self.action_redraw()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        drawn = self.is_running and not self.is_headless and not self._batch_count
        if drawn and isinstance(renderable, LayoutUpdate | ChopsUpdate):
            changes = self._frame.changes(renderable, self.size, self._colours)
            at = self.screen.outer_size.clamp_offset(self.cursor_position)
            moved = at != self._previous_cursor_position
            renderable = cast("RenderableType", changes) if changes.text or moved else None
        super()._display(screen, renderable)

    def _end_batch(self) -> None:
        """Let the screen draw what has changed meanwhile.

        Textual wakes the app alone. A batch may be that of a place which one has left before it was over: the place in
        front has waited for its end, and would not be drawn before something else happens there.
        """
        super()._end_batch()
        if not self._batch_count and self.screen_stack:
            self.screen.check_idle()

    @property
    def _colours(self) -> ColorSystem:
        colours = self.console._color_system or ColorSystem.TRUECOLOR  # as Textual takes it
        return ColorSystem.EIGHT_BIT if self.few_colours and colours is ColorSystem.TRUECOLOR else colours
