"""The stack of layers: kind, shape, parameters and cost of each, and what is wrong, at the layer where it is wrong."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.spec.check import Check
from engine.spec.layers import Layer
from tui.settings.key_names import key_of
from tui.widgets.layer_columns import Table
from tui.words.keys import Key
from tui.words.place import said_at_layer

NARROWEST = 16
"""Rows are laid out for at least so many cells, also before the list has its size."""


class LayerList(OptionList):
    """A row a layer between the input and an invitation to add one."""

    DEFAULT_CSS = """
    LayerList { height: 1fr; border: none; padding: 0; background: $surface; overflow-x: hidden; }
    LayerList:focus { border: none; }
    /* A tint, not a block: what is wrong with the layer under the cursor stands there in the colour of errors. */
    LayerList:focus > .option-list--option-highlighted {
        color: $foreground;
        background: $primary 15%;
        text-style: bold;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.enter", "edit", id="model.edit", tooltip="Go to the knobs of the layer"),
    ]

    class Shown(Message):
        """The cursor has moved to another row."""

    class Wanted(Message):
        """A row was chosen by the mouse: edit its layer, or add one."""

    class LaidOut(Message):
        """The columns have changed; this line names them."""

        def __init__(self, head: str) -> None:
            super().__init__()
            self.head = head

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._check: Check | None = None
        self._head = ""

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
            table, lines = self._laid_out(check, self.size.width)
            if sum(line.plain.count("\n") + 1 for line in lines) > self.size.height:  # a scrollbar comes
                table, lines = self._laid_out(check, self.size.width - self.styles.scrollbar_size_vertical)
            self.set_options(Option(line) for line in lines)
            self.highlighted = min(max(at, 0), len(lines) - 1)
        if table.head() != self._head:
            self._head = table.head()
            self.post_message(self.LaidOut(self._head))

    def _laid_out(self, check: Check, width: int) -> tuple[Table, list[Content]]:
        """Return the rows as they are laid out on so many cells."""
        table = Table.of(check, max(width - 1, NARROWEST))
        rows = [_row(index, check, table, key_of(self)) for index in range(len(check.rows))]
        first, last = Content.styled(table.input(), "$secondary"), Content.styled("  + add a layer", "$primary")
        return table, [first, *rows, last]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Pass on where the cursor is, in layers."""
        event.stop()
        self.post_message(self.Shown())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pass on that it was chosen."""
        event.stop()
        self.post_message(self.Wanted())


def _row(index: int, check: Check, table: Table, key: Key) -> Content:
    row = check.rows[index]
    label = f"{'✗' if row.problems else ' '}{index + 1:>2} {row.label}"
    line = Content.styled(table.row(index, label), "$error" if row.problems else "")
    wrong = [
        Content.styled(
            textwrap.fill(
                said_at_layer(problem, check, key), table.width, initial_indent="    ", subsequent_indent="    "
            ),
            "$error",
        )
        for problem in row.problems
    ]
    return Content("\n").join([line, *wrong])
