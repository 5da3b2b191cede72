"""Keys that come faster than the screens follow wait for their turn. A part of the app, as `tui.settings.preferred` is.

Textual hands a key to whatever has the focus when it is read. Keys that a slow line brings together would all go there,
though the first of them opens a dialog or leaves a field: the name of a layer would be read as commands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key

MOST_SECONDS = 0.5
"""A key waits no longer for the one before it: what that one was for may be gone before it has said that it is done."""

ALT = "alt+"

# Textual reads Escape and a digit that come at once as the sign that Option and the digit make on some keyboards, whose
# terminals send the sign itself. Here they are a field that is left and a place that is gone to.
for sign in "0123456789-=":
    cast("dict[str, object]", ANSI_SEQUENCES_KEYS).pop(f"\x1b{sign}", None)


class TypingAhead(App[None]):
    """An app in which each key meets what the key before it has left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._ahead: deque[Key] = deque()
        self._under_way: Key | None = None

    @property
    def behind(self) -> bool:
        """What was pressed is not all done yet."""
        return self._under_way is not None

    async def on_event(self, event: Event) -> None:
        """Let a key wait while another is under way."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._ahead.extend(self._pressed(event))
        if self._under_way is None:
            await self._next_key()

    def _pressed(self, key: Key) -> list[Key]:
        """Return what was pressed: Alt and a letter reach an app as Escape and that letter do, in one go."""
        letter = key.character
        if key.key.startswith(ALT) and letter and key.key not in self.screen.active_bindings:
            return [Key("escape", None), Key(letter, letter)]
        return [key]

    async def _next_key(self) -> None:
        self._under_way = key = self._ahead.popleft() if self._ahead else None
        if key is not None:
            focused = self.focused or self.screen
            self.set_timer(MOST_SECONDS, lambda: self._done(key))
            await super().on_event(key)
            # The way up twice: first goes the key, till someone acts on it; then what that act has told.
            self._climb(focused, lambda: self._climb(focused, lambda: self._settle(key)))

    def _climb(self, node: DOMNode | None, then: Callable[[], None]) -> None:
        """Go from a node up to the app, behind all that waits on the way."""
        if node is None or node is self or not node.call_later(self._climb, node.parent, then):
            self.call_later(then)

    def _settle(self, key: Key) -> None:
        """Wait until the screen shows what came of a key; where that is another screen, until that one stands."""
        screen = self.screen

        def shown() -> None:
            self.call_later(self._done if self.screen is screen else self._settle, key)

        self.call_after_refresh(shown)

    async def _done(self, key: Key) -> None:
        if key is self._under_way:
            await self._next_key()
