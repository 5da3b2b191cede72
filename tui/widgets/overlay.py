"""The curves of several runs in one chart, with a legend in words below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from engine.runs.directory import RunDirectory
from engine.runs.histories import Histories
from engine.runs.history import History
from tui.content.marks import LINES, Marks
from tui.content.train_views import LOSS, SHARE, both
from tui.widgets.chart import STYLES, Chart, Line, View
from tui.widgets.run_list import mark_of

Shown = Literal["accuracy", "loss"]


class Overlay(Vertical):
    """A line a run: its validation after each epoch, or its training as long as there is none."""

    DEFAULT_CSS = """
    Overlay Chart { height: 1fr; }
    Overlay #legend { height: auto; max-height: 2; padding: 0 1; }
    """

    class Read(Message):
        """The curves of runs were read."""

        def __init__(self, runs: tuple[RunDirectory, ...], histories: Mapping[RunDirectory, History]) -> None:
            super().__init__()
            self.runs = runs
            self.histories = histories

    def __init__(self) -> None:
        super().__init__()
        self._known = Histories()
        self._reading = False
        self._wanted: tuple[Shown, tuple[RunDirectory, ...], Marks] = ("accuracy", (), Marks())
        self._histories: Mapping[RunDirectory, History] = {}

    def compose(self) -> ComposeResult:
        for name in ("accuracy", "loss"):
            yield Chart(f"validation {name} by epoch", "No run here has a curve yet.", id=f"overlay-{name}")
        yield Static(id="legend")

    def draw(self, shown: Shown, runs: Sequence[RunDirectory], marks: Marks) -> None:
        """Draw runs as soon as they are read: those that are marked in their colours, another one as Train does."""
        self._wanted = shown, tuple(runs), marks
        self._show()  # what is known already
        if not self._reading:  # a slow disk must not gather threads
            self._reading = True
            self._read(self._wanted[1])

    def zoom_y(self) -> None:
        """Fit the y axes to the lines, or show all of them again."""
        for chart in self.query(Chart):
            chart.see(replace(chart.look, fitted=not chart.look.fitted))

    @work(thread=True)
    def _read(self, runs: tuple[RunDirectory, ...]) -> None:
        self.post_message(self.Read(runs, self._known.of(runs)))

    @on(Read)
    def _were_read(self, event: Read) -> None:
        event.stop()
        self._reading = False
        self._histories = event.histories
        self._show()
        if event.runs != self._wanted[1]:  # others are wanted by now
            self.draw(*self._wanted)

    def _show(self) -> None:
        shown, runs, marks = self._wanted
        histories = {run: self._histories[run] for run in runs if run in self._histories}
        lines = [
            line
            for run, history in histories.items()
            for line in _lines(shown, history, marks.line(run), alone=run not in marks)
        ]
        end = max((line.curve.x[-1] for line in lines if line.curve.x), default=1.0)
        begin = float(int(min((line.curve.x[0] for line in lines if line.curve.x), default=0.0)))
        for name in ("accuracy", "loss"):
            chart = self.query_one(f"#overlay-{name}", Chart)
            if chart.display != (name == shown):
                chart.display = name == shown
        base = LOSS if shown == "loss" else SHARE
        view = View(tuple(lines), max(end, begin + 1), begin, base=base, apart=len(histories) > 1)
        self.query_one(f"#overlay-{shown}", Chart).show(view)
        legend = self.query_one("#legend", Static)
        content = legend_of(runs, marks)
        if legend.content != content:  # an equal text would still send bytes
            legend.update(content)


def _lines(shown: Shown, history: History, line: int | None, *, alone: bool) -> list[Line]:
    train, validation, spread = (
        (history.train_loss, history.validation_loss, history.loss_spread)
        if shown == "loss"
        else (history.train_accuracy, history.validation_accuracy, history.accuracy_spread)
    )
    if alone:
        return list(both(train, validation, spread, "", ""))
    if line is None:
        return []
    style, glyph = STYLES[line]
    return [Line(validation, style, glyph) if len(validation) else Line(train, style, glyph, spread=spread)]


def legend_of(runs: Sequence[RunDirectory], marks: Marks) -> Content:
    """Say which line is which run."""
    if len(runs) == 1 and runs[0] not in marks:
        return Content.assemble(
            Content.styled("━ train", "$train"),
            "  ",
            Content.styled("o validation", "$validation"),
            f"  {runs[0].name}",
        )
    parts = [
        Content.assemble(mark_of(line), Content.styled(f" {run.name}", f"$line-{line + 1}"))
        for run, line in marks.lines
        if line is not None
    ]
    more = sum(line is None for _, line in marks.lines)
    if more:
        parts.append(Content(f"and {more} more: a chart holds {LINES}"))
    return Content("   ").join(parts)
