"""Keys that come faster than the screens follow wait for their turn. A part of the app, as `tui.settings.preferred` is.

Textual hands a key to whatever has the focus when it is read. Keys that a slow line brings together would all go there,
though the first of them opens a dialog or leaves a field: the name of a layer would be read as commands. A paste waits
as a key does; the mouse does not: who clicks sees what is there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.screen import Screen

from tui.terminal.parser import AfterEscape

MOST_SECONDS = 0.5
"""A key waits no longer for the one before it: what that one was for may be gone before it has said that it is done."""


class TypingAhead(App[None]):
    """An app in which each key meets what the key before it has left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._ahead: deque[Key | Paste] = deque()
        self._under_way: Key | Paste | None = None

    @property
    def behind(self) -> bool:
        """What was pressed is not all done yet."""
        return self._under_way is not None

    async def on_event(self, event: Event) -> None:
        """Let a key wait while another is under way."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._ahead.extend(self._pressed(event))
        if self._under_way is None:
            await self._next_key()

    def _pressed(self, event: Key | Paste) -> Iterable[Key | Paste]:
        """Return what was pressed: an Alt key only where it is the key of something."""
        if isinstance(event, AfterEscape):
            return event.as_alt() if event.key in self.screen.active_bindings else event.apart()
        return (event,)

    async def _next_key(self) -> None:
        self._under_way = key = self._ahead.popleft() if self._ahead else None
        if key is not None:
            focused, screen = self.focused or self.screen, self.screen
            self.set_timer(MOST_SECONDS, lambda: self._done(key))
            await super().on_event(key)
            # The way up twice: first goes the key, till someone acts on it; then what that act has told.
            self._climb(focused, lambda: self._climb(focused, lambda: self._settle(key, screen)))

    def _climb(self, node: DOMNode | None, then: Callable[[], None]) -> None:
        """Go from a node up to the app, behind all that waits on the way."""
        if node is None or node is self or not node.call_later(self._climb, node.parent, then):
            self.call_later(then)

    def _settle(self, key: Key | Paste, before: Screen[Any]) -> None:
        """Wait, where another screen came of a key, until that one stands."""
        screen = self.screen
        if screen is before:
            self.call_later(self._done, key)
        else:
            self.call_after_refresh(self._settle, key, screen)

    async def _done(self, key: Key | Paste) -> None:
        if key is self._under_way:
            await self._next_key()
