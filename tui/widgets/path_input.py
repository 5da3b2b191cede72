"""A line for a path: tab completes it, and where it is too long for its room, its end is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Blur, Resize
from textual.widgets import Input

from tui.content.completion import complete
from tui.terminal.typing_ahead import HOLDS_KEYS


class PathInput(Input):
    """Where there is nothing to complete, tab goes on, as it does elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", show=False, id="path.complete", tooltip="Complete the path, or go on"),
    ]

    def __init__(self, value: str = "", *, ends: Sequence[str], placeholder: str = "") -> None:
        """Take what stands there to begin with, and how the names of the files end that fit."""
        super().__init__(value, compact=True, select_on_focus=True, placeholder=placeholder)
        self._ends = ends

    def watch_value(self) -> None:
        """Show the end of what a person does not type."""
        self._show_end()

    def on_resize(self, _event: Resize) -> None:
        """Show the end in another room."""
        self._show_end()

    def on_blur(self, _event: Blur) -> None:
        """Show the end of what was typed."""
        self._show_end()

    def _show_end(self) -> None:
        if not self.has_focus:
            self.cursor_position = len(self.value)
            self.scroll_to(x=self.max_scroll_x, animate=False, force=True)

    def action_complete(self) -> None:
        """Complete the path as far as it is clear; where more than one fits, name them; where none does, go on."""
        self.run_worker(self._complete(self.value), group=HOLDS_KEYS, name="complete a path")

    async def _complete(self, typed: str) -> None:
        found = await asyncio.to_thread(complete, typed, self._ends)
        if not self.has_focus or self.value != typed:
            return
        if found.text != typed:
            self.value = found.text
            self.cursor_position = len(found.text)
        elif len(found.names) <= 1:
            await self.run_action("app.focus_next")
        if len(found.names) > 1:
            self.app.notify(found.words, title="What can follow", markup=False)
