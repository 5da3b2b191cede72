"""What training without screens prints: words and a progress bar for a person, or events for a program."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent, Changed, Continued, Epoch, Failed, Finished, Metrics, Paused, Started
from engine.runs.history import History


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
            for line in _lines(event, history):
                self._print(line)
        if history.started and history.progress:
            numbers = f"loss {_number(history.progress.loss)}  {history.rate:,.0f} images/s"
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
        if history.best and history.best.accuracy is not None:
            self._print(f"best: accuracy {history.best.accuracy:.4f} after epoch {history.best.epoch}, in {run.best}")
        if history.finished and history.finished.reason in ("stopped", "interrupted"):
            self._print(
                f"{history.finished.reason}; the state at the end is in {run.last}. "
                f"'nnplay resume {run.argument}' goes on from there"
            )
        if not history.state.over:
            self._print(f"the engine ended without a word; see {run.log}")

    def _print(self, text: str) -> None:
        self._out.print(text, markup=False, highlight=False, soft_wrap=True)


def _lines(event: AnyEvent, history: History) -> list[str]:
    """Say in words what happened; most events say nothing here."""
    match event:
        case Started():
            return _beginning(event)
        case Epoch():
            return [_epoch_line(event, history)]
        case Changed():
            return [f"{event.place} is now {event.value:.3g}: {event.why}"]
        case Paused():
            return [f"paused: {event.why}" if event.why else "paused"]
        case Continued():
            return ["continues"]
        case Failed():
            return [f"failed: {event.sentence}"]
        case Finished():
            early = [f"stopped early: {event.why}"] if event.why else []
            return early + (["test set: " + metrics_in_words(event.test)] if event.test else [])
    return []


def _beginning(event: Started) -> list[str]:
    """Say what training begins with."""
    lines = [f"note: {note}" for note in event.notes]
    if event.resumed and event.loaded:
        lines.append(f"goes on at step {event.step:,} in epoch {event.epoch}, from {event.loaded}")
    elif event.parent:
        lines.append(f"goes on from {event.parent}")
    elif event.loaded:
        lines.append(f"begins with the weights in {event.loaded}")
    lines.append(
        f"{event.device}, {'XLA' if event.jit else 'no XLA'}, {event.parameters:,} parameters, "
        f"{event.train_images:,} images to train on, {event.validation_images:,} to validate on"
    )
    return lines


def _epoch_line(epoch: Epoch, history: History) -> str:
    epochs = history.started.epochs if history.started else epoch.epoch
    line = f"epoch {epoch.epoch}/{epochs}  {metrics_in_words(epoch.train)}"
    if epoch.validation:
        line += f"  |  validation {metrics_in_words(epoch.validation)}"
    return f"{line}  |  {epoch.seconds:.2f} s"


def metrics_in_words(metrics: Metrics) -> str:
    """Write numbers with their names in one line."""
    return "  ".join(f"{name.removeprefix('sparse_categorical_')} {_number(value)}" for name, value in metrics.items())


def _number(value: float | None) -> str:
    return "not a number" if value is None else f"{value:.4f}"
