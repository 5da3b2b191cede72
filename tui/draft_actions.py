"""What a person does with the draft: edit, undo, redo, save, open.

The third of the app that owns the draft; `tui.run_actions` talks to the session, `tui.app` has the places and the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from textual import on
from textual.app import SystemCommand
from textual.events import Key, Paste
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from engine.shown import visible
from engine.spec.check import Document
from engine.spec.document import load, presets
from engine.spec.draft import Draft
from engine.spec.problem import Problem, SpecError
from tui.drafts import files as drafts
from tui.drafts import recent
from tui.drafts.written import Written
from tui.messages import Edited, KindChosen, Settled
from tui.run_actions import RunActions
from tui.screens.code_place import CodePlace
from tui.screens.place import Place
from tui.terminal.typing_ahead import TypingAhead
from tui.words.place import said, where

REST_SECONDS = 0.4
"""So long after the last letter typing rests, and a path that was typed is looked for."""
GO_ON = frozenset(
    {"backspace", "delete", "left", "right", "home", "end", "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+left", "ctrl+right"}
)
"""Keys that edit a line, and leave it half typed."""


class DraftActions(RunActions, TypingAhead):
    """An app with a draft.

    Attributes:
        written: the code of the draft, while it is shown beside it.
    """

    written: Written | None = None
    _half_typed: Edited | None = None
    _rest: Timer | None = None

    @property
    def half_typed(self) -> bool:
        """What is typed is not in the draft yet."""
        return self._half_typed is not None

    def before_key(self, key: Key | Paste) -> None:
        """Take what was typed into the draft before any key that does not go on with it."""
        if isinstance(key, Key) and not key.is_printable and key.key not in GO_ON:
            self.take_typed()

    def _rested(self) -> None:
        """Take it, where no letter is on its way."""
        if self.behind:
            self._rest = self.set_timer(REST_SECONDS, self._rested)
        else:
            self.take_typed()

    def take_typed(self) -> None:
        """Take what was typed into the draft, though typing may not rest yet."""
        event, self._half_typed = self._half_typed, None
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        if event is not None:
            self.edit(lambda draft: draft.set(event.place, event.value, typing=event.typing))

    def edit(self, change: Callable[[Draft], Draft]) -> None:
        """Change the draft; what cannot be changed is said."""
        try:
            self.draft = change(self.draft)
        except SpecError as error:
            self.tell(
                "Cannot change this", "\n".join(said(each, self.draft.check, self.key) for each in error.problems)
            )

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._leave_field()
        if not self.draft.past:
            self.explain("There is nothing to undo.")
        self.draft = self.draft.undo()

    def action_redo(self) -> None:
        """Do again what was undone."""
        self._leave_field()
        if not self.draft.future:
            self.explain("There is nothing to redo.")
        self.draft = self.draft.redo()

    def _leave_field(self) -> None:
        """Leave a field that the palette was called from: with the focus in it, it shows what was typed and no more."""
        if isinstance(self.screen.focused, Input):
            self.screen.set_focus(None)

    def action_fix(self) -> None:
        """Do what an error asks for: at the layer or knob under the cursor, or else the first."""
        self._leave_field()
        here, mendable = self.screen.at if isinstance(self.screen, Place) else (), self.draft.mendable
        under_cursor = (each for each in mendable if here and each.place[: len(here)] == here)
        first = next(under_cursor, mendable[0] if mendable else None)
        if first is None:
            return
        chosen = [each for each in mendable if _only_goes(each)] if _only_goes(first) else [first]
        places = (where(each.place, self.draft.document, self.key, self.current_mode or "") for each in chosen)
        at, words = ", ".join(places), first.remedy.words if first.remedy else ""
        self.edit(lambda draft: draft.mended(chosen))
        done = f"Removed: {at}" if _only_goes(first) else f"Fixed {at}: {words}" if at else f"Fixed: {words}"
        self.notify(f"{done}. {self.key('app.undo')} undoes that.", markup=False)

    def action_code(self) -> None:
        """Open the code of the draft beside it, or close it."""
        if isinstance(self.screen, CodePlace):
            self.screen.toggle_code()

    def action_save(self) -> None:
        """Ask for a file, and write the draft to it, with its errors if it has any."""
        from tui.screens.ask import Ask, a_file  # noqa: PLC0415 - the first paint need not wait for it

        own = self.draft.file
        suggested = str(own or f"{self.draft.name}{drafts.SUFFIX}")
        judge = a_file(drafts.SUFFIX, own)
        self.push_screen(Ask("save the draft as", suggested, judge, "write", ends=(drafts.SUFFIX,)), self._save)

    def _save(self, path: Path | None) -> None:
        if path is None:
            return
        try:
            drafts.write(self.draft.document, path, like=self.draft.file)
        except OSError as error:
            self.tell("Cannot save", f"{visible(str(path))}: {error.strerror or error}. Choose another folder.")
            return
        recent.remember(path)
        self.draft = self.draft.saved(path)
        self.notify(f"Saved as {visible(str(path))}", markup=False)

    def action_open(self) -> None:
        """Ask what to open; it becomes the draft, and undo brings the old one back."""
        from tui.screens.open_draft import OpenDraft, Opened  # noqa: PLC0415 - the first paint need not wait for it

        def opened(what: Opened | None) -> None:
            if what is not None:
                self._leave_field()
                self._replace(what.document, what.path)
                if what.path is not None:
                    recent.remember(what.path)

        self.push_screen(OpenDraft(), opened)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Put in the palette the presets, and all knobs: one is found by its name, from every place."""
        from tui.content.knob_places import knob_places  # noqa: PLC0415 - the first paint need not wait for it

        yield from super().get_system_commands(screen)
        for place, means in knob_places(self.draft):
            name = where(place, self.draft.document, self.key)
            yield SystemCommand(f"knob: {name}", visible(means), partial(self.go_to, place))
        undo = self.key("app.undo")
        for name, path in presets().items():
            yield SystemCommand(
                f"open: {name}",
                f"Edit a copy of this preset ({path}); {undo} undoes it",
                partial(self._open_preset, name),
            )

    def _open_preset(self, name: str) -> None:
        try:
            self._replace(load(name))
        except SpecError as error:
            self.tell("Cannot open this", str(error))

    def _replace(self, document: Document, path: Path | None = None) -> None:
        """Open a document as the draft; where changes of the old one lie in no file, say how they come back."""
        before = self.draft
        self.draft = before.opened(document, path)
        if before.changed and self.draft.document != before.document:
            self.say_unsaved(before)

    def say_unsaved(self, before: Draft) -> None:
        """Say how the changes of a draft come back that another one took the place of."""
        name, undo = visible(before.name), self.key("app.undo")
        self.notify(f"Your changes to {name} were not saved: {undo} brings them back.", markup=False)

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        if event.rests and event.typing:
            if self._rest is not None:
                self._rest.stop()
            self._half_typed, self._rest = event, self.set_timer(REST_SECONDS, self._rested)
            return
        self.take_typed()
        self.edit(lambda draft: draft.set(event.place, event.value, typing=event.typing))

    @on(Settled)
    def _settled(self) -> None:
        self.take_typed()
        self.edit(Draft.settled)

    @on(KindChosen)
    def _kind_chosen(self, event: KindChosen) -> None:
        self.take_typed()
        self.edit(lambda draft: draft.choose(event.place, event.type_name))


def _only_goes(problem: Problem) -> bool:
    """Say whether a problem is a key that nothing knows, and is like none: all such go at once."""
    return problem.unknown and problem.remedy is not None and problem.remedy.removes
