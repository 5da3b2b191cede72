"""Help: what has the focus, what this place is for, and every key that works in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Markdown, Static

from tui.about import about

PAGES = Path(__file__).resolve().parent.parent / "help"
KEY_CELLS = 11


class HelpScreen(ModalScreen[None]):
    """The thing that has the focus, the page of a place, and its keys."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss(None)", "close", id="help.close", tooltip="Close the help"),
    ]

    def __init__(self, thing: Content, page: str, keys: Content) -> None:
        super().__init__()
        self._thing = thing
        self._page = page
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = "help"
            box.border_subtitle = "[@click=screen.dismiss(None)]esc close[/]"
            if self._thing:
                yield Static(self._thing, id="thing")
            yield _page(self._page)
            yield Static(self._keys, id="keys")
            yield _page("everywhere")


def _page(name: str) -> Markdown:
    return Markdown((PAGES / f"{name}.md").read_text(encoding="utf-8"))


def help_on(place: str, screen: Screen[Any]) -> HelpScreen:
    """Return the help for a place, as it is now: its focus, and the keys that act."""
    return HelpScreen(about(screen.focused), place, _keys(screen))


def _keys(screen: Screen[Any]) -> Content:
    """List the keys that act, each with what it does and the name that a config calls it by."""
    found: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.id and binding.tooltip:
            keys, _ = found.setdefault(binding.id, ([], binding.tooltip))
            keys.append(screen.app.get_key_display(binding))
    rows = [
        Content.assemble(
            Content.styled(f"{' '.join(keys):>{KEY_CELLS}}", "bold $accent"),
            Content(f"  {what} "),
            Content.styled(name, "$secondary"),
        )
        for name, (keys, what) in found.items()
    ]
    return Content("\n").join(rows)
