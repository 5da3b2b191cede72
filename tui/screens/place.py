"""What all places have in common: the frame, and showing the draft and the snapshot whenever either changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.dom import DOMNode
from textual.events import Idle, Key, ScreenResume
from textual.reactive import Reactive
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget

from tui.screens.modal import say_nothing_here
from tui.terminal.sparse import Sparse
from tui.widgets.frame import Keys, Places, Subject
from tui.words.keys import with_keys

if TYPE_CHECKING:
    from tui.app import NNPlay

FIRST_STEPS = "[t](#app.train) trains this network; [a](#model.add) adds a layer; [F1](#app.help) helps"
"""What one can do who has never done anything here."""


class Place(Screen[None]):
    """A screen that one goes to by its number. Subclasses compose a body and show it."""

    MODE: ClassVar[str] = ""
    # Whoever gets the focus or loses it draws itself: as Textual has it, all of the screen would be drawn.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    AUTO_FOCUS = ""  # letters and digits are keys until a person enters a field
    CSS_PATH: ClassVar[CSSPathType | None] = "place.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - as Textual declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Sparse()

    @property
    def playground(self) -> NNPlay:
        """The app, which owns the draft and the snapshot."""
        return cast("NNPlay", self.app)

    def compose(self) -> ComposeResult:
        # Textual sets them at the first resize, when all is mounted already, and would style and lay it out once more.
        for cells, sizes in (
            (self.app.size.width, self.HORIZONTAL_BREAKPOINTS),
            (self.app.size.height, self.VERTICAL_BREAKPOINTS),
        ):
            self.add_class(max(size for size in sizes if size[0] <= cells)[1], update=False)
        yield Places(self.MODE)
        yield Subject()
        yield from self.body()
        yield Keys()

    @property
    def at(self) -> tuple[str | int, ...]:
        """The place in the draft of what is under the cursor; empty where that is nothing of the draft."""
        return ()

    def body(self) -> ComposeResult:
        """Yield what stands between the frame's lines."""
        yield from ()

    def _update_focus_styles(self, focused: Widget | None = None, blurred: Widget | None = None) -> None:
        """Style anew what a rule with :focus-within is about: Textual does so with all of the panel around it."""
        came, left = ([*each.ancestors_with_self] if each else [] for each in (focused, blurred))
        nodes: set[DOMNode] = set()
        for inside, other in (came, left), (left, came):
            changed = [each for each in inside if each not in other]
            for node in changed[-1:]:  # all others are inside of it
                nodes.update(each for each in node.walk_children(with_self=True) if each._has_focus_within)
        self.app.stylesheet.update_nodes(nodes, animate=True)

    async def _on_idle(self, event: Idle) -> None:
        if self.playground.holds_painting:  # there is more to come of the key: all of it is painted at once
            event.prevent_default()

    def _on_timer_update(self) -> None:
        if not self.playground.holds_painting:
            super()._on_timer_update()

    def commands(self) -> Iterable[SystemCommand]:
        """Yield what the palette has for this place that no key does."""
        return ()

    def show_draft(self) -> None:
        """Show the draft: it has changed, or the screen comes to the front."""

    def show_snapshot(self) -> None:
        """Show what the engine does: it has changed, or the screen comes to the front."""

    def why_not(self, action: str) -> str:
        """Say why one of this place's actions makes no sense now; empty where there is no need to."""
        return ""

    def on_key(self, event: Key) -> None:
        """Say why a key does nothing now, where it does something at other times; or that it never does here."""
        active = self.active_bindings.get(event.key)
        for node, bindings in self._modal_binding_chain:  # what has the focus first, the app last
            if active is not None and active.node is node:
                return
            for binding in bindings.key_to_bindings.get(event.key, ()) if node in (self, self.app) else ():
                if why := node.why_not(binding.action.partition("(")[0]):  # type: ignore[attr-defined]
                    event.stop()
                    self.playground.explain(why)
                    return
        say_nothing_here(self, event)

    def on_mount(self) -> None:
        """Follow the app's two values."""
        self.watch(self.app, "draft", self._draft_changed, init=False)
        self.watch(self.app, "snapshot", self._snapshot_changed, init=False)

    @on(ScreenResume)
    def _catch_up(self, event: ScreenResume) -> None:
        """Catch up: a screen that nobody sees draws nothing."""
        event.refresh_styles = False  # other colours were seen to when the mode was switched
        self.call_later(self.playground.fit)
        self._draft_changed()
        self._snapshot_changed()

    @property
    def _seen(self) -> bool:
        """It is in front, composed, and not being taken down: keys may still arrive while the app leaves."""
        return self.is_active and bool(self.query(Keys))

    def _show_subject(self) -> None:
        draft, snapshot = self.playground.draft, self.playground.snapshot
        first = self.playground.first_visit and not draft.past and self.MODE == self.playground.DEFAULT_MODE
        self.query_one(Subject).show(draft, snapshot, with_keys(FIRST_STEPS, self.playground.key) if first else "")

    # Not async: a key that changes the draft and the key after it must meet the same screen, however fast one types.
    def _draft_changed(self) -> None:
        if self._seen:
            self._show_subject()
            self.show_draft()

    def _snapshot_changed(self) -> None:
        if self._seen:
            self.query_one(Places).show(self.playground.snapshot)
            self._show_subject()
            self.show_snapshot()
