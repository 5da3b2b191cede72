"""The engine thread: imports TensorFlow, then trains one run at a time; it serves the screens and headless alike.

Importing this module costs nothing: TensorFlow is imported on the thread, so its owner can answer at once.
"""

from __future__ import annotations

import os
import queue
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import paths
from engine.data.dataset import fashion_mnist, prepare
from engine.data.idx import DataError
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import Failed
from engine.runs.journal import Journal
from engine.spec.problem import SpecError
from engine.train.control import Control, StopReason


class Busy(Exception):  # noqa: N818 - an answer, not a fault
    """A run is in progress; only one trains at a time."""


class EngineThread(threading.Thread):
    """Runs experiments. All methods but `run` may be called from any thread.

    Attributes:
        began: when it was made, in seconds of `time.monotonic`.
        device: what computes; empty until TensorFlow is there.
        broken: why nothing can be trained at all; empty while all is well.
        current: the run that is training or waiting to; None when idle.
    """

    def __init__(self) -> None:
        super().__init__(name="engine", daemon=True)
        self.began = time.monotonic()
        self.device = ""
        self.broken = ""
        self.current: RunDirectory | None = None
        self._control = Control()
        self._lock = threading.Lock()
        self._wanted: queue.SimpleQueue[tuple[RunDirectory, Control] | None] = queue.SimpleQueue()

    def train(self, run: RunDirectory) -> None:
        """Train a new run as soon as TensorFlow is there.

        Raises:
            Busy: another run is in progress.
        """
        with self._lock:
            if self.current is not None:
                raise Busy(f"{self.current.name} is still training: stop it first")
            self.current, self._control = run, Control()
            self._wanted.put((run, self._control))

    def pause(self) -> None:
        """Pause the current run after its chunk; nothing happens when idle."""
        self._control.pause()

    def proceed(self) -> None:
        """Continue after a pause."""
        self._control.proceed()

    def stop(self, reason: StopReason = "stopped") -> None:
        """Save the current run's state and end it."""
        self._control.stop(reason)

    def leave(self) -> None:
        """End the thread when the current run is over."""
        self._wanted.put(None)

    def run(self) -> None:
        """Import TensorFlow, then train what is asked for: the body of the thread."""
        try:
            prepare_environment()
            from engine.build import devices  # noqa: PLC0415 - seconds of importing, which belong on this thread
            from engine.train import trainer  # noqa: PLC0415

            source = fashion_mnist()
            self.device = devices.describe()
        except DataError as error:
            self.broken = str(error)
        except Exception as error:  # noqa: BLE001 - whatever keeps TensorFlow from loading must reach the screen
            traceback.print_exc()
            self.broken = f"TensorFlow could not be loaded: {error}. 'nnplay doctor' tells more"
        while (wanted := self._wanted.get()) is not None:
            run, control = wanted
            if self.broken:
                _say_failed(run, self.broken, "")
            else:
                self._train(run, control, trainer, source)
            with self._lock:
                self.current = None

    def _train(self, run: RunDirectory, control: Control, trainer, source) -> None:  # type: ignore[no-untyped-def]
        try:
            journal = Journal(run.events)
        except OSError as error:
            traceback.print_exc()
            self.broken = f"cannot write {run.events}: {error.strerror}"
            return
        try:
            with printing_to(run.log):
                experiment = run.experiment()
                trainer.Trainer(experiment, prepare(experiment.data, *source), run, journal, control).run()
        except trainer.Diverged as error:
            remedy = "Lower the learning rate (a tenth is a good first try) or choose smaller initial weights"
            _say_failed(run, str(error), remedy)
        except (RunError, SpecError) as error:
            _say_failed(run, str(error), "Correct experiment.toml, or train again from the screens")
        except OSError as error:
            traceback.print_exc()
            _say_failed(run, f"cannot write to {run.path}: {error.strerror}", "Make room on the disk, then train again")
        except MemoryError:
            traceback.print_exc()
            _say_failed(run, "memory ran out", "Use smaller batches or a smaller model")
        except Exception as error:  # noqa: BLE001 - the run must end in its journal, whatever happened
            traceback.print_exc()
            first_line = str(error).strip().partition("\n")[0] or "no message"
            _say_failed(run, f"{type(error).__name__}: {first_line}", f"The whole story is in {run.log.name}")
        finally:
            journal.close()


def prepare_environment() -> None:
    """Set what TensorFlow and Keras read while they are imported.

    A private KERAS_HOME keeps a user's keras.json from choosing another backend.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["KERAS_HOME"] = str(paths.home() / "keras")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@contextmanager
def printing_to(path: Path) -> Iterator[None]:
    """Send all that the process prints, TensorFlow's C++ included, to the end of a file.

    Raises:
        OSError: the file cannot be written.
    """
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    before = [os.dup(number) for number in (1, 2)]
    try:
        for number in (1, 2):
            os.dup2(log, number)
        yield
    finally:
        for number, old in zip((1, 2), before, strict=True):
            os.dup2(old, number)
            os.close(old)
        os.close(log)


def _say_failed(run: RunDirectory, why: str, remedy: str) -> None:
    try:
        journal = Journal(run.events)
        try:
            journal.append(Failed(time=time.time(), why=why, remedy=remedy))
        finally:
            journal.close()
    except OSError:
        traceback.print_exc()  # the disk is full or gone: all that is left is the log
