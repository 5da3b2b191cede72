"""A question or an error in a box: what it is, why, and the keys that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.screens.modal import Modal
from tui.settings.key_names import KeyNames
from tui.widgets.key_line import KeyLine, Offer


class Dialog(Modal[str | None]):
    """Ends with the key of the chosen answer, or None."""

    CSS_PATH = "dialog.tcss"
    ABOUT = (
        "A message, or a question: a key of its last line answers it, and so does a click there. "
        "[esc](#dialog.back) changes nothing, [^y](#dialog.copy) copies what is said."
    )
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
            yield KeyLine([*self._offers, self.offer("dialog.copy", "copy"), self.offer("dialog.back", "back")])

    @property
    def _offers(self) -> list[Offer]:
        sign = cast("KeyNames", self.app).sign
        return [Offer(sign(key), answer, f"screen.answer('{key}')") for key, answer in self._answers.items()]

    def about(self) -> Content:
        """List the answers, too."""
        answers = (
            Content.assemble("\n", Content.styled(each.key, "bold $accent"), f" {each.words}") for each in self._offers
        )
        return Content.assemble(super().about(), *answers)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "enter" or not self._answers  # a question needs a clear answer

    def on_key(self, event) -> None:  # type: ignore[no-untyped-def]
        """Take an answer by its key."""
        if event.key in self._answers:
            event.stop()
            event.prevent_default()
            self.dismiss(event.key)

    def action_answer(self, key: str) -> None:
        """Take an answer by mouse."""
        self.dismiss(key)

    def action_enter(self) -> None:
        """Close a message."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the text to the terminal's clipboard (OSC 52)."""
        self.app.copy_to_clipboard(f"{self._title}\n{self._text}")
        self.notify("Copied.")
