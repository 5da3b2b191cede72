"""Runs beside each other in a table: what each came to, and the knobs that differ."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import DataTable

from engine.runs.comparison import Comparison
from tui.screens.modal import Modal
from tui.words.run import compared


class DiffScreen(Modal[None]):
    """A table that scrolls both ways; the knobs stay in sight."""

    CSS_PATH = "diff.tcss"
    ABOUT = "The marked runs beside each other: first what each came to, then the knobs that are not the same in all."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,equals_sign", "dismiss(None)", "back", id="diff.back", tooltip="Back to the runs"),
        Binding("ctrl+y", "copy", "copy", id="diff.copy", tooltip="Copy the table, its columns apart by tabs"),
    ]

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self._comparison = comparison
        self._table = compared(comparison)

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = f"{len(self._comparison.runs)} runs"
            table: DataTable[Text] = DataTable(fixed_columns=1, cursor_type="row", zebra_stripes=False)
            yield table
            same = "" if self._comparison.differences else "Their experiments are the same in every knob.   "
            yield self.key_line(("diff.copy", "copy"), ("diff.back", "back"), before=f"{same}↑↓←→ scroll")

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        heading, *rows = self._table
        for text in heading:
            table.add_column(Text(text))
        for row in rows:
            table.add_row(*map(Text, row))
        table.focus()

    def action_copy(self) -> None:
        """Copy the table to the terminal's clipboard (OSC 52)."""
        self.app.copy_to_clipboard("\n".join("\t".join(row) for row in self._table))
        self.notify("Copied.")
