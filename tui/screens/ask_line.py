"""A question for one line of text: a name, a note. What is wrong with it is said while one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class AskLine(ModalScreen[str | None]):
    """Ends with what was typed, or None."""

    CSS_PATH = "ask_line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="line.back", tooltip="Change nothing"),
        Binding("enter", "take", "take", priority=True, id="line.take", tooltip="Take what is typed"),
    ]

    def __init__(self, title: str, text: str, explain: str, problem: Callable[[str], str] = lambda _: "") -> None:
        """Take what to ask.

        Args:
            title: what is asked for.
            text: what stands there to begin with.
            explain: a sentence about it.
            problem: says what is wrong with a text; empty where nothing is.
        """
        super().__init__()
        self._title = title
        self._text = text
        self._explain = explain
        self._problem = problem

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title).markup
            yield Input(self._text, compact=True, select_on_focus=True)
            yield Static(self._explain, id="explain", markup=False)
            keys = "[bold $accent]enter[/] [@click=screen.take]take it[/]   [bold $accent]esc[/] "
            line = Static(f"{keys}[@click=screen.dismiss(None)]back[/]", id="keys")
            line.auto_links = False
            yield line

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.strip()

    @on(Input.Changed)
    def _say(self) -> None:
        problem = self._problem(self._typed)
        explain = self.query_one("#explain", Static)
        explain.set_class(bool(problem), "-wrong")
        explain.update(f"✗ {problem}" if problem else self._explain)

    def action_take(self) -> None:
        """End with what is typed; stay where it cannot be."""
        if not self._problem(self._typed):
            self.dismiss(self._typed)
