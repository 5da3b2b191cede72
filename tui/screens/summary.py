"""The summary table of a model in a box that scrolls, to read and to copy."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer, Vertical
from textual.widgets import Static

from tui.screens.modal import Modal


class Summary(Modal[None]):
    """Shows a text as it is, line by line."""

    CSS_PATH = "summary.tcss"
    ABOUT = (
        "The table that Keras prints of this model. None stands for the number of images in a batch. "
        "What is trainable is learnt; the rest, such as the running means of a batch normalisation, only follows."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,s,q", "dismiss(None)", "close", id="summary.close", tooltip="Close the summary"),
        Binding("y,ctrl+y", "copy", "copy", id="summary.copy", tooltip="Copy the table"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "summary"
            with ScrollableContainer():
                yield Static(self._text, id="table", markup=False)
            yield self.key_line(("summary.copy", "copy"), ("summary.close", "close"), before="↑↓←→ scroll")

    def action_copy(self) -> None:
        """Copy the table to the terminal's clipboard (OSC 52)."""
        self.app.copy_to_clipboard(self._text)
        self.notify("Copied.")
