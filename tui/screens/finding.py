"""Which runs the list shows, in which order, which of them are marked, and whose curves are drawn.

A part of the Runs screen, as `tui.screens.shelving` and `tui.screens.taking` are.
"""

from __future__ import annotations

from textual import on
from textual.content import Content
from textual.widgets import Static

from engine.runs.library import Overview
from engine.runs.query import Query
from tui.content.marks import Marks
from tui.content.run_table import Order, Row
from tui.screens.place import Place
from tui.widgets.overlay import Overlay, Shown
from tui.widgets.query_line import QueryLine
from tui.widgets.run_list import RunList
from tui.words.keys import with_keys

READING = "reading the runs …"
NO_RUNS = (
    "No runs yet. [t](#app.train) trains the experiment that you edit (places [1](#go.data), [2](#go.model) and "
    "[3](#go.compile)); its run then stands here, and stays."
)
NO_MATCH = "No run fulfils the filter. [esc](#runs.reset) shows all again."
VIEWS: tuple[Shown | None, ...] = (None, "accuracy", "loss")
"""What stands below the list, one after the other: the words about the run under the cursor, or curves."""


class Finding(Place):
    """Filters, orders, marks and draws the rows that were read."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._looked_once = False
        self._query = Query()
        self._order = Order()
        self._marks = Marks()
        self._view: Shown | None = None

    @property
    def _row(self) -> Row | None:
        lists = self.query(RunList)  # none before the screen is composed, when its keys are already asked for
        return lists.first().row if lists else None

    @property
    def here(self) -> Overview | None:
        return self._row.overview if self._row else None

    @property
    def chosen(self) -> tuple[Overview, ...]:
        marked = {row.run: row.overview for row in self._rows}
        runs = tuple(marked[run] for run in self._marks.runs if run in marked)
        return runs or ((self.here,) if self.here else ())

    @property
    def nothing(self) -> str:
        """Why the list shows no run, where it does not."""
        if not self._looked_once:
            return READING
        return with_keys(NO_MATCH if self._rows else NO_RUNS, self.playground.key)

    def _show(self) -> None:
        """Show the rows that fulfil the filter, in their order."""
        rows = self._order.of(row for row in self._rows if row.known.matches(self._query))
        self._say("#none", Content(self.nothing))
        self.query_one(RunList).show(rows, self._order, self._marks)
        self.set_class(not rows, "-nothing")
        self._entitle("#all", self._title(len(rows)))
        if rows and self.focused is None:
            self.call_later(self.query_one(RunList).focus)  # it cannot be, as long as it is not to be seen

    def _title(self, shown: int) -> str:
        """Say how many runs there are, how many of them are shown and why, and how many wait or are marked."""
        if not self._rows:
            return "runs"
        count = f"{len(self._rows):,} run{'s' * (len(self._rows) != 1)}"
        parts = [f"{shown:,} of {count}", self._query.text] if self._query.tests else [count]
        queued = self.playground.snapshot.queued
        parts += [f"{queued} queued"] * bool(queued) + [f"{len(self._marks.runs)} marked"] * bool(self._marks.runs)
        return " · ".join(parts)

    def _entitle(self, panel: str, title: str) -> None:
        title = Content(title).markup
        if self.query_one(panel).border_title != title:  # an equal title would still send bytes
            self.query_one(panel).border_title = title

    def _say(self, name: str, content: Content) -> None:
        words = self.query_one(name, Static)
        if words.content != content:  # as above
            words.update(content)

    def action_filter(self) -> None:
        """Type what the runs that are shown shall fulfil."""
        self.query_one(QueryLine).open()
        self.add_class("-finding")

    @on(QueryLine.Asked)
    def _asked(self, event: QueryLine.Asked) -> None:
        if event.query.text != self._query.text:
            self._query = event.query
            self._show()

    @on(QueryLine.Closed)
    def _query_closed(self) -> None:
        self.remove_class("-finding")
        self.set_focus(self.query_one(RunList) if self._row is not None else None)

    def action_reset(self) -> None:
        """Take the filter away; where there is none, the marks."""
        if self._query.tests:
            self.query_one(QueryLine).action_clear()
        else:
            self._mark(Marks())

    def action_order(self) -> None:
        """Order the list by the next column."""
        self._order_by(self._order.next)

    def action_turn(self) -> None:
        """Turn the order round."""
        self._order_by(self._order.other_way)

    @on(RunList.Headed)
    def _headed(self, event: RunList.Headed) -> None:
        self._order_by(self._order.chosen(event.column))

    def _order_by(self, order: Order) -> None:
        self._order = order
        self._show()

    @on(RunList.Marked)
    def action_mark(self) -> None:
        """Mark the run under the cursor, or not any more."""
        if self._row is not None:
            self._mark(self._marks.toggled(self._row.run))

    def action_mark_all(self) -> None:
        """Mark all runs that are shown; where they are, none."""
        shown = {row.run: None for row in self.query_one(RunList).rows}
        marked = set(self._marks.runs)
        all_are = marked >= shown.keys()
        self._mark(self._marks.among(marked - shown.keys()) if all_are else self._marks.with_all(shown))

    def _mark(self, marks: Marks) -> None:
        first = bool(marks.runs) and not self._marks.runs
        self._marks = marks
        self._show()
        if first and self._view is None:
            self._turn_to("accuracy")
        self._draw()

    def action_view(self) -> None:
        """Show curves below the list, of the accuracy, then of the loss; then words again."""
        self._turn_to(VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)])
        self._draw()

    def _turn_to(self, view: Shown | None) -> None:
        self._view = view
        self.set_class(view is not None, "-curves")
        self.refresh_bindings()

    def _draw(self) -> None:
        """Draw the marked runs, or else the one under the cursor."""
        if self._view is not None:
            runs = [run for run, line in self._marks.lines if line is not None]
            self.query_one(Overlay).draw(self._view, runs or [row.run for row in (self._row,) if row], self._marks)
