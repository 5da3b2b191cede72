"""The line that a filter is typed in: what is wrong with it is said below while one types."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from engine.runs.query import Query, QueryError, parse

SAMPLES = "words in name or note · acc>0.88 epochs>=5 state:done · any knob: optimizer:adam units:128"


class QueryLine(Vertical):
    """A filter, hidden until it is asked for."""

    DEFAULT_CSS = """
    QueryLine { height: auto; display: none; }
    QueryLine Input { background: $panel; }
    QueryLine Static { color: $secondary; padding: 0 1; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    QueryLine Static.-wrong { color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", "to the runs", priority=True, id="filter.done", tooltip="Back to the list"),
        Binding("down", "close", show=False, priority=True, id="filter.down", tooltip="Back to the list"),
        Binding("escape", "clear", "clear", priority=True, id="filter.clear", tooltip="Show all runs"),
    ]

    class Asked(Message):
        """Another query was typed, and can be understood."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class Closed(Message):
        """The person wants to go back to the list."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="filter", compact=True, select_on_focus=False)
        yield Static(SAMPLES, markup=False)

    def open(self) -> None:
        """Show the line, and type in it."""
        self.display = True
        self.screen.set_focus(self.query_one(Input))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        line = self.query_one(Static)
        try:
            query = parse(event.value)
            wrong = ""
        except QueryError as error:
            query, wrong = error.rest, f"✗ {error}"
        line.update(wrong or SAMPLES)
        line.set_class(bool(wrong), "-wrong")
        self.post_message(self.Asked(query))

    def action_close(self) -> None:
        """Go back to the list; what is typed holds."""
        self.display = bool(self.query_one(Static).has_class("-wrong"))
        self.post_message(self.Closed())

    def action_clear(self) -> None:
        """Show all runs, and go back to the list."""
        self.query_one(Input).value = ""
        self.display = False
        self.post_message(self.Closed())
