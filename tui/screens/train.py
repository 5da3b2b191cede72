"""Train: live curves, how far it is, how good it is, and what that means."""

from __future__ import annotations

import math
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from engine import paths
from engine.runs.events import Changed
from engine.runs.history import History, State
from engine.runs.library import Condition
from engine.spec.draft import Draft
from tui.clock import lasted
from tui.screens.place import Place
from tui.snapshot import Snapshot, Watched
from tui.widgets.chart import Chart, Line, View

LEGEND = "[$train]━ train[/]  [$validation]o validation[/]"
WIDEST_BAR = 40
FEW_EPOCHS = 10
ACTIONS = ("pause", "proceed", "stop", "turn", "save", "resume", "fork")
JUST_NOW_STEPS = 2000
"""So long after a knob was turned the remark says so."""
SETTLED_EPOCHS = 0.2
"""After the first epoch, the charts' y axes cover what came after this point."""


class TrainScreen(Place):
    """Watch a run, and pause, continue or stop it."""

    MODE = "train"
    CSS_PATH = ["place.tcss", "train.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause", id="train.pause", tooltip="Wait after the current chunk of steps"),
        Binding("space", "proceed", "continue", id="train.continue", tooltip="Go on after the pause"),
        Binding(
            "s", "stop", "stop", id="train.stop", tooltip="Save a checkpoint and end the run; r goes on from there"
        ),
        Binding("l", "turn", "lr …", id="train.turn", tooltip="Change the learning rate, dropout, ... while it trains"),
        Binding("k", "save", "checkpoint", id="train.save", tooltip="Save a checkpoint now"),
        Binding("r", "resume", "resume", id="train.resume", tooltip="Go on with this run from its last checkpoint"),
        Binding("f", "fork", "fork", id="train.fork", tooltip="Go on from a checkpoint of this run with other knobs"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[bool | None, ...] = ()

    def body(self) -> ComposeResult:
        with Container(id="charts"):
            for name in ("loss", "accuracy"):
                chart = Chart(f"{name} by epoch", f"The {name} of each step appears here.", id=name)
                chart.border_subtitle = LEGEND
                yield chart
        for name in ("progress", "numbers", "remark"):
            yield Static(id=name)

    def show_draft(self) -> None:
        self.show_snapshot()

    def show_snapshot(self) -> None:
        snapshot = self.playground.snapshot
        history = snapshot.history
        begin, end = _span(history)
        settled = begin + SETTLED_EPOCHS if history.epoch else 0.0
        for name, train, validation in (
            ("loss", history.train_loss, history.validation_loss),
            ("accuracy", history.train_accuracy, history.validation_accuracy),
        ):
            lines = Line(train, "chart--train"), Line(validation, "chart--validation", glyph="o")
            self.query_one(f"#{name}", Chart).show(View(lines, end, begin, settled, marks(history)))
        self._say("progress", progress_line(history, self.size.width - 2))
        self._say("numbers", numbers_lines(history))
        self._say("remark", remark(self.playground.draft, snapshot))
        offered = tuple(self.check_action(action, ()) for action in ACTIONS)
        if offered != self._offered:  # drawing equal keys would still send bytes
            self._offered = offered
            self.refresh_bindings()

    def on_resize(self) -> None:
        """Give the bar its new width."""
        if self._seen:
            self.show_snapshot()

    def _say(self, name: str, content: Content) -> None:
        line = self.query_one(f"#{name}", Static)
        if line.content != content:  # an equal text would still send bytes
            line.update(content)

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
                return snapshot.training and snapshot.history.started is not None
            case "resume":
                return watched is not None and watched.resumable
            case "fork":
                return watched is not None and snapshot.history.epoch is not None
        return True

    def action_pause(self) -> None:
        """Pause after the current chunk."""
        self.playground.command("pause")

    def action_proceed(self) -> None:
        """Continue after a pause."""
        self.playground.command("continue")

    def action_stop(self) -> None:
        """Save a checkpoint and end the run."""
        self.playground.command("stop")

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


def _span(history: History) -> tuple[float, float]:
    """Return the epochs that the charts cover: all of a short run; of a long one a part that grows in steps.

    A fork's curves begin where it was forked.
    """
    begin = float(int(history.train_loss.x[0])) if history.train_loss.x else 0.0
    epochs = (history.started.epochs if history.started else 1) - begin
    room = 1
    while room < epochs and (room < FEW_EPOCHS or room < 1.1 * (history.epochs_done - begin)):
        room *= 2
    return begin, begin + min(room, max(epochs, 1))


def progress_line(history: History, width: int) -> Content:
    """Say how far the epoch is, how fast it goes, and how long it will take."""
    started, progress = history.started, history.progress
    if not started or not progress:
        return Content("")
    done = progress.step - (progress.epoch - 1) * started.steps_per_epoch
    share = done / started.steps_per_epoch
    left = history.seconds_left
    parts = [f"{done:,}/{started.steps_per_epoch:,}"]
    if history.rate:
        parts += [f"{history.rate:,.0f} img/s", f"{started.train_images / history.rate:,.1f} s/epoch"]
    if left is not None and not history.state.over:
        parts.append(f"ETA {lasted(left)}")
    text = "   ".join(parts)
    head = f"epoch {progress.epoch}/{started.epochs} "
    cells = max(min(WIDEST_BAR, width - len(head) - len(text) - 2), 4)
    full = round(share * cells)
    bar = Content.assemble(Content.styled("▓" * full, "$train"), Content.styled("░" * (cells - full), "$secondary"))
    return Content.assemble(head, bar, "  ", text)


def numbers_lines(history: History) -> Content:
    """Say how good it is, in two lines: training and validation of the same epoch, the gap between them, and the best.

    Before the first epoch is over, the training figures are those of the last chunk.
    """
    progress, epoch, best, saved = history.progress, history.epoch, history.best, history.saved
    if not progress:
        return Content("")
    name = history.accuracy_name
    train = epoch.train if epoch else {"loss": progress.loss, **progress.metrics}
    validation = epoch.validation if epoch else {}
    first = [Content.styled(f"train  {_figures(train.get('loss'), train.get(name))}", "$train")]
    second = [Content.styled(f"val    {_figures(validation.get('loss'), validation.get(name))}", "$validation")]
    if best and best.accuracy is not None:
        first.append(Content(f"best {best.accuracy:.4f} in epoch {best.epoch}"))
    ours, theirs = train.get(name), validation.get(name)
    if ours is not None and theirs is not None:
        second.append(Content(f"gap {100 * (ours - theirs):+.1f} points"))
    if saved:
        second.append(Content.styled(f"✓ {saved.file}, epoch {saved.epoch}", "$success"))
    return Content("\n").join(Content("   ").join(parts) for parts in (first, second))


def remark(draft: Draft, snapshot: Snapshot) -> Content:
    """Say in a sentence what is going on, and what one can do."""
    history, watched = snapshot.history, snapshot.watched
    if watched is None or _asked_for(draft, snapshot):
        return _before_the_run(draft, snapshot)
    if watched.condition is Condition.QUEUED:
        text = "It waits in the queue, and begins by itself in its turn. s in 6 Runs takes it out."
        return Content.styled(text, "$secondary")
    if history.failed:
        way_on = " f goes on from a good checkpoint with other knobs, r tries the same again." if history.epoch else ""
        return Content.styled(f"✗ {history.failed.sentence}{way_on}", "$error")
    if watched.crashed:
        return Content.styled(_crashed(watched, snapshot), "$error")
    if history.finished:
        return _at_the_end(snapshot)
    if watched.host:
        text = f"This run trains on {watched.host}: here it can only be watched, and forked."
        return Content.styled(text, "$secondary")
    if watched.trouble:
        return Content.styled(f"‖ It waits: {watched.trouble}. Nothing is lost.", "$warning")
    if history.started is None:
        loading = snapshot.status and snapshot.status.phase == "loading"
        seconds = f" ({snapshot.status.seconds:.0f} s)" if snapshot.status else ""
        waits = f"TensorFlow loads{seconds}; training begins by itself." if loading else "The model is being built."
        return Content.styled(waits, "$secondary")
    if history.progress is None:
        return Content.styled("The first step compiles the model: a second or two.", "$secondary")
    if history.state is State.PAUSED:
        why = f" {history.paused.why}." if history.paused and history.paused.why else ""
        return Content.styled(f"‖ Paused.{why} Nothing is lost: space continues, s saves and ends the run.", "$warning")
    return Content.styled(_on_the_way(watched), "$secondary")


def _asked_for(draft: Draft, snapshot: Snapshot) -> bool:
    """Say whether a person has a fork at hand, and no run that they would rather hear about."""
    return draft.document.get("fork") is not None and not snapshot.busy and snapshot.history.state.over


def _crashed(watched: Watched, snapshot: Snapshot) -> str:
    """Say that a run's process ended without a word, and what its log says."""
    how = snapshot.lost[:1].upper() + snapshot.lost[1:] if snapshot.lost else "Its process ended without a word."
    log = f" Its log, {watched.run.log}, ends: {' | '.join(watched.words)}" if watched.words else ""
    return f"✗ {how} r goes on from the last checkpoint.{log}"


def _before_the_run(draft: Draft, snapshot: Snapshot) -> Content:
    experiment = draft.check.experiment
    if experiment is None:
        return Content.styled(f"✗ It cannot train yet: {draft.check.problems[0]}", "$error")
    if snapshot.lost:
        return Content.styled(f"✗ The engine is gone: {snapshot.lost} t starts a new one.", "$error")
    if snapshot.status and snapshot.status.phase == "broken":
        return Content.styled(f"✗ {snapshot.status.problem}", "$error")
    layers = " → ".join(row.label for row in draft.check.rows)
    trained, _ = experiment.data.sizes()
    fork = experiment.fork
    begins = f" It goes on from {fork}, with its weights; u takes the fork back." if fork else ""
    epochs = f"epochs {fork.epoch + 1} to {experiment.fit.epochs:,}" if fork else f"{experiment.fit.epochs:,} epochs"
    text = (
        f"t trains {layers}: {trained:,} images, {experiment.steps_per_epoch:,} steps an epoch, {epochs}.{begins} "
        f"It will be saved in {paths.runs()}, as {experiment.name} with a number."
    )
    return Content(text)


def _at_the_end(snapshot: Snapshot) -> Content:
    history, run = snapshot.history, snapshot.run
    assert history.finished is not None and run is not None  # noqa: S101, PT018 - the caller's case
    how = {
        "completed": "✓ Done",
        "early_stopped": f"✓ Stopped early: {history.finished.why}",
        "stopped": "✓ Stopped; the state is saved, r goes on",
        "interrupted": "✓ Interrupted; saved, r goes on",
    }
    text = how[history.finished.reason]
    if history.best and history.best.accuracy is not None:
        text += f". Best: {history.best.accuracy:.4f} after epoch {history.best.epoch}"
    return Content.assemble(
        Content.styled(f"{text}. ", "$success"), f"All of it is in {run.path}. t trains again, 2 changes the model."
    )


def _on_the_way(watched: Watched) -> str:
    history = watched.history
    if history.marks and history.progress and history.progress.step <= history.marks[-1].change.step + JUST_NOW_STEPS:
        return f"{_in_words(history.marks[-1].change)}."
    if notes := history.started.notes if history.started else ():
        return f"{'. '.join(notes)}."
    if watched.skipped:
        return (
            f"{watched.skipped:,} line{'s' * (watched.skipped > 1)} of its events could not be read and were left out."
        )
    first = next((y for y in history.train_loss.y if y is not None), None)
    text = ""
    if history.started and history.started.parent:
        text = f"It went on from {history.started.parent}."
    elif first is not None:
        classes = len(history.epoch.confusion) if history.epoch and history.epoch.confusion else 10
        chance = math.log(classes)
        judgement = "a fair start" if abs(first - chance) < 0.5 else "far from chance: look at the initial weights"
        text = f"The loss began at {first:.2f}; guessing gives ln {classes} = {chance:.2f}: {judgement}."
    losses = [y for y in history.validation_loss.y if y is not None]
    if len(losses) >= 2:
        rising = losses[-1] > min(losses)
        text += " Validation loss rises: it begins to learn by heart." if rising else " Validation still improves."
    return text


def marks(history: History) -> tuple[tuple[float, str], ...]:
    """Return where knobs were turned, and what they are since."""
    return tuple((mark.x, f"{mark.change.place.rpartition('.')[2]} {mark.change.value:g}") for mark in history.marks)


def _in_words(change: Changed) -> str:
    before = f" from {change.before:g}" if change.before is not None else ""
    return f"┆ {change.place} went{before} to {change.value:g}, {change.why}"


def _figures(loss: float | None, accuracy: float | None) -> str:
    shown = ["   -  " if value is None else f"{value:.4f}" for value in (loss, accuracy)]
    return f"loss {shown[0]}  accuracy {shown[1]}"
