"""Keys that come faster than the screens follow wait for their turn. A part of the app, as `tui.settings.preferred` is.

Textual hands a key to whatever has the focus when it is read. Keys that come close together would all go there, though
the first of them opens a dialog, leaves a field or goes to another place: the name of a layer would be read as
commands, and a value be cut. So a key is handed on only when what the key before it has set off is over: nothing waits
on the way from the focus to the app, no other screen is coming, and no worker runs that will move the focus. It takes
as long as that takes. A paste waits as a key does; the mouse does not: who clicks sees what is there.

The screen waits, too, and is laid out and painted once, when all that a key has set off is over.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.widget import Widget

from tui.terminal.parser import AfterEscape

HOLDS_KEYS = "holds keys"
"""Workers of this group move the focus when they are done: keys wait for them."""
WATCH_SECONDS = 0.5
"""So often it is looked whether what is waited for is still to come: a message to what is gone never comes."""
POLL_SECONDS = 0.02
SAID_SECONDS = 1.0
"""When keys have waited for so long, that is said, and Ctrl-C forgets them."""
FORGETS = "ctrl+c"
HOLD_SECONDS = 0.1
"""Where a worker takes longer than that, what stands already is painted."""

Where = tuple[Screen[Any], Widget | None]
"""The screen in front, and what has the focus in it."""


@runtime_checkable
class Searching(Protocol):
    """A screen with a list that a search fills in its own time."""

    @property
    def searching(self) -> bool:
        """The list is not yet that of what was typed."""
        ...


class TypingAhead(App[None]):
    """An app in which each key meets what the key before it has left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._ahead: deque[Key | Paste] = deque()
        self._under_way: Key | Paste | None = None
        self._since = 0.0
        self._said = False
        self._told = -math.inf
        self._handed_on = False
        self._waits_in: DOMNode | None = None
        self._holds = False

    @property
    def behind(self) -> bool:
        """What was pressed is not all done yet."""
        return self._under_way is not None

    @property
    def holds_painting(self) -> bool:
        """A screen shall not be painted now: there is more to come of the key."""
        return self._holds

    def before_key(self, key: Key | Paste) -> None:
        """Do what has to be done before a key comes to what has the focus."""

    async def on_event(self, event: Event) -> None:
        """Let a key wait while another is under way."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._said and isinstance(event, Key) and event.key == FORGETS:
            self._forget()
        else:
            self._ahead.append(event)
            if self._under_way is None:
                await self._next_key()

    def _paint(self) -> None:
        """Have the screen painted, where that has waited."""
        if self._holds:
            self._holds = False
            if self.screen_stack and self.screen.is_running:
                self.screen._on_timer_update()

    def _forget(self) -> None:
        """Have no key wait any longer, nor for anything."""
        self._paint()
        count = len(self._ahead)
        self._ahead.clear()
        self._under_way, self._said = None, False
        self.notify(f"{_keys(count, 'are')} forgotten.", markup=False)

    async def _next_key(self) -> None:
        self._paint()
        self._under_way, self._handed_on, self._said = None, False, False
        while self._ahead and self._under_way is None:
            key = self._ahead.popleft()
            if isinstance(key, AfterEscape):  # an Alt key only where it is the key of something
                self._ahead.extendleft(reversed(self._apart(key)))
            else:
                self._under_way, self._since = key, time.monotonic()
                self.set_timer(WATCH_SECONDS, lambda key=key: self._watch_over(key))
                await self._hand_on(key)

    def _apart(self, event: AfterEscape) -> tuple[Key, ...]:
        return event.as_alt() if event.key in self.screen.active_bindings else event.apart()

    async def _hand_on(self, key: Key | Paste) -> None:
        """Hand a key on, when what it acts on is there."""
        if key is not self._under_way or not self.screen_stack:
            return
        where = screen, _ = self._where
        if _acts_on_a_list(key) and isinstance(screen, Searching) and screen.searching:
            self.set_timer(POLL_SECONDS, lambda: self._hand_on(key))
            return
        self._handed_on = self._holds = True
        self.before_key(key)
        await super().on_event(key)
        self._climb(where[1] or screen, lambda: self._look(key, where))

    @property
    def _where(self) -> Where:
        return self.screen, self.focused

    def _climb(self, node: DOMNode | None, then: Callable[[], object]) -> None:
        """Go from a node up to the app, behind all that waits on the way."""
        self._waits_in = node
        if node is None or node is self or not node.call_later(self._climb, node.parent, then):
            self._waits_in = self
            self.call_later(then)

    def _look(self, key: Key | Paste, before: Where, *, quiet: bool = False) -> None:
        """Look whether all that a key has set off is over; if not, look again when what is under way has come.

        Args:
            key: the key.
            before: where one was at the look before.
            quiet: nothing was under way then.
        """
        if key is not self._under_way or not self.screen_stack:  # no screen: the app is leaving
            return
        where = screen, focused = self._where
        if any(worker.group == HOLDS_KEYS and not worker.is_finished for worker in self.workers):
            self._waits_in = None
            if time.monotonic() - self._since > HOLD_SECONDS:
                self._paint()
            self.set_timer(POLL_SECONDS, lambda: self._look(key, where))
        elif screen is not before[0]:
            self._waits_in = None
            self._paint()
            self.call_after_refresh(self._look, key, where)  # when it stands
        elif (busy := self._busy(screen)) is not None or focused is not before[1]:
            self._climb(busy or focused or screen, lambda: self._look(key, where))
        elif not quiet:  # what was on its way to the app, or is being done by the screen, has come by then
            self._climb(screen, lambda: self._look(key, where, quiet=True))
        else:
            self.call_later(self._done, key)

    @staticmethod
    def _busy(screen: Screen[Any]) -> DOMNode | None:
        """Return a widget that something waits for."""
        widgets = screen.walk_children(Widget, with_self=True)
        return next((each for each in widgets if each.is_running and each.message_queue_size), None)

    async def _done(self, key: Key | Paste) -> None:
        if key is self._under_way:
            await self._next_key()

    def _watch_over(self, key: Key | Paste) -> None:
        """Look whether what is waited for can still come; and say that keys wait, when that is long."""
        if key is not self._under_way:
            return
        self._paint()
        if self._ahead and not self._said and time.monotonic() - self._since >= SAID_SECONDS:
            self._said = True
            self._say_waiting()
        if self._handed_on and (self._waits_in is None or not self._waits_in.is_running):
            self._look(key, self._where)
        self.set_timer(WATCH_SECONDS, lambda: self._watch_over(key))

    def _say_waiting(self) -> None:
        """Say that keys wait; not once more while that can still be read, however many are slow one after the other."""
        now = time.monotonic()
        if now - self._told > self.NOTIFICATION_TIMEOUT:
            self._told = now
            forgets = self.get_key_display(Binding(FORGETS, ""))
            text = f"{_keys(len(self._ahead), 'wait')} until the one before is done. {forgets} forgets them."
            self.notify(text, markup=False)


def _acts_on_a_list(key: Key | Paste) -> bool:
    """Say whether a key may take what a search has found, where letters go on with the search, and escape leaves it."""
    return isinstance(key, Key) and not key.is_printable and key.key != "escape"


def _keys(count: int, do: str) -> str:
    """Say what so many keys "wait", or "are"."""
    return f"1 key {'is' if do == 'are' else f'{do}s'}" if count == 1 else f"{count} keys {do}"
