"""Help: what this place is for, and every key that works in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

PAGES = Path(__file__).resolve().parent.parent / "help"


class HelpScreen(ModalScreen[None]):
    """The page of a place, and its keys."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss(None)", "close", id="help.close", tooltip="Close the help"),
    ]

    def __init__(self, page: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._page = page
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = "help"
            box.border_subtitle = "esc close"
            yield Markdown((PAGES / f"{self._page}.md").read_text(encoding="utf-8"))
            rows = [
                Content.assemble(Content.styled(f"{key:>10}", "bold $accent"), f"  {what}") for key, what in self._keys
            ]
            yield Static(Content("\n").join(rows), id="keys")
