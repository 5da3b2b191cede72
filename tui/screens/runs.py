"""Runs: all runs of this home, how each is and how good; found by a filter, laid beside each other, kept or not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from engine.runs import keeping
from engine.runs.directory import RunDirectory
from engine.runs.library import Condition
from engine.runs.shelf import Known, Shelf
from tui.content.run_table import rows_of
from tui.content.trouble import with_trouble
from tui.screens.finding import Finding
from tui.screens.taking import Taking
from tui.widgets.overlay import Overlay
from tui.widgets.query_line import QueryLine
from tui.widgets.run_list import RunList
from tui.words.run_about import about, offers
from tui.words.why_not import not_yet, of_run

LOOK_SECONDS = 2.0
"""While this place is in front, the runs are looked at so often."""
TALL = 35
"""In so many lines there is room for curves from the first."""
OF_A_RUN = ("open", "fork", "resume", "stop", "first", "rename", "remove")
"""Actions that make sense for some runs only."""
OF_ANY_RUN = ("mark", "mark_all", "diff", "clone", "note", "export", "order", "turn", "view")
"""Those for which there only has to be one."""


class RunsScreen(Finding, Taking):
    """Choose a run: open it, fork it, resume it, stop it; compare it with others; keep it, or not."""

    MODE = "runs"
    CSS_PATH = ["place.tcss", "runs.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", id="runs.mark", tooltip="Mark the run, to draw it, compare it or delete it"),
        Binding(
            "slash", "filter", "filter", key_display="/", id="runs.filter", tooltip="Show only some: acc>0.88 adam"
        ),
        Binding(
            "equals_sign", "diff", "diff", key_display="=", id="runs.diff", tooltip="What differs between the marked"
        ),
        Binding("enter", "open", "open", id="runs.open", tooltip="Show its curves in place 4"),
        Binding("f", "fork", "fork", id="runs.fork", tooltip="A new run that goes on from one of its epochs"),
        Binding("r", "resume", "resume", id="runs.resume", tooltip="Train on from where its state was saved, or begin"),
        Binding("s", "stop", "stop", id="runs.stop", tooltip="Save its state and end it; or take it out of the queue"),
        Binding("v", "view", "curves", id="runs.view", tooltip="Below the list: words, accuracy curves, loss curves"),
        Binding(
            "z",
            "zoom_y",
            "zoom y",
            id="runs.zoom_y",
            tooltip="Fit the y axis of the curves to the lines, or show it from 0 again",
        ),
        Binding("x", "export", "export", id="runs.export", tooltip="Write it as a Keras script, or as a notebook"),
        Binding("o", "order", "order", id="runs.order", tooltip="Order the list by the next column"),
        Binding("O", "turn", show=False, id="runs.turn_order", tooltip="Turn the order of the list round"),
        Binding("y", "clone", "clone", id="runs.clone", tooltip="Edit a copy of what it was asked, in 1-3"),
        Binding("n", "note", "note", id="runs.note", tooltip="Note a line of text about it"),
        Binding("e", "rename", "rename", id="runs.rename", tooltip="Give it another name"),
        Binding(
            "backspace,delete",
            "remove",
            "delete",
            id="runs.delete",
            tooltip="Delete it, or all marked",
        ),
        Binding("a", "mark_all", show=False, id="runs.mark_all", tooltip="Mark all that the list shows, or none"),
        Binding(
            "m", "first", show=False, id="runs.first_in_queue", tooltip="Have it begin before the others that wait"
        ),
        Binding("escape", "reset", show=False, id="runs.reset", tooltip="Show all runs again; then, unmark them"),
    ]

    class Looked(Message):
        """All runs were looked at; ``read``: and what was asked of them."""

        def __init__(self, known: list[Known], *, read: bool) -> None:
            super().__init__()
            self.known = known
            self.read = read

    def __init__(self) -> None:
        super().__init__()
        self._shelf = Shelf()
        self._looking = False
        self._about: RunDirectory | None = None
        self._offered: set[str] = set()

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(id="left"):
                with Vertical(classes="panel", id="all") as panel:
                    panel.border_title = "runs"
                    yield QueryLine()
                    yield RunList()
                    yield Static(self.nothing, id="none", markup=False)
                yield Overlay()
            with VerticalScroll(classes="panel", id="about"):
                yield Static(id="words")

    def on_mount(self) -> None:
        if self.size.height >= TALL:
            self._turn_to("accuracy")
        self._show()
        self._timer = self.set_interval(LOOK_SECONDS, self.look, pause=True)

    def on_screen_resume(self) -> None:
        if self.focused is None:
            self.set_focus(self.query_one(RunList))
        self._timer.reset()
        self._timer.resume()
        self.look()

    def on_screen_suspend(self) -> None:
        """Look at nothing while nobody sees it."""
        self._timer.pause()

    # Looking at the runs

    def look(self) -> None:
        if not self._looking:  # a slow disk must not gather threads
            self._looking = True
            self._read_all()

    @work(thread=True)
    def _read_all(self) -> None:
        seen = [with_trouble(each) for each in self._shelf.look()]
        if self._shelf.unread(seen):  # the list need not wait for all experiments
            self.post_message(self.Looked(self._shelf.remembered(seen), read=False))
        self.post_message(self.Looked(self._shelf.read(seen), read=True))

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        self._looking = not event.read
        if self._seen:
            self._looked_once = True
            status = self.playground.snapshot.status
            self._rows = rows_of(event.known, time.time(), status.queue if status else ())
            self._marks = self._marks.among({row.run for row in self._rows} | self.renaming)
            self._show()
            self._draw()

    @on(RunList.Shown)
    def _looked_at(self) -> None:
        row = self._row
        if row is None or row.run != self._about:
            self._about = row.run if row else None
            self.query_one("#about").scroll_home(animate=False)
            self._draw()
        self._entitle("#about", row.run.name if row else "")
        self._say("#words", about(row, self.playground.key) if row else Content(""))
        offered = offers(row, self.playground.key) if row else set()
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def moved(self, before: RunDirectory, after: RunDirectory | None) -> None:
        self._marks = (
            self._marks.renamed(before, after) if after else self._marks.among(set(self._marks.runs) - {before})
        )

    def forks_of(self, run: RunDirectory) -> list[str]:
        return keeping.forks_of(run, (row.overview for row in self._rows))

    # What can be done with a run

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        row = self._row
        match action:
            case "zoom_y":
                return self._view is not None
            case "remove":
                return bool(self.chosen) if row is not None else False
            case _ if action in OF_A_RUN:
                return row is not None and action in offers(row, self.playground.key)
            case _ if action in OF_ANY_RUN:
                return row is not None
            case "filter":
                return bool(self._rows) and not isinstance(self.focused, Input)
        return True

    def why_not(self, action: str) -> str:
        row = self._row
        if row is None:
            return self.nothing if action in (*OF_A_RUN, *OF_ANY_RUN, "filter", "zoom_y") else ""
        if action == "zoom_y":
            return f"No curves are shown of {row.run.name}: {self.playground.key('runs.view')} shows them."
        return of_run(row.overview, self.playground.key, row.turn).get(action, "")

    @on(RunList.Wanted)
    async def _wanted(self) -> None:
        await self.run_action("open")

    def action_zoom_y(self) -> None:
        """Fit the y axis of the curves to the lines, or show all of it again."""
        self.query_one(Overlay).zoom_y()

    def action_open(self) -> None:
        """Show the run on Train."""
        self._do(self.playground.open_run)

    def action_fork(self) -> None:
        """Begin a new run where this one was."""
        self._do(self.playground.fork_run)

    def action_resume(self) -> None:
        """Train on, or begin."""
        self._do(self.playground.resume_run)

    def action_stop(self) -> None:
        """Save the run's state and end it, or take it out of the queue."""
        if self.here is not None and self.here.condition is Condition.WAITING:
            self.playground.explain(not_yet("ends"))
        self._do(self.playground.stop_run)

    def action_first(self) -> None:
        """Have the run begin before the others that wait."""
        self._do(lambda run: self.playground.command("first", run))

    def _do(self, action: Callable[[RunDirectory], None]) -> None:
        if self._row is not None:
            action(self._row.run)
