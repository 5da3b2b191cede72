"""Training without screens: ``python -m engine.worker.headless RUN [--json]``, started by ``nnplay train``.

The same engine thread as behind the screens, in this process. The main thread follows the run's events, as a screen
would, and prints them: an epoch a line on stdout with a progress bar on stderr, or the events as JSON lines.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent, Changed, Epoch, Failed, Finished, Metrics, Started
from engine.runs.history import History
from engine.train.thread import EngineThread, printing_to

OK, FAILED, INTERRUPTED = 0, 1, 130
LOOK_SECONDS = 0.05
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that save a checkpoint and end the run."""


def main() -> NoReturn:
    """Train the run and exit: with 0 when it is done, 1 when it failed, 130 when interrupted after a checkpoint."""
    run, as_json = RunDirectory(Path(sys.argv[1])), "--json" in sys.argv[2:]
    # What a person reads goes to copies of stdout and stderr; the originals become the log, for TensorFlow's noise.
    out, err = (os.fdopen(os.dup(number), "w", buffering=1) for number in (1, 2))
    with printing_to(run.log):
        thread = EngineThread()
        thread.train(run)
        _stop_on_signals(thread)  # after train: a signal that waited is meant for this run
        thread.start()
        report = JsonReport(out) if as_json else TextReport(out, err)
        history = _follow(run, thread, report)
        try:
            report.end(history, run)
            out.flush()
        except BrokenPipeError:
            pass  # nobody reads; how it ended is in the run's directory
        sys.stdout.flush()
        sys.stderr.flush()
        # Not a return: closing a pipe that broke would complain, and the engine thread may be inside TensorFlow.
        os._exit(_exit_status(history))


def _exit_status(history: History) -> int:
    if history.finished:
        return INTERRUPTED if history.finished.reason == "interrupted" else OK
    return FAILED


class JsonReport:
    """Prints each event as it is in the file."""

    def __init__(self, out) -> None:  # type: ignore[no-untyped-def]
        self._out = out

    def show(self, events: list[AnyEvent], history: History) -> None:
        """Print what is new."""
        for event in events:
            self._out.write(event.model_dump_json() + "\n")

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

    def show(self, events: list[AnyEvent], history: History) -> None:
        """Print what is new."""
        for event in events:
            match event:
                case Started():
                    if event.loaded:
                        self._print(f"begins with the weights in {event.loaded}")
                    self._print(
                        f"{event.device}, {'XLA' if event.jit else 'no XLA'}, {event.parameters:,} parameters, "
                        f"{event.train_images:,} images to train on, {event.validation_images:,} to validate on"
                    )
                case Epoch():
                    self._print(_epoch_line(event, history))
                case Changed():
                    self._print(f"{event.place} is now {event.value:.3g}: {event.why}")
                case Failed():
                    self._print(f"failed: {event.sentence}")
                case Finished():
                    if event.why:
                        self._print(f"stopped early: {event.why}")
                    if event.test:
                        self._print("test set: " + _metrics(event.test))
                case _:
                    pass
        if history.started and history.progress:
            numbers = f"loss {_number(history.progress.loss)}  {history.rate:,.0f} images/s"
            if history.seconds_left is not None:
                numbers += f"  {history.seconds_left:,.0f} s left"
            epoch = f"epoch {history.progress.epoch}/{history.started.epochs}"
            total, done = history.started.epochs, history.epochs_done
            self._bar.update(self._task, description=epoch, total=total, completed=done, numbers=numbers)

    def end(self, history: History, run: RunDirectory) -> None:
        """Print how it ended and where its files lie."""
        self._bar.stop()
        if history.best and history.best.accuracy is not None:
            self._print(f"best: accuracy {history.best.accuracy:.4f} after epoch {history.best.epoch}, in {run.best}")
        if history.finished and history.finished.reason in ("stopped", "interrupted"):
            self._print(f"{history.finished.reason}; the state at the end is in {run.last}")
        if not history.state.over:
            self._print(f"the engine ended without a word; see {run.log}")

    def _print(self, text: str) -> None:
        self._out.print(text, markup=False, highlight=False, soft_wrap=True)


def _follow(run: RunDirectory, thread: EngineThread, report: JsonReport | TextReport) -> History:
    tail, history = run.tail(), History()
    while True:
        # Looked at before reading: what was written before the end is read after it.
        over = thread.current is None or not thread.is_alive()
        events = tail.read()
        history = history.after(events)
        try:
            report.show(events, history)
        except BrokenPipeError:  # whoever read our output has gone, as `head` does: save and end
            thread.stop("interrupted")
        if over and not events:
            return history
        if not over:
            time.sleep(LOOK_SECONDS)


def _stop_on_signals(thread: EngineThread) -> None:
    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a handler
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends it at once
        thread.stop("interrupted")

    for number in STOPPING:
        signal.signal(number, stop)
    # The command line held them back while this program was loaded; one that came meanwhile arrives now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _epoch_line(epoch: Epoch, history: History) -> str:
    epochs = history.started.epochs if history.started else epoch.epoch
    line = f"epoch {epoch.epoch}/{epochs}  {_metrics(epoch.train)}"
    if epoch.validation:
        line += f"  |  validation {_metrics(epoch.validation)}"
    return f"{line}  |  {epoch.seconds:.2f} s"


def _metrics(metrics: Metrics) -> str:
    return "  ".join(f"{name.removeprefix('sparse_categorical_')} {_number(value)}" for name, value in metrics.items())


def _number(value: float | None) -> str:
    return "not a number" if value is None else f"{value:.4f}"


if __name__ == "__main__":
    main()
