"""The list of layers to add: type to search, enter adds."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.spec.layers import Layer


class AddLayer(ModalScreen[str | None]):
    """Ends with the type of the chosen layer, or None."""

    CSS_PATH = "add_layer.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="add.cancel", tooltip="Add nothing"),
        Binding("up", "move(-1)", show=False, priority=True, id="add.up", tooltip="The layer above"),
        Binding("down", "move(1)", show=False, priority=True, id="add.down", tooltip="The layer below"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "add a layer"
            yield Input(placeholder="type to search", compact=True)
            yield OptionList(compact=True)
            yield Static("↑↓ choose   enter add   esc cancel", id="keys")

    def on_mount(self) -> None:
        """Show all."""
        self._fill("")

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted)
    def _add(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_move(self, by: int) -> None:
        """Move the cursor of the list while the search has the focus."""
        options = self.query_one(OptionList)
        if by < 0:
            options.action_cursor_up()
        else:
            options.action_cursor_down()

    def _fill(self, search: str) -> None:
        words = search.lower().split()
        options = self.query_one(OptionList)
        options.clear_options()
        by_name, by_text = [], []
        for name, kind in Layer.members.items():
            text = (kind.__doc__ or "").strip().partition("\n")[0]
            prompt = Content.assemble(
                Content.styled(f"{kind.__name__:<14}", "bold"), Content.styled(text, "$secondary")
            )
            option = Option(prompt, id=name)
            if all(word in kind.__name__.lower() or word in name for word in words):
                by_name.append(option)
            elif all(word in text.lower() for word in words):
                by_text.append(option)
        options.add_options([*by_name, *by_text])
        if options.option_count:
            options.highlighted = 0
        else:
            options.add_option(Option("no layer by that name", disabled=True))
