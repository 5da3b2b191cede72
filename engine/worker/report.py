"""What training without screens prints: words and a progress bar for a person, or events for a program."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent
from engine.runs.history import History
from engine.runs.words import number, told


class JsonReport:
    """Prints each event as it is in the file."""

    def __init__(self, out) -> None:  # type: ignore[no-untyped-def]
        self._out = out

    def show(self, events: list[AnyEvent], history: History) -> None:
        """Print what is new."""
        for event in events:
            self._out.write(event.model_dump_json() + "\n")

    def trouble(self, text: str) -> None:
        """Print nothing: an event says it, as soon as it can be written."""

    def end(self, history: History, run: RunDirectory) -> None:
        """Print nothing more: the last event says how it ended."""


class TextReport:
    """Prints a line an epoch, and a progress bar where stderr is a terminal."""

    def __init__(self, out, err) -> None:  # type: ignore[no-untyped-def]
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[numbers]}"),
            TimeElapsedColumn(),
            console=Console(file=err),
            transient=True,
            disable=not err.isatty(),
        )
        # Lines above a live bar go through the bar's own console, or the two would write over each other.
        together = out.isatty() and err.isatty()
        self._out = self._bar.console if together else Console(file=out)
        self._task = self._bar.add_task("loading TensorFlow", total=None, numbers="")
        self._bar.start()
        self._trouble = ""

    def show(self, events: list[AnyEvent], history: History) -> None:
        """Print what is new."""
        for event in events:
            for line in told(event, history.started.epochs if history.started else event.epoch):
                self._print(line)
        if history.started and history.progress:
            numbers = f"loss {number(history.progress.loss)}  {history.rate:,.0f} images/s"
            if history.seconds_left is not None:
                numbers += f"  {history.seconds_left:,.0f} s left"
            epoch = f"epoch {history.progress.epoch}/{history.started.epochs}"
            total, done = history.started.epochs, history.epochs_done
            self._bar.update(self._task, description=epoch, total=total, completed=done, numbers=numbers)

    def trouble(self, text: str) -> None:
        """Print what training waits for, once."""
        if text and text != self._trouble:
            self._print(f"waits: {text}")
        self._trouble = text

    def end(self, history: History, run: RunDirectory) -> None:
        """Print how it ended and where its files lie."""
        self._bar.stop()
        if not run.path.is_dir():
            self._print(f"failed: the run's directory is gone, and all that it held: {run.path}")
            return
        if history.best and history.best.accuracy is not None:
            kept = saved.heading_of(run.best)
            # After a stop on a full disk, the file may hold an earlier one.
            where = f"in {run.best}" if kept and kept.epoch == history.best.epoch else "which could not be saved"
            self._print(f"best: accuracy {history.best.accuracy:.4f} after epoch {history.best.epoch}, {where}")
        if history.finished and history.finished.reason in ("stopped", "interrupted"):
            self._print(
                f"{history.finished.reason}; the state at the end is in {run.last}. "
                f"'nnplay resume {run.argument}' goes on from there"
            )
        if not history.state.over:
            self._print(f"the engine ended without a word; see {run.log}")

    def _print(self, text: str) -> None:
        self._out.print(text, markup=False, highlight=False, soft_wrap=True)
