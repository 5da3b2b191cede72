"""Lines that grow at their end. It follows them until a person scrolls up, and says then how many came meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

MOST_LINES = 5000
"""Of more, the oldest are forgotten; the file has them all."""


class TailLog(ScrollView, can_focus=True):
    """Lines of text in a titled box, folded to its width; markup in them is text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tail-log--line"}
    DEFAULT_CSS = """
    TailLog {
        border: round $border;
        border-title-color: $foreground;
        border-subtitle-color: $warning;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    TailLog:focus { border: round $primary; }
    TailLog > .tail-log--line { color: $foreground; }
    """

    def __init__(self, title: str, empty: str, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.border_title = title
        self._empty = empty
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._rows: list[str] = []
        self._width = 0
        self._following = True
        self._new = 0

    @property
    def lines(self) -> Sequence[str]:
        """What it holds."""
        return self._lines

    def clear(self) -> None:
        """Forget all lines."""
        self._lines.clear()
        self._following, self._new = True, 0
        self._fold()

    def extend(self, lines: Iterable[str]) -> None:
        """Add lines at the end."""
        lines = list(lines)
        if not lines:
            return
        before = len(self._lines)
        self._lines.extend(lines)
        if before + len(lines) > MOST_LINES:
            self._fold()
        else:
            self._rows += [row for line in lines for row in self._folded(line)]
            self._settle()
        if not self._following:
            self._new += len(lines)
        self._tell()

    def _folded(self, line: str) -> list[str]:
        if cell_len(line) <= self._width or self._width < 2:
            return [line]
        return [row.plain.rstrip() for row in Content(line).wrap(self._width)]

    def _fold(self) -> None:
        """Fold all lines to the width."""
        self._rows = [row for line in self._lines for row in self._folded(line)]
        self._settle()

    def _settle(self) -> None:
        """Show the end, if that is what is looked at."""
        self.virtual_size = Size(0, max(len(self._rows), 1))
        if self._following:
            self.scroll_end(animate=False, force=True, immediate=True, x_axis=False)
        self.refresh()

    def _tell(self) -> None:
        subtitle = "" if self._following else f"+{self._new} new, end shows them" if self._new else "end follows"
        if subtitle != (self.border_subtitle or ""):
            self.border_subtitle = subtitle

    def on_resize(self) -> None:
        """Fold the lines to another width."""
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self._fold()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._following = new_value >= self.max_scroll_y
        if self._following:
            self._new = 0
        self._tell()

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y
        if not self._rows and y == 0:
            line = Content.styled(self._empty, "$secondary")
        else:
            line = Content(self._rows[index]) if index < len(self._rows) else Content("")
        width = self.scrollable_content_region.width
        return Visual.to_strips(self, line, width, 1, self.get_visual_style("tail-log--line"), pad=True)[0]
