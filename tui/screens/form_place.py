"""A place with a form: the arrows go from knob to knob, each is explained, and escape frees the keys again."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.screens.place import Place
from tui.widgets.editors import KnobFocused


class FormPlace(Place):
    """Its body holds a `Form`, and a Static ``#explain`` for what the knob under the cursor means."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next knob", id="form.next", tooltip="The next knob"),
        Binding("down", "app.focus_next", show=False, id="form.down", tooltip="The next knob"),
        Binding("up", "app.focus_previous", show=False, id="form.up", tooltip="The knob before"),
        Binding("escape", "leave", "leave the field", id="form.leave", tooltip="Free letters and digits as keys"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.focused is not None if action == "leave" else True

    def action_leave(self) -> None:
        """Take the focus from the field, so that letters and digits are keys again."""
        self.set_focus(None)
        self.explain("")

    def explain(self, text: str) -> None:
        """Show a text below the form."""
        self.query_one("#explain", Static).update(text)

    @on(KnobFocused)
    def _explain_knob(self, event: KnobFocused) -> None:
        self.explain(f"{event.title}: {event.explanation}\n{event.bounds}")
