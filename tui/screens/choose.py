"""A list to choose from: type to search, enter takes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.shown import visible
from tui.screens.modal import Modal

Answer = TypeVar("Answer")
LONGEST_NAME = 30
"""Cells of a name in the list; a longer one pushes its own words aside."""
NARROWEST = 16
"""Words get at least so many cells, also before the list has its size."""


@dataclass(frozen=True)
class Candidate:
    """One row of the list.

    Attributes:
        key: what it is told apart by.
        name: what is searched first.
        words: what it is, in a line; searched, too.
        also: other words that find it.
    """

    key: str
    name: str
    words: str
    also: str = ""


class Choose(Modal[Answer | None]):
    """Ends with an answer that subclasses make of the chosen row, or None."""

    CSS_PATH = "choose.tcss"
    ABOUT = (
        "Type a part of a name, or of what stands beside it: the list shows what fits, names first. "
        "[↑](#choose.up) [↓](#choose.down) or a click choose a row."
    )
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall"), (36, "-high")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="choose.cancel", tooltip="Choose nothing"),
        Binding("enter", "take_here", show=False, priority=True, id="choose.take", tooltip="Take this row"),
        Binding("up", "move(-1)", show=False, priority=True, id="choose.up", tooltip="The row above"),
        Binding("down", "move(1)", show=False, priority=True, id="choose.down", tooltip="The row below"),
    ]

    def __init__(self, title: str, verb: str, nothing: str, hint: str = "type to search") -> None:
        """Take the words.

        Args:
            title: of the box.
            verb: what enter does.
            nothing: what is said where no row fits the search.
            hint: stands in the empty search line.
        """
        super().__init__()
        self._title = title
        self._verb = verb
        self._nothing = nothing
        self._hint = hint
        self._offered: list[Candidate] = []

    def candidates(self, search: str) -> Sequence[Candidate]:
        """Return the rows, those that fit best first."""
        raise NotImplementedError

    def line(self, hint: str) -> Input:
        """Return the line that is typed in."""
        return Input(placeholder=hint, compact=True)

    def take(self, key: str) -> None:
        """End with what was chosen, or stay and say why not."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = self._title
            yield self.line(self._hint)
            yield OptionList(compact=True)
            yield Static(id="wrong", markup=False)
            offers = (("choose.up choose.down", "choose"), ("choose.take", self._verb), ("choose.cancel", "cancel"))
            yield self.key_line(*offers)

    def on_mount(self) -> None:
        """Show all."""
        self.fill()

    def on_resize(self) -> None:
        """Lay the rows out anew."""
        self.call_after_refresh(self.fill)

    @on(Input.Changed)
    def _search(self) -> None:
        self.say("")
        self.query_one(OptionList).highlighted = 0  # the best fit, whatever the cursor was at
        self.fill()

    def action_take_here(self) -> None:
        """End with the row under the cursor."""
        if self.here is not None:
            self.take(self.here.key)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.take(self._offered[event.option_index].key)

    @property
    def here(self) -> Candidate | None:
        """The row under the cursor."""
        at = self.query_one(OptionList).highlighted
        return self._offered[at] if at is not None and self._offered else None

    def details(self, candidate: Candidate) -> str:
        """Return more about a row than its line says."""
        return candidate.words

    def about(self) -> Content:
        """Explain the row under the cursor, too."""
        here = self.here
        if here is None:
            return super().about()
        row = Content.assemble(Content.styled(visible(here.name), "bold $accent"), "\n", visible(self.details(here)))
        return Content("\n\n").join([super().about(), row])

    def action_move(self, by: int) -> None:
        """Move the cursor of the list while the search has the focus."""
        options = self.query_one(OptionList)
        if by < 0:
            options.action_cursor_up()
        else:
            options.action_cursor_down()

    def say(self, wrong: str) -> None:
        """Say why what was chosen cannot be taken; an empty text takes that back."""
        self.query_one("#wrong", Static).update(f"✗ {wrong}" if wrong else "")

    def fill(self) -> None:
        """Show the rows that fit what is typed; the cursor stays on its row, as long as that is there."""
        options = self.query_one(OptionList)
        at = self._offered[options.highlighted].key if options.highlighted and self._offered else None
        self._offered = list(self.candidates(self.query_one(Input).value))
        column = min(max((len(each.name) for each in self._offered), default=0), LONGEST_NAME) + 2
        room = max(options.size.width - column - 2, NARROWEST)  # 2: where a scroll bar may stand
        options.clear_options()
        options.add_options(Option(_prompt(each, column, room), id=each.key) for each in self._offered)
        if options.option_count:
            options.highlighted = next((index for index, each in enumerate(self._offered) if each.key == at), 0)
        else:
            options.add_option(Option(self._nothing, disabled=True))


def _prompt(candidate: Candidate, column: int, room: int) -> Content:
    """Lay out a row: the name, and the words beside it, in as many lines as they need."""
    lines = textwrap.wrap(visible(candidate.words), room) or [""]
    words = f"\n{' ' * column}".join(lines)
    name = f"{visible(candidate.name):<{column}}"
    return Content.assemble(Content.styled(name, "bold"), Content.styled(words, "$secondary"))


def fitting(candidates: Sequence[Candidate], search: str) -> list[Candidate]:
    """Return those that have all words of a search: first those that have them in their names."""
    words = search.lower().split()
    by_name = [each for each in candidates if all(word in f"{each.name} {each.key}".lower() for word in words)]
    by_text = [
        each
        for each in candidates
        if each not in by_name and all(word in f"{each.name} {each.words} {each.also}".lower() for word in words)
    ]
    return [*by_name, *by_text]
