"""A question or an error in a box: what it is, why, and the keys that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class Dialog(ModalScreen[str | None]):
    """Ends with the key of the chosen answer, or None."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="dialog.back", tooltip="Change nothing"),
        Binding("enter", "enter", show=False, id="dialog.enter", tooltip="Close a message"),
        Binding("ctrl+y", "copy", show=False, id="dialog.copy", tooltip="Copy the text"),
    ]

    def __init__(self, title: str, text: str, answers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = dict(answers or {})

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title).markup
            with VerticalScroll():
                yield Static(self._text, markup=False)
            parts = []
            for key, answer in self._answers.items():
                styled = Content.assemble(Content.styled(key, "bold $accent"), f" {answer}")
                parts.append(styled.stylize(f"@click=screen.answer('{key}')"))
            for key, words, action in (("^y", "copy", "copy"), ("esc", "back", "answer('')")):
                styled = Content.assemble(Content.styled(key, "bold $accent"), f" {words}")
                parts.append(styled.stylize(f"@click=screen.{action}"))
            keys = Static(Content("   ").join(parts), id="keys")
            keys.auto_links = False
            yield keys

    def on_key(self, event) -> None:  # type: ignore[no-untyped-def]
        """Take an answer by its key."""
        if event.key in self._answers:
            event.stop()
            self.dismiss(event.key)

    def action_answer(self, key: str) -> None:
        """Take an answer by mouse."""
        self.dismiss(key or None)

    def action_enter(self) -> None:
        """Close a message; a question needs a clear answer."""
        if not self._answers:
            self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the text to the terminal's clipboard (OSC 52)."""
        self.app.copy_to_clipboard(f"{self._title}\n{self._text}")
        self.notify("Copied.")
