"""Runs: all runs of this home, how each is and how good, and what can be done with the one under the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets import Static

from engine.runs.directory import RunDirectory
from engine.runs.library import Condition, Library, Overview
from engine.runs.lock import Whereabouts
from engine.shown import visible
from tui.run_words import SIGNS, why
from tui.screens.place import Place
from tui.widgets.run_list import CHANGED, COLOURS, EPOCHS, PARAMETERS, TIME, Row, RunList

LOOK_SECONDS = 2.0
"""While this place is in front, the runs are looked at so often."""
NO_RUNS = "No runs yet. t trains the experiment that you edit (places 1 to 3); its run then stands here, and stays."


class RunsScreen(Place):
    """Choose a run: open it, fork it, resume it, stop it."""

    MODE = "runs"
    CSS_PATH = ["place.tcss", "runs.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="runs.open", tooltip="Show its curves in place 4"),
        Binding("f", "fork", "fork", id="runs.fork", tooltip="A new run that goes on from one of its epochs"),
        Binding("r", "resume", "resume", id="runs.resume", tooltip="Train on from where its state was saved"),
        Binding("s", "stop", "stop", id="runs.stop", tooltip="Save its state and end it"),
    ]

    class Looked(Message):
        """All runs were looked at."""

        def __init__(self, rows: tuple[Row, ...]) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self) -> None:
        super().__init__()
        self._library = Library()
        self._looking = False
        self._about: RunDirectory | None = None
        self._offered: set[str] = set()

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(classes="panel", id="all") as panel:
                panel.border_title = "runs"
                yield RunList()
                yield Static("reading the runs …", id="none", markup=False)
            with VerticalScroll(classes="panel", id="about"):
                yield Static(id="words")

    def on_mount(self) -> None:
        super().on_mount()
        self._show(())
        self._timer = self.set_interval(LOOK_SECONDS, self._look, pause=True)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.focused is None:
            self.query_one(RunList).focus()
        self._timer.reset()
        self._timer.resume()
        self._look()

    def on_screen_suspend(self) -> None:
        """Look at nothing while nobody sees it."""
        self._timer.pause()

    def _look(self) -> None:
        if not self._looking:  # a slow disk must not gather threads
            self._looking = True
            self._read()

    @work(thread=True)
    def _read(self) -> None:
        self.post_message(self.Looked(in_order(self._library.look(), time.time())))

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        self._looking = False
        if self._seen:
            if not event.rows:
                self._say("#none", Content(NO_RUNS))
            self._show(event.rows)

    def _show(self, rows: tuple[Row, ...]) -> None:
        self.query_one(RunList).show(rows)
        for name, seen in (("RunList", bool(rows)), ("#none", not rows), ("#about", bool(rows))):
            if self.query_one(name).display != seen:  # what is set anew is laid out anew, and sends bytes
                self.query_one(name).display = seen
        self._entitle("#all", f"{len(rows):,} run{'s' * (len(rows) != 1)}" if rows else "runs")
        if rows and self.focused is None:
            self.query_one(RunList).focus()  # it could not be, as long as it was not to be seen

    def _entitle(self, panel: str, title: str) -> None:
        title = Content(title).markup
        if self.query_one(panel).border_title != title:  # an equal title would still send bytes
            self.query_one(panel).border_title = title

    def _say(self, name: str, content: Content) -> None:
        words = self.query_one(name, Static)
        if words.content != content:  # as above
            words.update(content)

    @on(RunList.Shown)
    def _looked_at(self) -> None:
        row = self._row
        if row is None or row.run != self._about:
            self._about = row.run if row else None
            self.query_one("#about").scroll_home(animate=False)
        self._entitle("#about", row.run.name if row else "")
        self._say("#words", about(row) if row else Content(""))
        offered = offers(row.overview) if row else set()
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    @property
    def _row(self) -> Row | None:
        lists = self.query(RunList)  # none before the screen is composed, when its keys are already asked for
        return lists.first().row if lists else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("open", "fork", "resume", "stop"):
            return self._row is not None and action in offers(self._row.overview)
        return True

    def on_key(self, event: Key) -> None:
        """Keep ``r`` from being the app's redo, of an edit that is not seen here, where no run is to be resumed."""
        if event.key == "r" and not self.check_action("resume", ()):
            event.stop()

    @on(RunList.Wanted)
    async def _wanted(self) -> None:
        await self.run_action("open")

    def action_open(self) -> None:
        """Show the run on Train."""
        self._do(self.playground.open_run)

    def action_fork(self) -> None:
        """Begin a new run where this one was."""
        self._do(self.playground.fork_run)

    def action_resume(self) -> None:
        """Train on."""
        self._do(self.playground.resume_run)

    def action_stop(self) -> None:
        """Save the run's state and end it."""
        self._do(self.playground.stop_run)

    def _do(self, action: Callable[[RunDirectory], None]) -> None:
        if self._row is not None:
            action(self._row.run)


def in_order(overviews: Iterable[Overview], now: float) -> tuple[Row, ...]:
    """Return the runs as rows: first those that are in progress, the last to begin first; then as they changed last.

    Two runs that train at once change all the time: by that, they would change places all the time.
    """

    def newest(overview: Overview) -> tuple[bool, float, str]:
        live = overview.condition.live
        return live, overview.began if live else overview.changed, overview.run.name

    return tuple(Row.of(each, now) for each in sorted(overviews, key=newest, reverse=True))


def offers(overview: Overview) -> set[str]:
    """Return the actions that make sense for a run."""
    condition = overview.condition
    sensible = {
        "open": condition is not Condition.EMPTY,
        "fork": overview.history.epoch is not None,
        "resume": condition.resumable,
        "stop": condition.live and overview.where is Whereabouts.HERE,
    }
    return {action for action, yes in sensible.items() if yes}


def about(row: Row) -> Content:
    """Say how a run is and why, where it comes from, and what can be done with it now."""
    overview = row.overview
    condition = overview.condition
    how = f"{SIGNS[condition]} {condition.value}: {why(overview).rstrip('.')}.{_best(overview)}"
    lines = [Content.styled(how, COLOURS.get(condition, ""))]
    lines += [Content(text) for text in (_origin(overview), _what_now(overview)) if text]
    lines.append(Content.styled(_facts(row), "$secondary"))
    return Content("\n").join(lines)


def _best(overview: Overview) -> str:
    best = overview.history.best
    return "" if best is None or best.accuracy is None else f" Best: {best.accuracy:.4f} after epoch {best.epoch}."


def _origin(overview: Overview) -> str:
    """Say which run it was forked from, and what else is worth knowing of how it began."""
    started = overview.history.started
    if started is None:
        return ""
    parent = [f"A fork of {started.parent}"] if started.parent else []
    return " ".join(f"{text.rstrip('.')}." for text in (*parent, *started.notes))


def _what_now(overview: Overview) -> str:
    sensible = offers(overview)
    words = {
        "open": "enter watches it" if overview.condition.live else "enter shows its curves",
        "resume": "r trains on from where its state was saved",
        "stop": "s saves its state and ends it",
        "fork": "f forks it: a new run from one of its epochs",
    }
    now = "; ".join(text for action, text in words.items() if action in sensible)
    if overview.condition is Condition.EMPTY:
        now = f"Its folder can be removed: {visible(str(overview.run.path))}"
    elif overview.host and overview.condition.live:
        lock = visible(str(overview.run.lock))
        now += f". Only {overview.host} can stop it; if it does not train it any more, remove {lock}"
    return f"{now}." if now else ""


def _facts(row: Row) -> str:
    started = row.overview.history.started
    facts = [f"changed {row.cells[CHANGED]}"]
    if started:
        epochs, parameters, trained = (row.cells[column] for column in (EPOCHS, PARAMETERS, TIME))
        facts = [f"epochs {epochs}", f"{parameters} parameters", f"trained {trained}", *facts, started.device]
    return " · ".join(facts)
