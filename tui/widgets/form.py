"""A form made from a spec: each knob's editor, label, help and error come from its one declaration.

The form shows a document, which may be wrong, and posts what a person changes; it never changes anything itself.
A knob that is itself a spec brings its own knobs: a kind as a choice, followed by the knobs of what is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive

from engine.spec.knob import TYPE, Kind, Spec, is_advanced, knobs, spec_of
from engine.spec.problem import Place, Problem
from tui.widgets.editors import KindRow, KnobRow, Row, SwitchRow
from tui.widgets.latest import Latest


@dataclass(frozen=True)
class Section:
    """A part of the document that is edited by one spec.

    Attributes:
        place: where it stands in the document.
        spec: the class that declares its knobs.
        values: what the document has there.
        only: the knobs that are shown; None for all.
    """

    place: Place
    spec: type[Spec]
    values: Mapping[str, Any]
    only: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Line:
    """One row of the form: which knob of which spec stands where. Equal lines keep their row, so typing goes on.

    Attributes:
        depth: how many choices it is inside of.
        advanced: it, or what it is inside of, stands behind all others.
    """

    place: Place
    spec: type[Spec]
    name: str
    depth: int
    advanced: bool


@dataclass(frozen=True)
class Shown:
    """What a row shows.

    Attributes:
        value: of the document, or the default.
        implied: the kind that the document leaves to the default, and that this is a knob of.
    """

    value: Any
    implied: Kind | None = None


@dataclass(frozen=True)
class Content:
    """What a form shows: its lines with their values, and what is wrong at a place."""

    lines: Mapping[Line, Shown]
    wrong: Mapping[Place, str]


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Editors for some sections, one knob a line. The arrows go from knob to knob, and it scrolls along."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next knob", id="form.tab", tooltip="The next knob"),
    ]
    DEFAULT_CSS = """
    Form { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    Form Row { height: auto; }
    Form Row > Horizontal { height: 1; }
    Form Row.-long > Horizontal { layout: vertical; height: 2; }
    Form Row.-long Input, Form Row.-long Select { margin-left: 2; }
    Form SelectOverlay { width: auto; min-width: 100%; max-width: 40; constrain: inside inside; }
    Form SelectOverlay > .option-list--option { padding: 0 1 !important; }
    Form .title { width: 16; color: $secondary; }
    Form Row:focus-within .title { color: $foreground; text-style: bold; }
    Form Input, Form Select { width: 1fr; max-width: 40; }
    Form Checkbox { padding: 0; background: $surface; }
    Form .wrong { color: $error; display: none; height: auto; }
    Form Row.-wrong .wrong { display: block; }
    """

    # Who has another number of lines needs no second layout for it, as Textual has it; a scroll bar asks for its own.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False, repaint=False)

    class Rebuilt(Message):
        """Other rows stand in it now."""

    def __init__(self) -> None:
        super().__init__()
        self._rebuilding = Latest(self, self._rebuild)

    def show(self, sections: Sequence[Section], problems: Sequence[Problem]) -> None:
        """Show these values and problems; editors that stand already are kept, so typing is never interrupted.

        Where the same rows are needed, it is done when this returns; else `stands` tells when it is.
        """
        found = (
            each
            for section in sections
            for each in outline(section.place, section.spec, section.values, only=section.only)
        )
        lines = dict(sorted(found, key=lambda each: each[0].advanced))
        content = Content(lines, {problem.place: problem.message for problem in problems})
        if not self._rebuilding.busy and tuple(lines) == self._outline:
            self._fill(content)
        else:
            self._rebuilding.want(content)

    @property
    def busy(self) -> bool:
        """Its rows are being made anew: those that stand may be of what was before."""
        return self._rebuilding.busy

    async def stands(self) -> None:
        """Wait until it shows what it was last asked to."""
        await self._rebuilding.stands()

    @property
    def rows(self) -> list[Row]:
        """The rows that stand in it."""
        return [row for row in self.children if isinstance(row, Row)]

    @property
    def _outline(self) -> tuple[object, ...]:
        return tuple(row.line for row in self.rows)

    async def _rebuild(self, content: Content) -> None:
        if tuple(content.lines) != self._outline:
            here = next((row.place for row in self.rows if row.has_focus_within), None)
            with self.app.batch_update():
                await self.remove_children()
                await self.mount_all(_row(line) for line in content.lines)
            for row in self.rows:
                if row.place == here:  # another optimizer makes other rows; the person stays where they were
                    self.screen.set_focus(row.editor)
        self._fill(content)
        self.post_message(self.Rebuilt())

    def _fill(self, content: Content) -> None:
        """Show values and problems in the rows that stand."""
        wrong = content.wrong
        for row, shown in zip(self.rows, content.lines.values(), strict=True):
            if isinstance(row, KnobRow):
                row.implied = shown.implied
            # What is wrong with a kind as a whole stands at the choice of the kind.
            place = row.place[:-1] if isinstance(row, KindRow) else row.place
            row.show(shown.value, wrong.get(row.place) or wrong.get(place, ""))

    def on_resize(self) -> None:
        """Keep the cursor in view: what explains a knob below the form may take some of its lines."""
        for row in self.rows:
            if row.has_focus_within:
                self.scroll_to_widget(row, animate=False)

    def focus_at(self, place: Place) -> None:
        """Go to the editor of a place, or of what it is a part of, where there is one."""
        for row in self.rows:
            if place[: len(row.place)] == row.place or row.place[: len(place)] == place:
                self.screen.set_focus(row.editor)
                return

    def focus_first(self) -> None:
        """Go to the first editor."""
        for row in self.rows:
            self.screen.set_focus(row.editor)  # at once, unlike focus(): the next key may be on its way
            return


def outline(
    place: Place,
    spec: type[Spec],
    values: Mapping[str, Any],
    implied: Spec | None = None,
    depth: int = 0,
    advanced: bool = False,
    only: tuple[str, ...] | None = None,
) -> Iterator[tuple[Line, Shown]]:
    """Yield the lines of a spec's knobs.

    Args:
        place: where the spec stands.
        spec: it declares them.
        values: what the document has there.
        implied: the default that holds there, where the document has nothing.
        depth: how many choices it is inside of.
        advanced: what it is inside of is.
        only: the knobs that are shown; None for all.
    """
    for name, field in knobs(spec).items():
        if only is not None and name not in only:
            continue
        default = getattr(implied, name) if implied is not None else None if field.is_required() else field.default
        given, behind = values.get(name), advanced or is_advanced(field)
        # What moves behind all others leaves the spec that it is inside of.
        level = 0 if behind and not advanced else depth
        line = Line((*place, name), spec, name, level, behind)
        inner, optional = spec_of(field.annotation)
        if inner is None:
            kind = implied if isinstance(implied, Kind) else None
            yield line, Shown(default if given is None else given, kind)
            continue
        table = given if isinstance(given, Mapping) else {}
        present = default if given is None else None
        if issubclass(inner, Kind):
            chosen = table.get(TYPE, given if given is not None else present.type_name if present else None)
            yield line, Shown(chosen if isinstance(chosen, str | None) else str(chosen))
            inner = inner.members.get(str(chosen))
        elif optional:
            yield line, Shown(given)
            inner = inner if given is not None else None
        if inner is not None:
            deeper = level + (optional or issubclass(inner, Kind))
            yield from outline((*place, name), inner, table, present, deeper, behind)


def _row(line: Line) -> Row:
    field = line.spec.model_fields[line.name]
    title = "  " * line.depth + (field.title or line.name)
    inner, optional = spec_of(field.annotation)
    row: Row
    if inner is None:
        row = KnobRow(line.place, title, field)
    elif issubclass(inner, Kind):
        row = KindRow(line.place, title, field, inner, optional=optional)
    else:
        row = SwitchRow(line.place, title, field)
    row.line = line
    return row
