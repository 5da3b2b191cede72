"""The list of runs, a line each. It draws only what is seen, so a thousand runs cost no more than ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from engine.runs.directory import RunDirectory
from engine.runs.library import Condition, Overview
from tui.clock import moment
from tui.run_words import SIGNS, figures, state

HEADINGS = ("name", "state", "val acc", "epochs", "params", "time", "changed")
NAME, STATE, ACCURACY, EPOCHS, PARAMETERS, TIME, CHANGED = range(len(HEADINGS))
NAME_CELLS, LONGEST_NAME, LONGEST_STATE = 17, 48, 24
"""So many cells are kept for names where they are so long; no more than so many are ever given."""
SAVINGS = ((STATE, 11), (PARAMETERS, 0), (TIME, 0), (CHANGED, 0), (EPOCHS, 0), (NAME, 12), (ACCURACY, 0))
"""Where there is no room, a column after the other becomes so narrow; 0: is left out."""
NAME_END = 4
"""Cells at the end of a name that is cut: its number tells it from the others."""
CURSOR, GAP = "▸ ", "  "

COLOURS = {
    Condition.TRAINING: "$primary",
    Condition.PAUSED: "$warning",
    Condition.DONE: "$success",
    Condition.STOPPED: "$warning",
    Condition.FAILED: "$error",
    Condition.CRASHED: "$error",
}
"""They say again what the sign and the word say."""


@dataclass(frozen=True)
class Row:
    """A run as the list shows it: what is known of it, and a text a column."""

    overview: Overview
    cells: tuple[str, ...]

    @property
    def run(self) -> RunDirectory:
        """The run."""
        return self.overview.run

    @classmethod
    def of(cls, overview: Overview, now: float) -> Row:
        """Put into words what is known of a run, at a time in Unix seconds."""
        name, changed = overview.run.name, moment(overview.changed, now)
        return cls(overview, (name, _state(overview), *figures(overview.history), changed))


def _state(overview: Overview) -> str:
    """Return the sign and the word; where another machine trains it, that machine: there is not room for all."""
    training = overview.condition is Condition.TRAINING
    return f"{SIGNS[overview.condition]} on {overview.host}" if overview.host and training else state(overview)


@dataclass(frozen=True)
class Columns:
    """How wide the columns are; 0 for one that is left out."""

    widths: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Row], width: int) -> Columns:
        """Measure rows for a list that is so many cells wide."""
        table = [HEADINGS, *(row.cells for row in rows)]
        widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
        longest = min(widths[NAME], LONGEST_NAME)
        widths[NAME], widths[STATE] = min(longest, NAME_CELLS), min(widths[STATE], LONGEST_STATE)
        room = width - len(CURSOR)
        for column, least in SAVINGS:
            if widths[NAME] + _beside_the_name(widths) <= room:
                break
            widths[column] = min(widths[column], least)
        widths[NAME] = max(min(longest, room - _beside_the_name(widths)), 1)
        return cls(tuple(widths))

    def line(self, cells: Sequence[str], style: str, *, here: bool = False) -> Content:
        """Lay out a row, its state in some style, with the sign of the cursor where that is here."""
        parts = [Content(CURSOR if here else " " * len(CURSOR))]
        for column, (text, width) in enumerate(zip(cells, self.widths, strict=True)):
            if not width:
                continue
            fitted = _cut(text, width) if column == NAME else text if column == STATE else text.rjust(width)
            shown = Content(fitted).truncate(width, ellipsis=True, pad=True)
            parts += [shown.stylize(style) if column == STATE else shown, Content(GAP)]
        return Content.assemble(*parts[:-1])


def _cut(name: str, width: int) -> str:
    """Leave out the middle of a name that is too long."""
    if cell_len(name) <= width or width < 2 * NAME_END:
        return name
    end = name[-NAME_END:]
    return f"{set_cell_size(name, width - 1 - cell_len(end))}…{end}"


def _beside_the_name(widths: Sequence[int]) -> int:
    return sum(len(GAP) + width for width in widths[NAME + 1 :] if width)


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

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._at = 0
        self._measured: tuple[int, Columns] | None = None

    @property
    def row(self) -> Row | None:
        """The run under the cursor; None where there are no runs."""
        return self._rows[self._at] if self._rows else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show these runs; draw anew what is different."""
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
            self._measured = width, Columns.of(self._rows, width)
        return self._measured[1]

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y - 1
        if y == 0:
            content, style = self._columns.line(HEADINGS, ""), "run-list--heading"
        elif index >= len(self._rows):
            content, style = Content(""), "run-list--run"
        else:
            row, here = self._rows[index], index == self._at
            # On the cursor's background, only its own colour can be read.
            colour = "" if here else COLOURS.get(row.overview.condition, "$secondary")
            content = self._columns.line(row.cells, colour, here=here)
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
        """Put the cursor at a run; open the one that it stands at."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0 or index >= len(self._rows):
            return
        if index == self._at:
            self.post_message(self.Wanted())
        self._put(index)

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
