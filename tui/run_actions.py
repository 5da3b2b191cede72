"""What a person does with runs: start, watch, turn knobs, stop, resume, fork; and what the engine says of them.

The third of the app that talks to the session; `tui.draft_actions` owns the draft, `tui.app` has places and keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from textual import on
from textual.app import SystemCommand
from textual.message_pump import MessagePump
from textual.reactive import reactive
from textual.screen import Screen

from engine.runs.directory import RunDirectory
from engine.runs.history import State
from engine.shown import visible
from engine.spec.draft import Draft
from engine.spec.experiment import Experiment, Fork
from engine.spec.knob import document
from engine.spec.problem import Place
from engine.worker.protocol import Command
from tui.messages import EngineLost, EngineReported, ForksFound, KnobsFound, NextBegan, Queued, Refused, RunGrew
from tui.screens.dialog import Dialog
from tui.session import Session
from tui.settings.key_names import KeyNames
from tui.snapshot import Snapshot
from tui.terminal.typing_ahead import HOLDS_KEYS
from tui.words.place import FIXES, all_said, mode_of

MOST_ANSWERS = 9
"""Epochs that a dialog offers to fork from, the newest first; the command line knows all."""


class RunActions(KeyNames):
    """An app with a session and a snapshot of what it knows."""

    # Their watchers draw what changed: repainting everything would send a whole screen at every word of the engine.
    draft: reactive[Draft] = reactive(Draft({}), repaint=False)
    snapshot: reactive[Snapshot] = reactive(Snapshot(), repaint=False)

    def __init__(self, session: Callable[[MessagePump], Session]) -> None:
        super().__init__()
        self._session = session(self)
        self._let_go = set[RunDirectory]()
        self._explained = "", 0.0

    def tell(self, title: str, text: str) -> None:
        """Say something that a person should read before going on."""
        self.push_screen(Dialog(title, text))

    def explain(self, text: str) -> None:
        """Say why a key does nothing now; not once more while that can still be read."""
        now = time.monotonic()
        said, when = self._explained
        if text != said or now - when > self.NOTIFICATION_TIMEOUT:
            self._explained = text, now
            self.notify(text, markup=False)

    def copy(self, text: str) -> None:
        """Put a text on the terminal's clipboard (OSC 52), and say so."""
        self.copy_to_clipboard(text)
        self.notify(f"Copied: {visible(text)}", markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Put in the palette what of the watched run is worth copying."""
        yield from super().get_system_commands(screen)
        run, failed = self.snapshot.run, self.snapshot.history.failed
        if run is not None:
            worth = {"path": str(run.path), "command": f"nnplay attach {run.argument}"}
            worth |= {"error": failed.sentence} if failed else {}
            for what, text in worth.items():
                yield SystemCommand(f"run: copy its {what}", visible(text), partial(self.copy, text))

    def action_train(self) -> None:
        """Train the draft, or say what prevents it; while another run trains, offer to have it wait for its turn."""
        checked = self.draft.check
        experiment = checked.experiment
        if experiment is None:
            self._say_what_prevents()
            return
        if self.snapshot.busy:
            if self.snapshot.trains(experiment):
                self.switch_mode("train")
            else:
                fork = f", a fork of {experiment.fork}," if experiment.fork else ""
                words = f"What you edit, {experiment.name}{fork or ','}"
                self._offer_queue(words, lambda: self._session.train(experiment, later=True))
            return
        self._revive_engine()
        self.clear_notifications()  # how one comes to train it need not be read any more
        self.run_worker(self._session.train(experiment))
        self.switch_mode("train")

    def _say_what_prevents(self) -> None:
        """Say what is to be mended before the draft can train, and lead there."""
        draft = self.draft
        problems = draft.check.problems
        places = [each.place for each in problems if mode_of(each.place, "")]  # a file may hold what no screen has

        async def answered(key: str | None) -> None:
            if key == "enter":
                self.go_to(places[0])
            elif key is not None:
                await self.run_action("app.fix")

        answers = {"enter": "go there" if len(problems) == 1 else "go to the first"} if places else {}
        answers |= {self.pressed(FIXES): "fix the first that can be"} if draft.mendable else {}
        self.push_screen(Dialog("It cannot train yet", all_said(problems, draft.check, self.key), answers), answered)

    def go_to(self, place: Place) -> None:
        """Go to the screen that has a place of the draft, and put its cursor there."""
        self.run_worker(self._go_to(place), group=HOLDS_KEYS, name="go to a knob")

    async def _go_to(self, place: Place) -> None:
        from tui.screens.form_place import FormPlace  # noqa: PLC0415 - it knows the app

        await self.switch_mode(mode_of(place, self.current_mode))
        if isinstance(self.screen, FormPlace):
            await self.screen.find(place)

    def _offer_queue(self, what: str, add: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Ask whether something shall be trained after what trains now."""
        queued = self.snapshot.queued
        others = f", after {'the one that waits' if queued == 1 else f'the {queued} that wait'} already" * bool(queued)
        text = f"{what} can be added to the queue: it begins by itself when this run has ended{others}."

        def answered(key: str | None) -> None:
            if key == "a":
                self.run_worker(add())

        self.push_screen(Dialog("A run is in progress", text, {"a": "add to the queue"}), answered)

    def open_run(self, run: RunDirectory) -> None:
        """Watch a run on Train."""
        self._session.watch(run)
        self.switch_mode("train")

    def resume_run(self, run: RunDirectory) -> None:
        """Go on with a run that ended before its time, and watch it."""
        if self.snapshot.busy:
            self._offer_queue(run.name, lambda: self._session.resume(run, later=True))
            return
        self._revive_engine()
        self.run_worker(self._session.resume(run))
        self.switch_mode("train")

    def let_go(self, run: RunDirectory) -> None:
        """Watch a run no more whose directory may get another name, or be removed; `moved` tells how that went."""
        if self._session.let_go(run):
            self._let_go.add(run)

    def moved(self, before: RunDirectory, after: RunDirectory | None) -> None:
        """Take note that a run has another name, or the old one still, or is gone."""
        if before in self._let_go:
            self._let_go.discard(before)
            if after is None:
                self.snapshot = replace(self.snapshot, watched=None)
            else:
                self._session.watch(after)
        fork = self.draft.table(("fork",))
        if after is not None and after != before and fork.get("run") == before.address:
            self.draft = self.draft.set(("fork", "run"), after.address)

    def fork_run(self, run: RunDirectory) -> None:
        """Look for the checkpoints of a run, to make one of them the beginning of another run."""
        self.run_worker(self._session.find_forks(run), group=HOLDS_KEYS)

    def stop_run(self, run: RunDirectory) -> None:
        """Save a run's state and end it; take one that waits out of the queue."""
        self.command("stop", run)

    def turn_knobs(self) -> None:
        """Look for the knobs of the watched run that can be turned."""
        if self.snapshot.watched:
            self.run_worker(self._session.find_knobs(self.snapshot.watched), group=HOLDS_KEYS)

    def command(self, command: Command, run: RunDirectory | None = None, **values: object) -> None:
        """Send a command to whoever trains a run, the watched one where none is named."""
        run = run or self.snapshot.run
        if run is not None:
            self.run_worker(self._session.command(run, command, **values))

    def _revive_engine(self) -> None:
        if self.snapshot.lost:
            self.snapshot = replace(self.snapshot, status=None, lost="")
            self._session.restart()
            self.run_worker(self._session.engine(), name="engine", group="engine", exclusive=True)

    async def action_quit(self) -> None:
        """Leave; ask first while this engine trains a run."""
        # Of an engine that does not answer one knows by its run.
        if not self.snapshot.busy and not (self.snapshot.lost and self.snapshot.training):
            self.exit()
            return
        text = "The engine can train on without these screens. Open nnplay again to see it, with its whole history."
        if self.snapshot.history.state is State.PAUSED:
            text += " This run is paused: it will wait, and keep its memory, until someone continues or stops it."
        if queued := self.snapshot.queued:
            they = "the run that waits" if queued == 1 else f"the {queued} runs that wait"
            text += (
                f" It then goes on with {they} in the queue. If you stop, nothing of the queue begins: it stays in "
                f"{self.key('go.runs')} Runs, where {self.key('runs.resume')} begins it."
            )
        answers = {"k": "keep training and leave", "s": "stop, save and leave"}

        def answered(key: str | None) -> None:
            if key == "k":
                self.exit()
            elif key == "s":
                self.run_worker(self._stop_and_leave())

        self.push_screen(Dialog("A run is in progress", text, answers), answered)

    async def _stop_and_leave(self) -> None:
        await self._session.stop_engine()
        self.exit()

    @on(EngineReported)
    def _engine_reported(self, event: EngineReported) -> None:
        self.snapshot = replace(self.snapshot, status=event.status, lost="")

    @on(EngineLost)
    def _engine_lost(self, event: EngineLost) -> None:
        self.snapshot = replace(self.snapshot, status=None, lost=event.why)

    @on(RunGrew)
    def _run_grew(self, event: RunGrew) -> None:
        self.snapshot = replace(self.snapshot, watched=event.watched)

    @on(Queued)
    def _queued(self, event: Queued) -> None:
        before = f", after {event.before} other{'s' * (event.before > 1)}" if event.before else ""
        shows = f"{self.key('go.runs')} Runs shows the queue."
        text = f"{event.run.name} begins when the run in progress has ended{before}. {shows}"
        self.notify(text, title="Queued", markup=False)

    @on(NextBegan)
    def _next_began(self, event: NextBegan) -> None:
        self.notify(f"It is the turn of {event.run.name}: it trains now.", title="Queue", markup=False)

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        self.tell(event.title, event.why)

    @on(ForksFound)
    def _forks_found(self, event: ForksFound) -> None:
        newest_first = sorted(event.experiments, reverse=True)
        if len(newest_first) == 1:
            self._fork(event.run, newest_first[0], event.experiments[newest_first[0]])
            return
        epochs = {str(key): epoch for key, epoch in enumerate(newest_first[:MOST_ANSWERS], 1)}
        answers = {key: f"epoch {epoch}" + " (best)" * (epoch == event.best) for key, epoch in epochs.items()}

        def answered(key: str | None) -> None:
            if key in epochs:
                self._fork(event.run, epochs[key], event.experiments[epochs[key]])

        text = "After which epoch shall the new run go on from it? Its weights and its optimizer's state come along."
        self.push_screen(Dialog(f"Fork {event.run.name}", text, answers), answered)

    def _fork(self, run: RunDirectory, epoch: int, experiment: Experiment) -> None:
        fork = Fork(run=run.address, epoch=epoch)
        places = f"{self.key('go.data')}, {self.key('go.model')} and {self.key('go.compile')}"
        self.draft = self.draft.opened({**document(experiment), "fork": document(fork)})
        self.notify(
            f"This is now a fork of {fork}: change knobs in {places}, then {self.key('app.train')} trains on from "
            f"there. {self.key('app.undo')} takes the fork back.",
            title="Fork",
            markup=False,
        )
        self.switch_mode("compile")

    @on(KnobsFound)
    def _knobs_found(self, event: KnobsFound) -> None:
        from tui.screens.turn import TurnScreen  # noqa: PLC0415 - the first paint need not wait for it

        self.push_screen(TurnScreen(event.experiment, event.share), partial(self._turn, event.run))

    def _turn(self, run: RunDirectory, changes: dict[Place, float] | None) -> None:
        if changes:
            self.run_worker(self._session.turn(run, changes))
