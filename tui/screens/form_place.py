"""A place with a form: the arrows go from knob to knob, each is explained, and escape frees the keys again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from engine.shown import visible
from engine.spec.knob import value_in_words
from engine.spec.problem import Place, Problem
from tui.screens.code_place import CLOSE_CODE, CodePlace
from tui.widgets.brief import Explanation
from tui.widgets.editors import KnobFocused, Row
from tui.widgets.form import Form, Section


class FormPlace(CodePlace):
    """Its body holds a `Form`, and an `Explanation` ``#explain`` for what the knob under the cursor means."""

    _explained = ""
    _left: Place = ()
    """The knob that was left: the next arrow comes back to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "step(1)", "next knob", id="form.next", tooltip="The next knob"),
        Binding("down", "step(1)", show=False, id="form.down", tooltip="The next knob"),
        Binding("up", "step(-1)", show=False, id="form.up", tooltip="The knob before"),
        Binding("escape", "leave", "leave the field", id="form.leave", tooltip="Free letters and digits as keys"),
        CLOSE_CODE,
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.focused is not None if action == "leave" else super().check_action(action, parameters)

    def on_screen_suspend(self) -> None:
        """Forget the knob that was left: whoever comes back begins at the first, as it looks."""
        if self.focused is None and not self.app.screen.is_modal:
            self._left = ()

    def action_leave(self) -> None:
        """Take the focus from the field, so that letters and digits are keys again."""
        self._left = self.row.place if self.row else ()
        self.set_focus(None)
        self.explain("")

    def action_step(self, by: int) -> None:
        """Go to the next knob or the one before; first back to the one that was left, where it is still there."""
        left = next((row for row in self.query(Row) if row.place == self._left), None)
        if self.focused is None and left is not None:
            self.set_focus(left.editor)
        elif by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def explain(self, text: str) -> None:
        """Show a text below the form."""
        if text != self._explained:  # an equal text would still send bytes
            self._explained = text
            explanation = self.query_one("#explain", Explanation)
            explanation.keeps = self.row is not None
            explanation.update(text)

    def show_form(self, sections: Sequence[Section], problems: Sequence[Problem]) -> None:
        """Show these knobs, and what the one under the cursor means by now."""
        self.query_one(Form).show(sections, problems)
        self.explain_knob()

    async def find(self, place: Place) -> None:
        """Put the cursor at the knob of a place of the draft."""
        self.show_draft()
        form = self.query_one(Form)
        await form.stands()
        form.focus_at(place)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        above = self.focused.ancestors if self.focused else ()
        return next((each for each in above if isinstance(each, Row)), None)

    @property
    def at(self) -> Place:
        return self.row.place if self.row else ()

    @on(Input.Submitted)
    def _entered(self) -> None:
        """Say what enter took, and how one goes on."""
        row, key = self.row, self.playground.key
        if row is not None:
            title, value = row.title.strip(), value_in_words(row.value) if row.value is not None else "not set"
            words = row.wrong or f"{title}: {value}. {key('form.next')} goes on, {key('form.leave')} leaves the field."
            self.playground.explain(visible(words))

    @on(Form.Rebuilt)
    @on(KnobFocused)
    def explain_knob(self) -> None:
        """Say what the knob under the cursor means, what it may be, and what comes of it here.

        What followed the newest edit by itself stands above that.
        """
        row = self.row
        if row is not None and not self.query_one(Form).busy:
            followed = self.playground.draft.followed
            parts = (followed, f"{row.title.strip()}: {row.explanation}", self.consequence(row), row.bounds)
            self.explain("\n".join(filter(None, parts)))

    def consequence(self, row: Row) -> str:
        """Return what the present value of a knob comes to; empty where its explanation says all."""
        return ""
