"""The rows of a form: a title, an editor, and below it what is wrong. The type of a knob decides its editor."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic.fields import FieldInfo
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static
from textual.widgets._select import SelectCurrent, SelectOverlay

from engine.spec.about import about
from engine.spec.document import parse_value
from engine.spec.knob import TYPE, Kind, document, in_digits, path_ends, quotient
from engine.spec.problem import Place
from engine.spec.shape import is_pair, show_shape
from tui.messages import Edited, KindChosen, Settled
from tui.widgets.path_input import PathInput

AXES = re.compile(r"[0-9]{1,8}(\s*[×x,]\s*[0-9]{1,8})+")
"""Several sides of a shape, as a person types them: 28×28×1, 3x3, 3, 3."""
TITLE_CELLS = 16
"""Width of the titles."""
ARROW_CELLS = 4
"""What a choice has beside its text."""
FOREVER = 1e6
"""Seconds: with Textual's 0.7, what letters find would depend on how fast they are typed."""
NONE = "none"
"""What a person chooses to have no kind at all."""


class KnobFocused(Message):
    """A person is at another knob now."""


class Options(SelectOverlay):
    """What can be chosen. Letters search, however slowly they come; where none fits them, the last begins anew."""

    def __init__(self) -> None:
        super().__init__()
        self._search_reset_delay = FOREVER

    def _find_search_match(self, query: str) -> int | None:
        found = super()._find_search_match(query)
        if found is None and len(query) > 1:
            self._search_query = query[-1]
            found = super()._find_search_match(query[-1])
        return found


class Choice(Select[str], inherit_bindings=False):
    """A choice that opens with enter or space, so that the arrows go from knob to knob."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "show_overlay", "open", show=False, id="choice.open", tooltip="Show what can be chosen"),
    ]

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        self._choices = self._offered = list(choices)
        self.shown = choices[0][1]
        super().__init__(self._choices, compact=True, allow_blank=False, value=self.shown)

    def compose(self) -> ComposeResult:
        yield SelectCurrent(self.prompt)
        yield Options().data_bind(compact=Select.compact)

    @property
    def label(self) -> str:
        """What is shown."""
        return next((label for label, choice in self._offered if choice == self.shown), self.shown)

    def show(self, value: Any) -> None:
        """Show a value; one that cannot be chosen stands among the choices with a cross, until another is taken."""
        self.shown = str(value)
        known = self.shown in (choice for _, choice in self._choices)
        choices = self._choices if known else [*self._choices, (f"✗ {self.shown}", self.shown)]
        with self.prevent(Select.Changed):
            if choices != self._offered:
                self._offered = choices
                self.set_options(choices)
            self.value = self.shown


class Tick(Checkbox):
    """A tick that says in words, too, what it is: its colour alone would not be seen everywhere."""

    def __init__(self) -> None:
        super().__init__("no", compact=True)
        self.BUTTON_INNER = " "  # Textual dims an X, which cannot be seen everywhere

    def watch_value(self) -> None:
        self.BUTTON_INNER = "X" if self.value else " "
        super().watch_value()
        self.label = "yes" if self.value else "no"


class Row(Widget):
    """One line: a title, an editor, and below it what is wrong with its value.

    Attributes:
        place: of the knob, in the document.
        field: its declaration.
        explanation: what it means.
        value: what is shown: of the document, or the default.
        wrong: what is wrong with it.
        line: what its form made it from: an equal one keeps this row.
    """

    def __init__(self, place: Place, title: str, field: FieldInfo, editor: Widget) -> None:
        super().__init__()
        self.line: object = None
        self.place = place
        self.title = title
        self.field = field
        self.explanation = field.description or ""
        self.editor = editor
        self._wrong = Static(classes="wrong", markup=False)
        self.wrong = ""
        self.value: Any = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self.title, classes="title", markup=False)
            yield self.editor
        yield self._wrong

    @property
    def bounds(self) -> str:
        """What it may be, its default, and its key."""
        return about(self.field, self.place)

    def on_descendant_focus(self) -> None:
        """Tell which knob is looked at."""
        self.post_message(KnobFocused())

    def on_descendant_blur(self) -> None:
        """Show what the document has, now that nobody types here."""
        self.show_value(self.value)
        self.post_message(Settled())

    def show(self, value: Any, wrong: str) -> None:
        """Show a value and what is wrong with it."""
        self.value = value
        self.show_value(value)
        self._fit()
        if wrong != self.wrong:
            self.wrong = wrong
            self._wrong.update(f"✗ {wrong}")
            self.set_class(bool(wrong), "-wrong")

    def show_value(self, value: Any) -> None:
        """Show a value in the editor."""

    def on_resize(self) -> None:
        """Lay it out anew."""
        self._fit()

    def _fit(self) -> None:
        """Put the editor below its title where they have no room side by side."""
        match self.editor:
            case Choice() as choice:
                needed = cell_len(choice.label) + ARROW_CELLS
            case Input() as line if not line.has_focus:  # never under a typist's hands
                needed = cell_len(line.value)
            case _:
                return
        self.set_class(0 < self.size.width < needed + TITLE_CELLS, "-long")


class KnobRow(Row):
    """One knob: a choice, a tick, or a line of text.

    Attributes:
        implied: the kind that this is a knob of, where the document leaves that to the default; editing writes it down.
    """

    def __init__(self, place: Place, title: str, field: FieldInfo) -> None:
        self.implied: Kind | None = None
        self._ends = path_ends(field)
        choices = _choices(field.annotation)
        editor: Widget
        if field.annotation is bool:
            editor = Tick()
        elif choices:
            editor = Choice([(choice, choice) for choice in choices])
        elif self._ends:
            editor = PathInput(ends=self._ends)
        else:
            editor = Input(compact=True, select_on_focus=True)
        super().__init__(place, title, field, editor)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        with self.prevent(Input.Changed, Checkbox.Changed):
            match self.editor:
                case Checkbox() as tick:
                    tick.value = value is True
                case Choice() as select:
                    select.show(value)
                case Input() as line:
                    # Never under a typist's hands: what the document has may be a few letters behind.
                    if not line.has_focus:
                        line.value = _text(value, self.field)

    @on(Checkbox.Changed)
    def _ticked(self, event: Checkbox.Changed) -> None:
        event.stop()
        self._edit(event.value)

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if isinstance(self.editor, Choice) and event.value != self.editor.shown:
            self._edit(event.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._edit(_parsed(self.field, event.value), typing=True)

    def _edit(self, value: Any, *, typing: bool = False) -> None:
        if self.implied is None:
            self.post_message(Edited(self.place, value, typing=typing, rests=bool(self._ends)))
        else:
            *kind, name = self.place
            table = {**document(self.implied), str(name): value}
            self.post_message(Edited(tuple(kind), table, typing=typing))


class KindRow(Row):
    """The choice among the members of a family, or of none where that is allowed."""

    def __init__(self, place: Place, title: str, field: FieldInfo, family: type[Kind], *, optional: bool) -> None:
        self._members = family.members
        none = [(NONE, NONE)] if optional else []
        choices = [*none, *((member.__name__, name) for name, member in self._members.items())]
        self._select = Choice(choices)
        super().__init__((*place, TYPE), title, field, self._select)

    def show_value(self, value: Any) -> None:
        """Show which member it is, by its type; none for None."""
        self._select.show(NONE if value is None else value)
        member = self._members.get(str(value))
        self.explanation = (member.words() if member else "") or self.field.description or ""

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value == self._select.shown:
            return
        if event.value == NONE:
            self.post_message(Edited(self.place[:-1], None))
        else:
            self.post_message(KindChosen(self.place[:-1], str(event.value)))


class SwitchRow(Row):
    """Whether there is a table of knobs at all: its knobs follow when it is switched on."""

    def __init__(self, place: Place, title: str, field: FieldInfo) -> None:
        super().__init__(place, title, field, Tick())

    def show_value(self, value: Any) -> None:
        """Show whether there is anything at the place."""
        with self.prevent(Checkbox.Changed):
            assert isinstance(self.editor, Tick)  # noqa: S101 - made above
            self.editor.value = value is not None

    @on(Checkbox.Changed)
    def _ticked(self, event: Checkbox.Changed) -> None:
        event.stop()
        self.post_message(Edited(self.place, {} if event.value else None))


def _choices(annotation: Any) -> tuple[str, ...]:
    """Return the texts that a knob can have, where it can have nothing else."""
    return typing.get_args(annotation) if typing.get_origin(annotation) is Literal else ()


def _parsed(field: FieldInfo, text: str) -> Any:
    """Read what was typed; what makes no sense stays text, and the spec says what is wrong with it."""
    text, kind = text.strip(), str(field.annotation)
    if field.annotation is str:
        return text
    if not text:
        return None if field.default is None else ""
    if "tuple" in kind and AXES.fullmatch(text):
        return [int(axis) for axis in re.findall(r"[0-9]+", text)]
    if "tuple" in kind and not text.startswith("["):
        parts = quotient([parse_value(part.strip()) for part in text.split(",")], field)
        # One number may stand for several; one word is a list of one.
        return parts[0] if len(parts) == 1 and not isinstance(parts[0], str) else parts
    return quotient(parse_value(text), field)


def _text(value: Any, field: FieldInfo) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, int) and is_pair(field.annotation):
        value = (value, value)  # a file may have one number for both sides
    if isinstance(value, list | tuple):
        whole = all(isinstance(axis, int) for axis in value)
        return show_shape(tuple(value)) if whole else ", ".join(_text(each, field) for each in value)
    return in_digits(value) if isinstance(value, float) else str(value)
