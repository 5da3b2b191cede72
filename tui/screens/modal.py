"""What all dialogs have in common: their keys by name in the last line, and the help about what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.keys import Keys
from textual.screen import ModalScreen, Screen

from tui.settings.bindings import named
from tui.settings.key_names import key_of
from tui.widgets.key_line import KeyLine, Offer
from tui.words.keys import with_keys
from tui.words.why_not import NOTHING_HERE

if TYPE_CHECKING:
    from tui.run_actions import RunActions

NO_KEYS = frozenset({Keys.Ignore.value, Keys.Any.value, ""})
"""What is read where a terminal sent something that is no key."""

Answer = TypeVar("Answer")


def say_nothing_here(screen: Screen[Any], event: Key) -> None:
    """Say of a key that nothing has used that it does nothing here."""
    app = cast("RunActions", screen.app)
    if event.key not in screen.active_bindings and event.key not in NO_KEYS:
        event.stop()
        app.explain(NOTHING_HERE.format(app.sign(event.key), app.key("app.help")))


class Modal(ModalScreen[Answer]):
    """A box in front of a place. Subclasses say in `ABOUT` what it is for: the help begins with it."""

    ABOUT: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", show=False, key_display="F1", id="app.help", tooltip="What this is for, and its keys"),
    ]

    def on_key(self, event: Key) -> None:
        """Say of a key that it does nothing here."""
        say_nothing_here(self, event)

    def about(self) -> Content:
        """Explain the dialog, and what has the focus in it."""
        from tui.words.focused import about  # noqa: PLC0415 - it knows all widgets, most of which come later

        parts = [Content(with_keys(self.ABOUT, key_of(self))), about(self.focused, key_of(self))]
        return Content("\n\n").join(part for part in parts if part)

    def action_help(self) -> None:
        """Explain the dialog and its keys."""
        from tui.screens.help import help_in  # noqa: PLC0415 - Markdown costs time, and most never ask

        self.app.push_screen(help_in(self))

    def key_line(self, *offers: tuple[str, str], before: str = "") -> KeyLine:
        """Return the line of these keys.

        Args:
            offers: ids of bindings and what they do here, in a word or two. Several ids stand together, without a
                click: "turn.up turn.down".
            before: what stands in front of them.
        """
        return KeyLine([self.offer(ids, words) for ids, words in offers], before)

    def offer(self, ids: str, words: str) -> Offer:
        """Return a part of the line of keys; as for `key_line`."""
        first, *more = ids.split()
        shown = "".join(map(key_of(self), (first, *more)))
        return Offer(shown, words, "" if more else f"screen.{named(first).binding.action}")
