"""``nnplay verify-resume``: shows that resuming is exact, with the real program in processes of their own.

Trained straight, and trained, interrupted in the middle of an epoch and resumed, a run must come to the same state.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine import paths
from engine.runs import saved
from engine.runs.directory import RunDirectory, last_lines
from engine.runs.events import AnyEvent, Epoch, Failed, Finished, Paused, Progress, Started, parse
from engine.runs.making import create
from engine.runs.saved import CheckpointError
from engine.spec.experiment import Checkpoint, Experiment
from tui.commands.command import headless

SHARE = 1 / 3
"""Of an epoch, after which it is interrupted: the signal takes a moment to arrive, so it ends nearer to the middle."""
QUICK_SECONDS = 0.3
"""Nobody can aim at the middle of an epoch that is shorter."""
GRACE_SECONDS = 5.0


class Unproven(Exception):  # noqa: N818 - an answer, not a fault
    """It could not be found out; the message says why."""


@dataclass(frozen=True)
class Proof:
    """What both ways came to.

    Attributes:
        straight, resumed: the SHA-256 of all state.
        interruption: where the second was interrupted.
    """

    straight: str
    resumed: str
    interruption: str

    @property
    def equal(self) -> bool:
        """Resuming changed nothing."""
        return self.straight == self.resumed


def prove(experiment: Experiment, say: Callable[[str], None]) -> Proof:
    """Train an experiment both ways, in a temporary folder that is removed at the end.

    Args:
        experiment: what is trained.
        say: told how far it is, line by line.

    Raises:
        Unproven: a training failed, or was over before it could be interrupted.
        RunError: there is nothing to fork.
        OSError: there is no room for the runs.
        KeyboardInterrupt: a person, or a signal that would have ended this process, interrupted it.
    """
    # What is kept besides the newest state, and what is begun with, would only make the two ways differ.
    kept = Checkpoint(monitor=experiment.checkpoint.monitor)
    experiment = experiment.model_copy(update={"checkpoint": kept})
    with _signals_interrupt(), tempfile.TemporaryDirectory(prefix="nnplay-verify-") as folder:
        place = _Place(Path(folder), say)
        run, seen = place.new_run(experiment), _Seen()
        place.train(run, "1/3 straight", seen)
        straight = _digest(run)
        assert seen.started is not None  # noqa: S101 - it trained to the end
        compiled = {"jit_compile": "on" if seen.started.jit else "off"}
        experiment = experiment.model_copy(update={"compile": experiment.compile.model_copy(update=compiled)})
        run, interruption = _interrupted(place, experiment, seen)
        place.train(run, "3/3 resumed", _Seen(), resume=True)
        return Proof(straight, _digest(run), interruption)


def _interrupted(place: _Place, experiment: Experiment, straight: _Seen) -> tuple[RunDirectory, str]:
    """Train until an interruption in the middle of an epoch; return the run, and where that was."""
    aims: list[Callable[[_Seen], bool]] = [lambda seen: seen.started is not None]
    if straight.quickest > QUICK_SECONDS:
        # Later epochs are over before a signal for them arrives; before the first steps, there is time enough.
        aims.insert(0, lambda seen: seen.position >= straight.half_way)
    for aim in aims:
        run = place.new_run(experiment)
        place.train(run, "2/3 interrupted", _Seen(), interrupt=aim)
        with suppress(CheckpointError):
            standing = saved.read_heading(run.last).standing
            if standing.epoch > standing.epochs_done:
                return run, f"in epoch {standing.epoch}, after {standing.batches:,} of its batches"
    raise Unproven("its epochs are too short to be interrupted: give it more images, or smaller batches")


@dataclass
class _Seen:
    """What a training told so far.

    Attributes:
        position: in epochs; 1.5 is the middle of the second.
        quickest: seconds of its shortest epoch.
    """

    started: Started | None = None
    failed: Failed | None = None
    finished: Finished | None = None
    position: float = 0.0
    quickest: float = field(default=float("inf"))

    def add(self, event: AnyEvent) -> None:
        """Take in one event."""
        match event:
            case Started():
                self.started = event
            case Progress() if self.started:
                self.position = event.step / self.started.steps_per_epoch
            case Epoch():
                self.quickest = min(self.quickest, event.seconds)
            case Failed():
                self.failed = event
            case Finished():
                self.finished = event

    @property
    def half_way(self) -> float:
        """Where one interrupts so that it ends about in the middle of an epoch, half way of all."""
        first = self.started.epochs_done if self.started else 0
        return (first + round(self.position) - 1) // 2 + SHARE


@dataclass(frozen=True)
class _Place:
    """A home for runs that nobody keeps."""

    folder: Path
    say: Callable[[str], None]

    def new_run(self, experiment: Experiment) -> RunDirectory:
        """Make a run in it."""
        return create(experiment, self.folder / "runs")

    def train(
        self,
        run: RunDirectory,
        title: str,
        seen: _Seen,
        *,
        resume: bool = False,
        interrupt: Callable[[_Seen], bool] | None = None,
    ) -> None:
        """Train a run in a process of its own until it is over.

        Args:
            run: which one.
            title: what this is, for a person.
            seen: takes in what the process tells.
            resume: go on with it.
            interrupt: says when it is interrupted.

        Raises:
            Unproven: it failed.
        """
        self.say(f"{title}: begins")
        errors = self.folder / "errors"
        with self._engine(run, errors, resume=resume) as engine:
            assert engine.stdout is not None  # noqa: S101 - it is a pipe
            for line in engine.stdout:
                event = parse(line)
                if event is None:
                    continue
                seen.add(event)
                if isinstance(event, Epoch) and seen.started:
                    self.say(f"{title}: epoch {event.epoch}/{seen.started.epochs}")
                if isinstance(event, Paused) and event.why:  # nobody else would tell of a temporary folder without room
                    self.say(f"{title}: {event.why}")
                if interrupt and interrupt(seen):
                    interrupt = None
                    engine.send_signal(signal.SIGINT)
            engine.wait()
        if seen.finished is None:
            words = seen.failed.sentence if seen.failed else " | ".join(last_lines(errors, 3) or run.last_words())
            raise Unproven(f"{title}: training failed: {words}")

    @contextmanager
    def _engine(self, run: RunDirectory, errors: Path, *, resume: bool) -> Iterator[subprocess.Popen[bytes]]:
        # A session of its own: Ctrl-C is for us, and we end it.
        with errors.open("wb") as file:
            engine = subprocess.Popen(
                headless(run, resume=resume, as_json=True),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=file,
                env={**os.environ, paths.HOME_VARIABLE: str(self.folder)},
                start_new_session=True,
            )
        try:
            yield engine
        finally:
            if engine.stdout:
                engine.stdout.close()
            if engine.poll() is None:
                engine.terminate()
                try:
                    engine.wait(GRACE_SECONDS)
                except subprocess.TimeoutExpired:
                    engine.kill()
                    engine.wait()


def _digest(run: RunDirectory) -> str:
    try:
        return saved.read(run.last).digest()
    except CheckpointError as error:
        raise Unproven(str(error)) from None


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let the signals that end a process end this one as Ctrl-C does: what it made is removed first."""

    def interrupt(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a handler
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
