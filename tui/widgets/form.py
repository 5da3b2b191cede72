"""A form made from a spec: each knob's editor, label, help and error come from its one declaration.

The form shows a document, which may be wrong, and posts what a person changes; it never changes anything itself.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic.fields import FieldInfo
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static

from engine.spec.document import parse_value
from engine.spec.knob import TYPE, Kind, Spec
from engine.spec.problem import Place, Problem
from engine.spec.shape import show_shape
from tui.messages import Edited, KindChosen, Settled

AXES = re.compile(r"[0-9]{1,5}(\s*[×x,]\s*[0-9]{1,5})+")
"""Several sides of a shape, as a person types them: 28×28×1, 3x3, 3, 3."""


@dataclass(frozen=True)
class Section:
    """A part of the document that is edited by one spec.

    Attributes:
        place: where it stands in the document.
        spec: the class that declares its knobs.
        values: what the document has there.
        only: the knobs that are shown; None for all.
        family: the family to choose from, where the spec is a Kind that can be exchanged.
    """

    place: Place
    spec: type[Spec]
    values: Mapping[str, Any]
    only: tuple[str, ...] | None = None
    family: type[Kind] | None = None

    def knobs(self) -> dict[str, FieldInfo]:
        """Return the declarations that are shown, by name."""
        fields = self.spec.model_fields
        return {name: fields[name] for name in (self.only or fields)}

    @property
    def outline(self) -> tuple[Any, ...]:
        """What decides which editors stand in the form; values do not."""
        return (self.place, self.spec, self.only)


class KnobFocused(Message):
    """A person is at this knob now."""

    def __init__(self, place: Place, title: str, explanation: str) -> None:
        super().__init__()
        self.place = place
        self.title = title
        self.explanation = explanation


class Form(VerticalScroll, can_focus=False):
    """Editors for some sections, one knob a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next knob", id="form.tab", tooltip="The next knob"),
    ]
    DEFAULT_CSS = """
    Form { height: 1fr; padding: 0 1; }
    Form Row { height: auto; }
    Form Row > Horizontal { height: 1; }
    Form .title { width: 16; color: $secondary; }
    Form Row:focus-within .title { color: $foreground; text-style: bold; }
    Form Input, Form Select { width: 1fr; max-width: 40; }
    Form Checkbox { padding: 0; background: $surface; }
    Form .wrong { color: $error; display: none; height: auto; }
    Form Row.-wrong .wrong { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._outline: tuple[Any, ...] = ()

    async def show(self, sections: Sequence[Section], problems: Sequence[Problem]) -> None:
        """Show these values and problems; editors that stand already are kept, so typing is never interrupted."""
        outline = tuple(section.outline for section in sections)
        if outline != self._outline:
            self._outline = outline
            here = next((row.place for row in self.query(Row) if row.has_focus_within), None)
            with self.app.batch_update():
                await self.remove_children()
                await self.mount_all(self._rows(sections))
            for row in self.query(Row):
                if row.place == here:  # another optimizer makes other rows; the person stays where they were
                    self.screen.set_focus(row.editor)
        wrong = {problem.place: problem.message for problem in problems}
        values = {
            (*section.place, name): section.values.get(name)
            for section in sections
            for name in (*section.knobs(), *([TYPE] if section.family else []))
        }
        for row in self.query(Row):
            row.show(values.get(row.place), wrong.get(row.place, ""))

    def focus_first(self) -> None:
        """Go to the first editor."""
        for row in self.query(Row):
            self.screen.set_focus(row.editor)  # at once, unlike focus(): the next key may be on its way
            return

    def _rows(self, sections: Sequence[Section]) -> list[Row]:
        rows: list[Row] = []
        for section in sections:
            if section.family is not None:
                rows.append(KindRow(section))
            rows += [KnobRow((*section.place, name), field) for name, field in section.knobs().items()]
        return rows


class Choice(Select[str], inherit_bindings=False):
    """A choice that opens with enter or space, so that the arrows go from knob to knob."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "show_overlay", "open", show=False, id="choice.open", tooltip="Show what can be chosen"),
    ]

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        self._choices = list(choices)
        self.shown = choices[0][1]
        super().__init__(self._choices, compact=True, allow_blank=False, value=self.shown)

    def show(self, value: Any) -> None:
        """Show a value; one that cannot be chosen stands among the choices with a cross, until another is taken."""
        self.shown = str(value)
        if self.shown not in (choice for _, choice in self._choices):
            with self.prevent(Select.Changed):
                self.set_options([*self._choices, (f"✗ {self.shown}", self.shown)])
        with self.prevent(Select.Changed):
            self.value = self.shown


class Tick(Checkbox):
    """A tick that says in words, too, what it is: its colour alone would not be seen everywhere."""

    def __init__(self) -> None:
        super().__init__("no", compact=True)

    def watch_value(self) -> None:
        super().watch_value()
        self.label = "yes" if self.value else "no"


class Row(Widget):
    """One line: a title, an editor, and below it what is wrong with its value."""

    def __init__(self, place: Place, title: str, explanation: str, editor: Widget) -> None:
        super().__init__()
        self.place = place
        self.title = title
        self.explanation = explanation
        self.editor = editor
        self._wrong = Static(classes="wrong", markup=False)
        self._wrong_text = ""
        self._value: Any = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self.title, classes="title", markup=False)
            yield self.editor
        yield self._wrong

    def on_descendant_focus(self) -> None:
        """Tell which knob is looked at."""
        self.post_message(KnobFocused(self.place, self.title, self.explanation))

    def on_descendant_blur(self) -> None:
        """Show what the document has, now that nobody types here."""
        self.show_value(self._value)
        self.post_message(Settled())

    def show(self, value: Any, wrong: str) -> None:
        """Show a value and what is wrong with it."""
        self._value = value
        self.show_value(value)
        if wrong != self._wrong_text:
            self._wrong_text = wrong
            self._wrong.update(f"✗ {wrong}")
            self.set_class(bool(wrong), "-wrong")

    def show_value(self, value: Any) -> None:
        """Show a value in the editor."""


class KnobRow(Row):
    """One knob. Its type decides the editor: a choice, a tick, or a line of text."""

    def __init__(self, place: Place, field: FieldInfo) -> None:
        self._field = field
        self._choices = _choices(field.annotation)
        editor: Widget
        if field.annotation is bool:
            editor = Tick()
        elif self._choices:
            editor = Choice([(choice, choice) for choice in self._choices])
        else:
            editor = Input(compact=True, select_on_focus=True)
        super().__init__(place, field.title or str(place[-1]), field.description or "", editor)

    def show_value(self, value: Any) -> None:
        """Show a value; one that is not in the document is the default."""
        if value is None and not self._field.is_required():
            value = self._field.default
        with self.prevent(Input.Changed, Checkbox.Changed):
            match self.editor:
                case Checkbox() as tick:
                    tick.value = value is True
                case Choice() as select:
                    select.show(value)
                case Input() as line:
                    # Never under a typist's hands: what the document has may be a few letters behind.
                    if not line.has_focus:
                        line.value = _text(value)

    @on(Checkbox.Changed)
    def _ticked(self, event: Checkbox.Changed) -> None:
        event.stop()
        self.post_message(Edited(self.place, event.value))

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if isinstance(self.editor, Choice) and event.value != self.editor.shown:
            self.post_message(Edited(self.place, event.value))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(Edited(self.place, self._parsed(event.value), typing=True))

    def _parsed(self, text: str) -> Any:
        """Read what was typed; what makes no sense stays text, and the spec says what is wrong with it."""
        text = text.strip()
        if self._field.annotation is str:
            return text
        if not text and self._field.default is None:
            return None
        if AXES.fullmatch(text) and "tuple" in str(self._field.annotation):
            return [int(axis) for axis in re.findall(r"[0-9]+", text)]
        return parse_value(text) if text else ""


class KindRow(Row):
    """The choice among the members of a family."""

    def __init__(self, section: Section) -> None:
        assert section.family is not None  # noqa: S101 - the form makes this row only then
        self._members = section.family.members
        choices = [(member.__name__, name) for name, member in self._members.items()]
        self._select = Choice(choices)
        self._default = section.spec.type_name  # type: ignore[attr-defined]
        title = section.family.family
        super().__init__((*section.place, TYPE), title, f"the kind of {title}", self._select)

    def show_value(self, value: Any) -> None:
        """Show which member it is; the default one where the document says nothing, none where it says nonsense."""
        self._select.show(self._default if value is None else value)

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value != self._select.shown:
            self.post_message(KindChosen(self.place[:-1], str(event.value)))


def _choices(annotation: Any) -> tuple[str, ...]:
    """Return the texts that a knob can have, where it can have nothing else."""
    return typing.get_args(annotation) if typing.get_origin(annotation) is Literal else ()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple) and all(isinstance(axis, int) for axis in value):
        return show_shape(tuple(value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
