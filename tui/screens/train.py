"""Train: live curves, how far it is, how good it is, and what that means; and the log."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from engine.runs.directory import RunDirectory
from engine.runs.history import State
from tui.content.machine import MEASURE_SECONDS, Meter, Use
from tui.content.train_views import views
from tui.screens.code_place import CLOSE_CODE, CodePlace
from tui.screens.looking import LOOKS, NO_CURSOR, Looking
from tui.widgets.brief import Brief
from tui.widgets.chart import Chart
from tui.widgets.run_logs import RunLogs
from tui.widgets.tail_log import TailLog
from tui.widgets.view import Look
from tui.words.keys import with_keys
from tui.words.train import cursor_remark, numbers_lines, progress_line, remark
from tui.words.why_not import NO_PENALTY, not_yet, of_watched, to_look

ACTIONS = ("pause", "proceed", "stop", "turn", "save", "resume", "fork", "log", "parts", *LOOKS)


class TrainScreen(Looking, CodePlace):
    """Watch a run, and pause, continue or stop it."""

    MODE = "train"
    CSS_PATH = ["place.tcss", "train.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause", id="train.pause", tooltip="Wait after the current chunk of steps"),
        Binding("space", "proceed", "continue", id="train.continue", tooltip="Go on after the pause"),
        Binding(
            "s", "stop", "stop", id="train.stop", tooltip="Save a checkpoint and end the run; it can be resumed"
        ),
        Binding("l", "turn", "lr …", id="train.turn", tooltip="Change the learning rate, dropout, ... while it trains"),
        Binding("k", "save", "checkpoint", id="train.save", tooltip="Save a checkpoint now"),
        Binding("r", "resume", "resume", id="train.resume", tooltip="Go on with this run from its last checkpoint"),
        Binding("f", "fork", "fork", id="train.fork", tooltip="Go on from a checkpoint of this run with other knobs"),
        Binding("v", "log", "log", id="train.log", tooltip="Read what happened and its process' log; the charts again"),
        Binding("p", "parts", "parts", show=False, id="train.parts", tooltip="Show data loss and penalty apart"),
        NO_CURSOR,
        CLOSE_CODE,
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[bool | None, ...] = ()
        self._parts = False
        self._run: RunDirectory | None = None
        self._meter = Meter()
        self._use: Use | None = None

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Container(id="charts"):
                for name in ("loss", "accuracy"):
                    yield Chart(f"{name} by epoch", f"The {name} of each step appears here.", id=name)
            yield RunLogs(id="log")
        for name in ("looks", "progress", "numbers", "remark"):
            line = Brief(id=name) if name == "remark" else Static(id=name)
            line.auto_links = name != "looks"  # that whole line is for clicking: no underlines
            yield line

    def on_mount(self) -> None:
        """Look at the machine now and then."""
        self.set_interval(MEASURE_SECONDS, self._measure)

    def show_draft(self) -> None:
        self.show_snapshot()

    def show_snapshot(self) -> None:
        snapshot = self.playground.snapshot
        if snapshot.run != self._run:  # what was looked at is not in this one
            self._run, self._use = snapshot.run, None
            self.look_at(replace(self.look, window=None, cursor=None))
            self._follow_log()
        parts = self._parts and snapshot.history.penal
        for name, view in zip(("loss", "accuracy"), views(snapshot.history, parts=parts), strict=True):
            chart = self.query_one(f"#{name}", Chart)
            chart.entitle(*self._names(name, parts=parts))
            chart.show(view)
            if snapshot.history.state is not State.TRAINING:
                chart.settle()
        self._say("progress", progress_line(snapshot.history, self.size.width - 2))
        self._show_words()
        offered = tuple(self.check_action(action, ()) for action in ACTIONS)
        if offered != self._offered:  # drawing equal keys would still send bytes
            self._offered = offered
            self.refresh_bindings()
            self._show_looks()

    def _names(self, chart: str, *, parts: bool) -> tuple[str, ...]:
        """Return what a chart is called, the fullest first."""
        names = ("loss = data + penalty", "loss") if parts and chart == "loss" else (chart,)
        return f"{names[0]} by {'step' if self.look.by_step else 'epoch'}", *names

    def _show_words(self) -> None:
        """Show the figures and what they mean; or, with a cursor, those that it stands at."""
        snapshot, width, at = self.playground.snapshot, self.size.width - 2, self.look.cursor
        if at is None or self._reading_log:
            use = self._use.words if self._use and self._busy else ()
            self._say("numbers", numbers_lines(snapshot.history, use, width))
            self._say("remark", remark(self.playground.draft, snapshot, self.playground.key))
        else:
            lines = [Content("  ").join([Content(f"{chart.id:<8}"), *chart.reading()]) for chart in self.charts]
            self._say("numbers", Content("\n").join(line.truncate(width, ellipsis=True) for line in lines))
            asked = snapshot.watched.asked if snapshot.watched else None
            self._say("remark", cursor_remark(snapshot.history, at, self.playground.key, asked))

    def _show_looks(self) -> None:
        more = (("parts", "whole loss" if self._parts else "parts"), ("log", "charts" if self._reading_log else "log"))
        self._say("looks", self.looks_line(more, self.size.width - 2))

    def look_of(self, chart: Chart) -> Look:
        return replace(self.look, log=self.look.log and chart.id == "loss")  # shares have nothing to gain from powers

    def look_changed(self) -> None:
        """Show the figures at the cursor, and the keys as they are now."""
        if self._seen:
            self.show_snapshot()
            self._show_looks()

    def on_resize(self) -> None:
        """Give the lines their new width."""
        if self._seen:
            self.show_snapshot()
            self._show_looks()

    def _say(self, name: str, content: Content) -> None:
        line = self.query_one(f"#{name}", Static)
        if line.content != content:  # an equal text would still send bytes
            height = line.styles.height
            line.update(content, layout=height is not None and height.is_auto)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        snapshot = self.playground.snapshot
        watched = snapshot.watched
        match action:
            case "pause":
                return snapshot.training and snapshot.history.state is not State.PAUSED
            case "proceed":
                return snapshot.training and snapshot.history.state is State.PAUSED
            case "stop":
                return snapshot.training
            case "turn" | "save":
                return snapshot.training and snapshot.history.state is not State.WAITING
            case "resume":
                return watched is not None and watched.resumable
            case "fork":
                return watched is not None and snapshot.history.epoch is not None
            case "log":
                return watched is not None
            case "parts":
                return self.lookable and snapshot.history.penal
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        snapshot, key = self.playground.snapshot, self.playground.key
        if action in (*LOOKS, "parts"):
            if not self.lookable and action != "no_cursor":
                return to_look(snapshot, key, reading_log=self._reading_log)
            return with_keys(NO_PENALTY, key) if action == "parts" else super().why_not(action)
        return of_watched(snapshot, key).get(action, "")

    @property
    def lookable(self) -> bool:
        """There are curves, and they are seen."""
        return len(self.playground.snapshot.history.train_loss) > 0 and not self._reading_log

    def action_pause(self) -> None:
        """Pause after the current chunk."""
        self._soon("pauses")
        self.playground.command("pause")

    def action_proceed(self) -> None:
        """Continue after a pause."""
        self.playground.command("continue")

    def action_stop(self) -> None:
        """Save a checkpoint and end the run."""
        self._soon("ends")
        self.playground.command("stop")

    def _soon(self, what: str) -> None:
        """Say that it will be done where that is not seen yet."""
        if self.playground.snapshot.history.state is State.WAITING:
            self.playground.explain(not_yet(what))

    def action_turn(self) -> None:
        """Ask for other values of the knobs that can be turned."""
        self.playground.turn_knobs()

    def action_save(self) -> None:
        """Save a checkpoint after the current chunk."""
        self.playground.command("save")

    def action_resume(self) -> None:
        """Go on with the watched run."""
        if run := self.playground.snapshot.run:
            self.playground.resume_run(run)

    def action_fork(self) -> None:
        """Make a checkpoint of the watched run the beginning of the draft."""
        if run := self.playground.snapshot.run:
            self.playground.fork_run(run)

    def action_parts(self) -> None:
        """Show what the loss is the sum of, or the whole one of training and validation."""
        self._parts = not self._parts
        self.show_snapshot()
        self._show_looks()

    @property
    def _reading_log(self) -> bool:
        return self.has_class("-log")

    def action_log(self) -> None:
        """Show the log where the charts are, or the charts again."""
        self.toggle_class("-log")
        self.set_focus(self.query_one("#happened", TailLog) if self._reading_log else None)
        self._follow_log()
        self.show_snapshot()
        self._show_looks()
        self.refresh_bindings()

    def _follow_log(self) -> None:
        self.query_one(RunLogs).follow(self._run if self._reading_log else None)

    @property
    def _busy(self) -> bool:
        """It trains, and does not wait: what waits uses next to nothing, and to say so would send bytes for ever."""
        snapshot = self.playground.snapshot
        return snapshot.training and snapshot.history.state is State.TRAINING

    def _measure(self) -> None:
        """Look at what is used while a run trains, and somebody sees it."""
        snapshot = self.playground.snapshot
        if self._seen and self._busy and snapshot.run:
            device = snapshot.history.started.device if snapshot.history.started else ""
            self.run_worker(self._look(snapshot.run, gpu="GPU" in device), group="meter", exclusive=True, name="meter")

    async def _look(self, run: RunDirectory, *, gpu: bool) -> None:
        self._use = await self._meter.look(run, gpu=gpu)
        if self._seen:
            self._show_words()
