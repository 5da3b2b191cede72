"""What a person does with runs: start, watch, turn knobs, stop, resume, fork; and what the engine says of them.

The half of the app that talks to the session. The other half, `tui.app`, has the places, the keys and the draft.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from textual import on
from textual.app import App
from textual.message_pump import MessagePump
from textual.reactive import reactive

from engine.runs.directory import RunDirectory
from engine.runs.history import State
from engine.spec.draft import Draft
from engine.spec.experiment import Experiment, Fork
from engine.spec.knob import document
from engine.spec.problem import Place
from engine.worker.protocol import Command
from tui.messages import EngineLost, EngineReported, ForksFound, KnobsFound, Refused, RunGrew
from tui.screens.dialog import Dialog
from tui.session import Session
from tui.snapshot import Snapshot

MOST_ANSWERS = 9
"""Epochs that a dialog offers to fork from, the newest first; the command line knows all."""


class RunActions(App[None]):
    """An app with a session and a snapshot of what it knows."""

    # Their watchers draw what changed: repainting everything would send a whole screen at every word of the engine.
    draft: reactive[Draft] = reactive(Draft({}), repaint=False)
    snapshot: reactive[Snapshot] = reactive(Snapshot(), repaint=False)

    def __init__(self, session: Callable[[MessagePump], Session]) -> None:
        super().__init__()
        self._session = session(self)

    def tell(self, title: str, text: str) -> None:
        """Say something that a person should read before going on."""
        self.push_screen(Dialog(title, text))

    def action_train(self) -> None:
        """Train the draft, or say what prevents it; while a run trains, go and watch it."""
        checked = self.draft.check
        if self.snapshot.busy:
            if checked.experiment is not None and checked.experiment.fork:
                self.tell("A run is in progress", "Stop it first (s in place 4); then t goes on from the fork.")
                return
        else:
            if checked.experiment is None:
                self.tell("It cannot train yet", "\n".join(f"✗ {problem}" for problem in checked.problems))
                return
            self._revive_engine()
            self.run_worker(self._session.train(checked.experiment))
        self.switch_mode("train")

    def open_run(self, run: RunDirectory) -> None:
        """Watch a run on Train."""
        self._session.watch(run)
        self.switch_mode("train")

    def resume_run(self, run: RunDirectory) -> None:
        """Go on with a run that ended before its time, and watch it."""
        if self.snapshot.busy:
            self.tell("A run is in progress", f"Stop it first (s in place 4); then r resumes {run.name}.")
            return
        self._revive_engine()
        self.run_worker(self._session.resume(run))
        self.switch_mode("train")

    def fork_run(self, run: RunDirectory) -> None:
        """Look for the checkpoints of a run, to make one of them the beginning of another run."""
        self.run_worker(self._session.find_forks(run))

    def stop_run(self, run: RunDirectory) -> None:
        """Save a run's state and end it."""
        self.command("stop", run)

    def turn_knobs(self) -> None:
        """Look for the knobs of the watched run that can be turned."""
        if self.snapshot.watched:
            self.run_worker(self._session.find_knobs(self.snapshot.watched))

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
        self.draft = self.draft.opened({**document(experiment), "fork": document(fork)})
        self.notify(
            f"This is now a fork of {fork}: change knobs in 1-3, then t trains on from there. u takes the fork back.",
            title="Fork",
            markup=False,
        )
        self.switch_mode("compile")

    @on(KnobsFound)
    def _knobs_found(self, event: KnobsFound) -> None:
        from tui.screens.turn import TurnScreen  # noqa: PLC0415 - the first paint need not wait for it

        self.push_screen(TurnScreen(event.experiment), partial(self._turn, event.run))

    def _turn(self, run: RunDirectory, changes: dict[Place, float] | None) -> None:
        if changes:
            self.run_worker(self._session.turn(run, changes))
