"""Help: what has the focus, what this place or dialog is for, each key that works; the walk-through of all ideas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.widgets import Markdown, Static

from tui.screens.modal import say_nothing_here
from tui.settings.key_names import key_of
from tui.widgets.brief import Brief
from tui.words.focused import about
from tui.words.keys import in_markdown

if TYPE_CHECKING:
    from tui.screens.modal import Modal

PAGES = Path(__file__).resolve().parent.parent / "help"
KEY_CELLS = 11
LINE_CELLS = 70
WALK_THROUGH = "walkthrough"
NOTHING = Content("")


class HelpScreen(ModalScreen[None]):
    """The thing that has the focus, the page of a place, if it is about one, and the keys."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "close", id="help.close", tooltip="Close the help"),
        Binding("f1", "help", show=False, key_display="F1", id="app.help", tooltip="Close the help"),
        Binding("w", "walk", "walk-through", id="help.walk", tooltip="Every idea: which keys set it, where it is seen"),
    ]

    def __init__(self, page: str, thing: Content = NOTHING, keys: Content = NOTHING) -> None:
        super().__init__()
        self._page = page
        self._thing = thing
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = "help"
            walk = [("help.walk", "walk", "walk-through")] * (self._page != WALK_THROUGH)
            offers = [*walk, ("help.close", "dismiss(None)", "close")]
            parts = [
                Content(f"{key_of(self)(name)} {words}").stylize(f"@click=screen.{do}") for name, do, words in offers
            ]
            box.border_subtitle = Content(" · ").join(parts).markup
            if self._thing:
                yield Static(self._thing, id="thing")
            if self._page:
                yield self._markdown(self._page)
            if self._keys:
                yield Static(self._keys, id="keys")
            if self._keys and self._page:
                yield self._markdown("everywhere")

    def _markdown(self, page: str) -> Markdown:
        return Markdown(in_markdown((PAGES / f"{page}.md").read_text(encoding="utf-8"), key_of(self)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (action == "walk" and self._page == WALK_THROUGH)

    def on_key(self, event: Key) -> None:
        """Say of a key that it does nothing here."""
        say_nothing_here(self, event)

    def action_help(self) -> None:
        """Close the help with the key that opens it."""
        self.dismiss(None)

    def action_walk(self) -> None:
        """Show the walk-through instead."""
        self.app.switch_screen(walk_through())


def help_on(place: str, screen: Screen[Any]) -> HelpScreen:
    """Return the help for a place, as it is now: its focus, and the keys that act."""
    thing = (about(screen.focused, key_of(screen)), _cut(screen))
    return HelpScreen(place, Content("\n\n").join(filter(None, thing)), _keys(screen))


def _cut(screen: Screen[Any]) -> Content:
    """Return the whole of each text that has not enough room on the screen; empty where all are seen."""
    cut = [each.whole for each in screen.query(Brief) if each.cut]
    return Content("\n").join([Content.styled("In full", "bold"), Content("\n\n").join(cut)]) if cut else NOTHING


def help_in(dialog: Modal[Any]) -> HelpScreen:
    """Return the help for a dialog: what it is for, what has the focus in it, and its keys."""
    return HelpScreen("", dialog.about(), _keys(dialog))


def walk_through() -> HelpScreen:
    """Return the page of all ideas that can be tried."""
    return HelpScreen(WALK_THROUGH)


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
            Content(f"  {what}"),
            # Together where they fit; else the name stands below the words, not at the edge below the keys.
            " " if KEY_CELLS + 3 + len(what) + len(name) <= LINE_CELLS else f"\n{'':{KEY_CELLS + 2}}",
            Content.styled(name, "$secondary"),
        )
        for name, (keys, what) in found.items()
    ]
    return Content("\n").join(rows)
