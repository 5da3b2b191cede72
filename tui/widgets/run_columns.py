"""The columns of the list of runs: how wide each is, and how a line is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.content.run_table import (
    ACCURACY,
    CHANGED,
    DIFFERS,
    EPOCHS,
    NAME,
    PARAMETERS,
    STATE,
    TIME,
    WORDS,
    Row,
)

NAME_CELLS, LONGEST_NAME, LONGEST_STATE, LONGEST_DIFFERS = 18, 48, 24, 100
"""So many cells are kept for names where they are so long; no more than so many are ever given."""
SAVINGS = (
    (DIFFERS, 32),
    (CHANGED, 0),
    (STATE, 11),
    (DIFFERS, 11),
    (PARAMETERS, 0),
    (DIFFERS, 0),
    (TIME, 0),
    (EPOCHS, 0),
    (NAME, 12),
    (ACCURACY, 0),
)
"""Where there is no room, a column after the other becomes so narrow; 0: is left out."""
NAME_END = 4
"""Cells at the end of a name that is cut: its number tells it from the others."""
CURSOR, NO_MARK, GAP = "▸", Content(" "), "  "
MARGIN = 3
"""Cells before the name: the cursor, the mark, and a gap."""


@dataclass(frozen=True)
class Columns:
    """How wide the columns are; 0 for one that is left out."""

    widths: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Row], headings: Sequence[str], width: int) -> Columns:
        """Measure rows for a list that is so many cells wide."""
        table = [headings, *(row.cells for row in rows)]
        widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
        longest = min(widths[NAME], LONGEST_NAME)
        widths[NAME], widths[STATE] = min(longest, NAME_CELLS), min(widths[STATE], LONGEST_STATE)
        widths[DIFFERS] = min(widths[DIFFERS], LONGEST_DIFFERS)
        room = width - MARGIN
        for column, least in SAVINGS:
            if widths[NAME] + _beside_the_name(widths) <= room:
                break
            spare = room - _beside_the_name(widths) - widths[NAME]
            widths[column] = min(widths[column], max(least, widths[column] + spare) if least else 0)
        widths[NAME] = max(min(longest, room - _beside_the_name(widths)), 1)
        return cls(tuple(widths))

    def line(self, cells: Sequence[str], style: str = "", *, here: bool = False, mark: Content = NO_MARK) -> Content:
        """Lay out a row, its state in some style, with its mark, and the sign of the cursor where that is here."""
        parts = [Content(CURSOR if here else " "), mark, Content(" ")]
        for column, (text, width) in enumerate(zip(cells, self.widths, strict=True)):
            if not width:
                continue
            fitted = cut(text, width) if column == NAME else text if column in WORDS else text.rjust(width)
            shown = Content(fitted).truncate(width, ellipsis=True, pad=True)
            parts += [shown.stylize(style) if column == STATE else shown, Content(GAP)]
        return Content.assemble(*parts[:-1])

    def at(self, x: int) -> int | None:
        """Return the column at a cell of a line; None before the first and behind the last."""
        begin = MARGIN
        for column, width in enumerate(self.widths):
            end = begin + width + len(GAP) if width else begin
            if begin <= x < end:
                return column
            begin = end
        return None


def _beside_the_name(widths: Sequence[int]) -> int:
    """Return the cells of all other columns that are there, with the gaps before them."""
    return sum(width + len(GAP) for width in widths[NAME + 1 :] if width)


def cut(name: str, width: int) -> str:
    """Leave out the middle of a name that is too long."""
    if cell_len(name) <= width or width < 2 * NAME_END:
        return name
    end = name[-NAME_END:]
    return f"{set_cell_size(name, width - 1 - cell_len(end))}…{end}"
