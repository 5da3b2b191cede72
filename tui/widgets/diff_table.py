"""A table of runs beside each other that keeps to its room: a text that is too long goes on in the next line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.widgets import DataTable

from tui.widgets.run_columns import cut

GAP = 2
"""Cells beside the text of a column."""
LEAST = 12
"""Cells that the column of a run has at least: where there is no room for all, some are out of sight."""
LABEL_SHARE = 3
"""The names of the knobs take at most one part in so many, unless nobody else needs the room."""
NAME_LINES = 2
"""So many lines a run's name may fill; a longer one loses its middle."""
PIECES = re.compile(r"(?<=[-._/])(?=[^\W\d])")
"""Where a word may go on in the next line: never within a number."""


class DiffTable(DataTable[Text]):
    """The first column stays in sight; the others scroll by whole columns."""

    DEFAULT_CSS = """
    DiffTable { height: auto; width: auto; max-width: 100%; }
    """

    def __init__(self, table: Sequence[tuple[str, ...]]) -> None:
        super().__init__(fixed_columns=1, cursor_type="row", zebra_stripes=False, cell_padding=GAP // 2)
        self._table = table

    def fit(self, room: int) -> None:
        """Lay the table out for so many cells."""
        heading, *rows = self._table
        widths = fitted(self._table, room - self.styles.scrollbar_size_vertical)
        names = [folded(cut(name, NAME_LINES * width), width) for name, width in zip(heading, widths, strict=True)]
        here = self.cursor_row
        self.clear(columns=True)
        self.header_height = max(map(_lines, names))
        for name, width in zip(names, widths, strict=True):
            self.add_column(Text(name), width=width)
        for row in rows:
            cells = [folded(text, width) for text, width in zip(row, widths, strict=True)]
            self.add_row(*map(Text, cells), height=max(map(_lines, cells)))
        self.move_cursor(row=here)

    def action_cursor_right(self) -> None:
        """Go on by a column."""
        self._turn_to(min((x for x in self._begins if x > self.scroll_target_x), default=self.max_scroll_x))

    def action_cursor_left(self) -> None:
        """Go back by a column."""
        self._turn_to(max((x for x in self._begins if x < self.scroll_target_x), default=0))

    def _turn_to(self, x: float) -> None:
        self.scroll_to(x=x, animate=False)

    @property
    def _begins(self) -> list[int]:
        """How far it is scrolled where a column stands first beside the names of the knobs."""
        _, *runs = self.ordered_columns
        return list(accumulate((column.get_render_width(self) for column in runs), initial=0))[:-1]


def fitted(table: Sequence[tuple[str, ...]], room: int) -> list[int]:
    """Return how wide the columns are: as their texts need it, or so that as many as can be are in sight."""
    label, *runs = (max(1, *map(cell_len, column)) for column in zip(*table, strict=True))
    beside = sum(runs) + GAP * (len(runs) + 1)
    label = max(min(label, max(room // LABEL_SHARE, room - beside)), 1)
    left = room - label - GAP
    if len(runs) * (LEAST + GAP) > left and beside + label > room:
        seen = max(left // (LEAST + GAP), 1)
        return [label, *[max(left // seen - GAP, 1)] * len(runs)]
    return [label, *_shared(runs, left - GAP * len(runs))]


def _shared(wanted: Sequence[int], room: int) -> list[int]:
    """Share room: what one does not need is for the others."""
    given = dict[int, int]()
    for index in sorted(range(len(wanted)), key=lambda index: wanted[index]):
        given[index] = min(wanted[index], (room - sum(given.values())) // (len(wanted) - len(given)))
    return [given[index] for index in range(len(wanted))]


def folded(text: str, width: int) -> str:
    """Break a text into lines, between words and, where one is too long, within it; what no line can hold is cut."""
    lines = [""]
    for word in text.split(" "):
        for at, piece in enumerate([word] if cell_len(word) <= width else PIECES.split(word)):
            longer = f"{lines[-1]} {piece}" if at == 0 and lines[-1] else lines[-1] + piece
            if cell_len(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(_within(piece, width))
    return "\n".join(lines[1:] if len(lines) > 1 and not lines[0] else lines)


def _within(piece: str, width: int) -> str:
    """Shorten what no line can hold: its middle goes, so that runs of one name are told apart; or its end."""
    shorter = cut(piece, width)
    return shorter if cell_len(shorter) <= width else set_cell_size(piece, max(width - 1, 0)) + "…"


def _lines(text: str) -> int:
    return text.count("\n") + 1
