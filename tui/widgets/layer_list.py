"""The stack of layers: kind, output shape and parameters of each, and what is wrong, at the layer where it is wrong."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.spec.check import Check, LayerRow
from engine.spec.layers import Layer
from engine.spec.problem import Problem
from engine.spec.shape import show_shape

BAR = " ▏▎▍▌▋▊▉█"
"""Eighths of a cell, for bars that show small shares."""
BAR_CELLS = 8
NARROWEST = 16
"""Rows are laid out for at least so many cells, also before the list has its size."""
NUMBER = 4
"""Cells before a label: a sign, the number, a space."""


class LayerList(OptionList):
    """A row a layer between the input and an invitation to add one."""

    DEFAULT_CSS = """
    LayerList { height: 1fr; border: none; padding: 0; background: $surface; overflow-x: hidden; }
    LayerList:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "edit", id="model.edit", tooltip="Go to the knobs of the layer"),
    ]

    class Shown(Message):
        """The cursor has moved to another row."""

    class Wanted(Message):
        """Enter was pressed: edit this layer, or add one."""

        def __init__(self, index: int | None) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._check: Check | None = None

    @property
    def cursor(self) -> int | None:
        """The index of the layer under the cursor, or None."""
        at = self.highlighted
        count = len(self._check.rows) if self._check else 0
        return at - 1 if at is not None and 1 <= at <= count else None

    @property
    def chosen(self) -> Layer | None:
        """The layer under the cursor; None where there is none, or its knobs are wrong."""
        return self._check.rows[self.cursor].layer if self._check and self.cursor is not None else None

    @property
    def place_for_new(self) -> int:
        """Where a new layer goes: behind the cursor's; in front from the input, last from the invitation."""
        count = len(self._check.rows) if self._check else 0
        return min(self.highlighted if self.highlighted is not None else count, count)

    def show(self, check: Check, cursor: int | None) -> None:
        """Show the rows of a check, with the cursor at a layer (at the invitation where there is none)."""
        self._check = check
        self._draw(len(check.rows) + 1 if cursor is None else cursor + 1)

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        if self._check is not None:
            self._draw(self.highlighted or 0)

    def _draw(self, at: int) -> None:
        check = self._check
        if check is None:
            return
        with self.prevent(OptionList.OptionHighlighted):
            width = max(self.scrollable_content_region.width - 1, NARROWEST)
            total = max(sum(row.parameters or 0 for row in check.rows), 1)
            columns = Columns.of(check, width)
            input_row = columns.line("    input", show_shape(check.facts.image_shape), "", "")
            options = [Option(Content.styled(input_row, "$secondary"))]
            options += [Option(_row(index, row, total, columns)) for index, row in enumerate(check.rows)]
            options.append(Option(Content.styled("  + add a layer", "$primary")))
            self.set_options(options)
            self.highlighted = min(max(at, 0), len(options) - 1)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Pass on where the cursor is, in layers."""
        event.stop()
        self.post_message(self.Shown())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pass on what was chosen, in layers."""
        event.stop()
        self.post_message(self.Wanted(self.cursor))


@dataclass(frozen=True)
class Columns:
    """How wide the columns are: as wide as their widest entry; the bar goes first where there is no room."""

    width: int
    label: int
    shape: int
    parameters: int

    @classmethod
    def of(cls, check: Check, width: int) -> Columns:
        """Measure the rows of a check, for a list that is ``width`` cells wide."""
        shapes = [check.facts.image_shape, *(row.shape for row in check.rows if row.shape)]
        counts = [f"{row.parameters:,}" for row in check.rows if row.parameters is not None]
        label = max((len(row.label) for row in check.rows), default=0) + NUMBER
        return cls(width, label, max(len(show_shape(shape)) for shape in shapes), max(map(len, counts), default=1))

    def line(self, label: str, shape: str, bar: str, parameters: str) -> str:
        """Lay out a row."""
        right = f" {shape:>{self.shape}}"
        if self.width >= self.label + self.shape + self.parameters + BAR_CELLS + 5:
            right += f"  {bar:<{BAR_CELLS}}"
        if self.width >= 28:
            right += f"  {parameters:>{self.parameters}}"
        room = max(self.width - len(right), 4)
        return (label if len(label) <= room else label[: room - 1] + "…").ljust(room) + right


def _row(index: int, row: LayerRow, total: int, columns: Columns) -> Content:
    shape = "?" if row.shape is None else show_shape(row.shape)
    parameters = "" if row.parameters is None else f"{row.parameters:,}"
    bar = _bar((row.parameters or 0) / total) if row.parameters else ""
    label = f"{'✗' if row.problems else ' '}{index + 1:>2} {row.label}"
    line = Content.styled(columns.line(label, shape, bar, parameters), "$error" if row.problems else "")
    wrong = [
        Content.styled(
            textwrap.fill(_words(problem), columns.width, initial_indent="    ", subsequent_indent="    "), "$error"
        )
        for problem in row.problems
    ]
    return Content("\n").join([line, *wrong])


def _words(problem: Problem) -> str:
    """Return a problem's message, led by the knob where it is one's: the row itself says which layer it is."""
    knob = problem.place[3:4]
    return f"{knob[0]} {problem.message}" if knob else problem.message


def _bar(share: float) -> str:
    eighths = max(1, round(share * BAR_CELLS * 8))
    full, rest = divmod(eighths, 8)
    return BAR[8] * full + (BAR[rest] if rest else "")
