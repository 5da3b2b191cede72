"""The list of runs, a line each. It draws only what is seen, so a thousand runs cost no more than ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from engine.runs.library import Condition
from tui.content.marks import Marks
from tui.content.run_table import HEADINGS, Order, Row
from tui.widgets.chart import GLYPHS
from tui.widgets.run_columns import MARGIN, NO_MARK, Columns

COLOURS = {
    Condition.TRAINING: "$primary",
    Condition.PAUSED: "$warning",
    Condition.DONE: "$success",
    Condition.STOPPED: "$warning",
    Condition.FAILED: "$error",
    Condition.CRASHED: "$error",
}
"""They say again what the sign and the word say."""
WITHOUT_LINE = "-"
"""The mark of a run that the chart has no line left for."""


def mark_of(line: int | None) -> Content:
    """Return the mark of a run as it stands in the list and in the legend: the glyph and the colour of its line."""
    return Content(WITHOUT_LINE) if line is None else Content.styled(GLYPHS[line], f"$line-{line + 1}")


class RunList(ScrollView, can_focus=True, inherit_bindings=False):
    """A line a run below a heading. The cursor stays at its run, wherever in the list that goes."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RunList { height: 1fr; background: $surface; overflow-x: hidden; scrollbar-size-vertical: 1; text-wrap: nowrap; }
    RunList > .run-list--heading { color: $secondary; }
    RunList > .run-list--cursor {
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
        text-style: $block-cursor-blurred-text-style;
    }
    RunList:focus > .run-list--cursor {
        color: $block-cursor-foreground;
        background: $block-cursor-background;
        text-style: $block-cursor-text-style;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"run-list--heading", "run-list--cursor", "run-list--run"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False, id="runs.up", tooltip="The run above"),
        Binding("down", "move(1)", show=False, id="runs.down", tooltip="The run below"),
        Binding("pageup", "page(-1)", show=False, id="runs.page_up", tooltip="A page up"),
        Binding("pagedown", "page(1)", show=False, id="runs.page_down", tooltip="A page down"),
        Binding("home", "first", show=False, id="runs.first", tooltip="The first run: the newest, or one that trains"),
        Binding("end", "last", show=False, id="runs.last", tooltip="The last run: the oldest"),
    ]

    class Shown(Message):
        """Another run is under the cursor, or something about the one that is."""

    class Wanted(Message):
        """The run under the cursor was clicked once more: open it."""

    class Headed(Message):
        """The heading of a column was clicked."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    class Marked(Message):
        """The mark of the run under the cursor was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._order = Order()
        self._marks = Marks()
        self._at = 0
        self._measured: tuple[int, Columns] | None = None

    @property
    def row(self) -> Row | None:
        """The run under the cursor; None where there are no runs."""
        return self._rows[self._at] if self._rows else None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in their order."""
        return self._rows

    def show(self, rows: Sequence[Row], order: Order, marks: Marks) -> None:
        """Show these runs; draw anew what is different."""
        if order != self._order or marks != self._marks:
            self._order, self._marks, self._measured = order, marks, None
            self.refresh()
        before, rows = self._rows, tuple(rows)
        if rows == before:  # equal lines would still send bytes
            return
        old, line, columns = self.row, self._at, self._columns
        self._rows, self._measured = rows, None
        self._at = self._place_of(old)
        self.virtual_size = Size(0, len(rows) + 1)
        if len(rows) != len(before) or columns != self._columns:
            self.refresh()
        else:
            for index, (was, row) in enumerate(zip(before, rows, strict=True)):
                if was.cells != row.cells or (index == line) != (index == self._at):
                    self._refresh_row(index)
        if self.scroll_offset.y:  # what is looked at stays where it is on the screen
            self.scroll_to(y=self.scroll_offset.y + self._at - line, animate=False, force=True)
        self._into_view()
        if self.row != old:
            self.post_message(self.Shown())

    def _place_of(self, row: Row | None) -> int:
        """Return where a run stands now; where it is gone, the place that the cursor had."""
        paths = (each.run.path for each in self._rows)
        there = (index for index, path in enumerate(paths) if row is not None and path == row.run.path)
        return next(there, min(self._at, max(len(self._rows) - 1, 0)))

    @property
    def _columns(self) -> Columns:
        width = self.scrollable_content_region.width
        if self._measured is None or self._measured[0] != width:
            self._measured = width, Columns.of(self._rows, self._headings, width)
        return self._measured[1]

    @property
    def _headings(self) -> list[str]:
        return [self._order.heading(column) for column in range(len(HEADINGS))]

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y - 1
        if y == 0:
            content, style = self._columns.line(self._headings), "run-list--heading"
        elif index >= len(self._rows):
            content, style = Content(""), "run-list--run"
        else:
            row, here = self._rows[index], index == self._at
            # On the cursor's background, only its own colour can be read.
            colour = "" if here else COLOURS.get(row.overview.condition, "$secondary")
            mark = mark_of(self._marks.line(row.run)) if row.run in self._marks else NO_MARK
            mark = Content(mark.plain) if here else mark
            content = self._columns.line(row.cells, colour, here=here, mark=mark)
            style = "run-list--cursor" if here else "run-list--run"
        width = self.scrollable_content_region.width
        return Visual.to_strips(self, content, width, 1, self.get_visual_style(style), pad=True)[0]

    def _refresh_row(self, index: int) -> None:
        if 0 < index + 1 - self.scroll_offset.y < self.size.height:
            self.refresh_line(index + 1)

    def _put(self, index: int) -> None:
        """Put the cursor at a row, or the nearest that there is."""
        before, self._at = self._at, max(min(index, len(self._rows) - 1), 0)
        if self._at != before:
            self._refresh_row(before)
            self._refresh_row(self._at)
            self._into_view()
            self.post_message(self.Shown())

    def _into_view(self) -> None:
        region = Region(0, self._at + 1, self.scrollable_content_region.width, 1)
        self.scroll_to_region(region, spacing=Spacing(top=1), animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._into_view()

    def on_click(self, event: Click) -> None:
        """Put the cursor at a run; open the one that it stands at. A heading sorts, the cell before a name marks."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0:
            column = self._columns.at(event.x)
            if column is not None:
                self.post_message(self.Headed(column))
        elif index < len(self._rows):
            marks = event.x < MARGIN
            if index == self._at and not marks:
                self.post_message(self.Wanted())
            self._put(index)
            if marks:
                self.post_message(self.Marked())

    def action_move(self, by: int) -> None:
        """Move the cursor by so many runs."""
        self._put(self._at + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by so many pages."""
        self._put(self._at + by * max(self.size.height - 2, 1))

    def action_first(self) -> None:
        """Go to the first run."""
        self._put(0)

    def action_last(self) -> None:
        """Go to the last run."""
        self._put(len(self._rows) - 1)
