"""The columns of the layer list: what stands in each, how wide they are, and which of them a width has room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.spec.check import Check, LayerRow
from engine.spec.shape import show_shape
from tui.words import amounts

BAR = " ▏▎▍▌▋▊▉█"
"""Eighths of a cell, for bars that show small shares."""
SHORTEST_BAR, LONGEST_BAR = 4, 12
NUMBER = 4
"""Cells before a label: a sign, the number, a space."""
LEAST_LABEL = 12
"""Cells of a label that come before any further column."""
GAP = 2


@dataclass(frozen=True)
class Column:
    """One column beside the labels.

    Attributes:
        names: of its head, the longest first: the first that fits stands there.
        cells: of the rows.
        first: what the input has there.
    """

    names: tuple[str, ...]
    cells: tuple[str, ...]
    first: str = ""

    @property
    def width(self) -> int:
        """Cells that it needs."""
        return max(len(self.names[-1]), len(self.first), *map(len, self.cells), 1)

    @property
    def head(self) -> str:
        """Its name, as far as there is room."""
        return next((name for name in self.names if len(name) <= self.width), self.names[-1])


@dataclass(frozen=True)
class Table:
    """The list laid out for a width.

    Attributes:
        width: cells of a line.
        gap: cells between two columns.
        columns: those that fit, from left to right.
    """

    width: int
    gap: int
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, check: Check, width: int) -> Table:
        """Choose columns: what matters most comes first, and bars take what is left; closer together before without."""
        made = {name: make(check) for name, make in COLUMNS.items()}
        label = max([LEAST_LABEL, *(len(row.label) + NUMBER for row in check.rows)])
        needed = label + sum(made[name].width + GAP for name in FIRST) + SHORTEST_BAR + GAP
        gap = GAP if width >= needed else 1
        room = width - label
        shown: list[str] = []
        for name in (*FIRST, *BARS, *LAST):
            cells = (SHORTEST_BAR if name in BARS else made[name].width) + gap
            if room < cells and name not in ALWAYS:
                break
            room -= cells
            shown.append(name)
        bars = [name for name in BARS if name in shown]
        length = min(SHORTEST_BAR + max(room, 0) // max(len(bars), 1), LONGEST_BAR)
        made |= {name: Column(("",), _bars(check, BARS[name], length)) for name in bars}
        return cls(width, gap, tuple(made[name] for name in ORDER if name in shown))

    def head(self) -> str:
        """Return the line above the rows."""
        return self._line(" " * NUMBER + "layer", [column.head for column in self.columns])

    def input(self) -> str:
        """Return the row of the input."""
        return self._line(" " * NUMBER + "input", [column.first for column in self.columns])

    def row(self, index: int, label: str) -> str:
        """Return the row of a layer."""
        return self._line(label, [column.cells[index] for column in self.columns])

    def _line(self, label: str, cells: Sequence[str]) -> str:
        right = "".join(
            " " * self.gap + (cell.ljust(column.width) if column.names == ("",) else cell.rjust(column.width))
            for cell, column in zip(cells, self.columns, strict=True)
        )
        room = max(self.width - len(right), NUMBER)
        return (label if len(label) <= room else label[: room - 1] + "…").ljust(room) + right


def _parameters(row: LayerRow) -> int | None:
    return row.parameters


def _compute(row: LayerRow) -> int | None:
    return row.multiply_adds


def _bars(check: Check, of: Callable[[LayerRow], int | None], length: int) -> tuple[str, ...]:
    """Return a bar for the share of each row."""
    whole = sum(of(row) or 0 for row in check.rows)
    return tuple(bar((of(row) or 0) / whole, length) if of(row) else "" for row in check.rows)


def bar(share: float, length: int) -> str:
    """Return a bar for a share above 0: at least an eighth of a cell."""
    eighths = max(1, round(share * length * 8))
    full, rest = divmod(eighths, 8)
    return BAR[8] * full + (BAR[rest] if rest else "")


def _output_column(check: Check) -> Column:
    cells = tuple("?" if row.shape is None else show_shape(row.shape) for row in check.rows)
    return Column(("output",), cells, show_shape(check.facts.image_shape) if check.known else "?")


def _parameter_column(check: Check) -> Column:
    cells = tuple("" if row.parameters is None else f"{row.parameters:,}" for row in check.rows)
    return Column(("parameters", "params"), cells)


def _compute_column(check: Check) -> Column:
    whole = sum(row.multiply_adds or 0 for row in check.rows)
    cells = tuple(amounts.share(row.multiply_adds or 0, whole) for row in check.rows)
    return Column(("compute", "work"), cells)


def _memory_column(check: Check) -> Column:
    return Column(("memory",), tuple(amounts.memory(row.parameters) if row.parameters else "" for row in check.rows))


def _image_column(check: Check) -> Column:
    cells = tuple(amounts.memory(row.workspace) if row.workspace else "" for row in check.rows)
    return Column(("an image",), cells)


COLUMNS: dict[str, Callable[[Check], Column]] = {
    "output": _output_column,
    "parameters": _parameter_column,
    "compute": _compute_column,
    "memory": _memory_column,
    "image": _image_column,
}
BARS: dict[str, Callable[[LayerRow], int | None]] = {"parameters bar": _parameters, "compute bar": _compute}
FIRST = ("output", "parameters", "compute")
"""These stand side by side in the smallest terminal that screens are made for; then come the bars, then the others."""
LAST = ("memory", "image")
ALWAYS = ("output",)
ORDER = ("output", "parameters bar", "parameters", "compute bar", "compute", "memory", "image")
"""From left to right."""
