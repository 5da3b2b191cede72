"""Runs beside each other in a table: what each came to, and the knobs that differ."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from engine.runs.comparison import Comparison
from tui.screens.modal import Modal
from tui.widgets.diff_table import DiffTable
from tui.words.run import SAME, compared

WIDEST = 95
"""Per cent of the terminal that the box takes at most: its max-width."""


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
            yield DiffTable(self._table)
            with Vertical(id="foot"):
                if not self._comparison.differences:
                    yield Static(SAME, markup=False)
                yield self.key_line(("diff.copy", "copy"), ("diff.back", "back"), before="↑↓←→ scroll")

    def on_mount(self) -> None:
        """Fill the table."""
        self.on_resize()
        self.set_focus(self.query_one(DiffTable))

    def on_resize(self) -> None:
        """Lay the table out for the room that there is now."""
        box = self.query_one("#box")
        self.query_one(DiffTable).fit(self.size.width * WIDEST // 100 - box.gutter.width)

    def action_copy(self) -> None:
        """Copy the table to the terminal's clipboard (OSC 52)."""
        self.app.copy_to_clipboard("\n".join("\t".join(row) for row in self._table))
        self.notify("Copied.")
