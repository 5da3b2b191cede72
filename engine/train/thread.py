"""The engine thread: imports TensorFlow, then trains one run at a time; it serves the screens and headless alike.

Importing this module costs nothing: TensorFlow is imported on the thread, so its owner can answer at once.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import disk, paths
from engine.data import source
from engine.data.dataset import Split, prepare
from engine.data.facts import DataError
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import Failed, Finished
from engine.runs.journal import Journal
from engine.runs.lock import Hold, Holder, held
from engine.runs.saved import CheckpointError
from engine.spec.document import parse_place
from engine.spec.live import turned
from engine.spec.problem import SpecError
from engine.train.control import Control, Ousted, SaveNow, Stop, StopReason, Turn
from engine.train.patience import Patience

LESS_MEMORY = (
    "Use smaller batches (fit.batch_size), fewer units or filters, or 16 bits on a GPU (compile.precision); or end "
    "other programs that use the device"
)


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A run cannot be started now; the message says why."""


class UnwritableError(Refusal):
    """A run cannot be started now, for its directory cannot be written: later it may be."""


class EngineThread(threading.Thread):
    """Runs experiments. All methods but `run` may be called from any thread.

    Attributes:
        began: when it was made, in seconds of `time.monotonic`.
        device: what computes; empty until TensorFlow is there.
        broken: why nothing can be trained at all; empty while all is well.
        current: the run that is training or waiting to; None when idle.
    """

    def __init__(self, command_socket: Path | None) -> None:
        """Take the socket on which its owner listens, if it does: a run's lock names it."""
        super().__init__(name="engine", daemon=True)
        self._socket = command_socket
        self.began = time.monotonic()
        self.device = ""
        self.broken = ""
        self.current: RunDirectory | None = None
        self._control = Control()
        self._hold: Hold | None = None
        self._lock = threading.Lock()
        self._wanted: queue.SimpleQueue[_Job] = queue.SimpleQueue()

    def train(self, run: RunDirectory, *, resume: bool = False) -> None:
        """Train a run as soon as TensorFlow is there: a new one, or one that goes on.

        Raises:
            Refusal: another run is in progress, this one has events already, or another process trains it.
            UnwritableError: its directory cannot be written.
        """
        with self._lock:
            if self.current is not None:
                raise Refusal(f"{self.current.name} is still training: stop it first")
            if run.events.exists() and not resume:
                raise Refusal(f"{run.name} was trained already: resume it, fork it, or start a new run")
            job = _Job(run, resume, Control(), ExitStack())
            try:
                job.hold = job.open.enter_context(held(run, Holder.me(self._socket)))
                job.journal = job.open.enter_context(closing(Journal(run.events)))
                disk.remove_temporary(run.checkpoints)
            except RunError as error:
                raise Refusal(str(error)) from None
            except OSError as error:
                job.open.close()
                raise UnwritableError(
                    f"cannot write to {error.filename or run.path}: {error.strerror or error}. Make room "
                    "there or make it writable, and try again"
                ) from None
            self.current, self._control, self._hold = run, job.control, job.hold
            self._wanted.put(job)

    def keep(self) -> None:
        """Look after the lock of the current run, now and then. Where it was lost, the run is left alone."""
        hold, control = self._hold, self._control
        if hold and not hold.keep():
            control.oust()

    def pause(self) -> None:
        """Pause the current run after its chunk; nothing happens when idle."""
        self._control.pause()

    def proceed(self) -> None:
        """Continue after a pause."""
        self._control.proceed()

    def stop(self, reason: StopReason = "stopped") -> None:
        """Save the current run's state and end it."""
        self._control.stop(reason)

    def turn(self, place: str, value: float) -> None:
        """Give a knob of the current run another value, after its chunk.

        Raises:
            Refusal: nothing trains, or the knob has other bounds, or cannot be turned while it trains.
        """
        experiment = self._control.experiment
        if experiment is None or self.current is None:
            raise Refusal("no run is training yet")
        try:
            at = parse_place(place)
            turned(experiment, at, value)
        except SpecError as error:
            raise Refusal(str(error)) from None
        self._control.wish(Turn(at, value))

    def save(self) -> None:
        """Have the current run write a checkpoint after its chunk."""
        self._control.wish(SaveNow())

    @property
    def trouble(self) -> str:
        """What the current run waits for, where it goes on by itself; empty while all is well."""
        return self._control.trouble

    def run(self) -> None:
        """Import TensorFlow, then train what is asked for: the body of the thread."""
        try:
            prepare_environment()
            from engine.build import devices  # noqa: PLC0415 - seconds of importing, which belong on this thread
            from engine.train import freeing, trainer  # noqa: PLC0415

            built_in = source.read(source.BUILT_IN)  # read once: most runs want it
            # All that was imported stays: looking through it for garbage, after each run, would take half a second.
            gc.freeze()
            self.device = devices.describe()
        except DataError as error:
            self.broken = str(error)
        except Exception as error:  # noqa: BLE001 - whatever keeps TensorFlow from loading must reach the screen
            _print_error()
            self.broken = f"TensorFlow could not be loaded: {error}. 'nnplay doctor' tells more"
        while True:
            job = self._wanted.get()
            try:
                if self.broken:
                    job.journal.append(_failed(self.broken))
                else:
                    with noting(job.run.log):
                        _train(job, trainer, built_in)
            except Exception:  # noqa: BLE001 - the disk is full or gone: not even the end of the run could be written
                _print_error()
            finally:
                job.open.close()
                try:
                    if not self.broken:
                        freeing.free()
                finally:
                    with self._lock:
                        self.current = self._hold = None


@dataclass
class _Job:
    """A run to train.

    Attributes:
        resume: go on with it.
        open: the files that are held while it trains: the lock and the journal.
        hold: the lock.
    """

    run: RunDirectory
    resume: bool
    control: Control
    open: ExitStack
    hold: Hold = field(init=False)
    journal: Journal = field(init=False)


def _train(job: _Job, trainer: Any, built_in: tuple[Split, Split]) -> None:
    """Train one run; whatever happens, its journal says how it ended.

    Raises:
        OSError: not even that can be written.
    """
    run, journal = job.run, job.journal
    try:
        experiment = Patience(job.control).insist(run.experiment)
        wanted = experiment.data
        train, test = built_in if wanted.source == source.BUILT_IN else source.read(wanted.source)
        data = prepare(
            train,
            test,
            sizes=wanted.sizes(),
            held_out=wanted.validation != "test",
            label_noise=wanted.label_noise,
            seed=experiment.seed,
        )
        trainer.Trainer(experiment, data, run, journal, job.control, resume=job.resume).run()
    except Stop as stop:  # before it began
        journal.append(Finished(time=time.time(), reason=stop.reason))
    except Ousted:
        sys.stderr.write(f"another process trains {run.name} now: this one left it, and saved nothing more\n")
    except trainer.Diverged as error:
        remedy = "Lower the learning rate (a tenth is a good first try) or choose smaller initial weights"
        journal.append(_failed(str(error), remedy))
    except (DataError, CheckpointError) as error:
        journal.append(_failed(str(error)))
    except (RunError, SpecError) as error:
        journal.append(_failed(str(error), "Correct experiment.toml, or train again from the screens"))
    except OSError as error:
        _print_error()
        journal.append(
            _failed(f"cannot write the run: {error.strerror or error}", f"Look at {error.filename or run.path}")
        )
    except Exception as error:  # noqa: BLE001 - the run must end in its journal, whatever happened
        _print_error()
        if _memory_ran_out(error):
            journal.append(_failed("the memory ran out", LESS_MEMORY))
        else:
            journal.append(_failed(f"{type(error).__name__}: {_gist(error)}", f"The whole story is in {run.log}"))


def _print_error() -> None:
    """Write the whole story into the log; where that cannot be written, either, there is nowhere to tell it."""
    with suppress(OSError):
        traceback.print_exc()


def _memory_ran_out(error: Exception) -> bool:
    """Say whether an error is the device's or the machine's lack of memory. XLA tells of it as an internal error."""
    kind, text = type(error).__name__, str(error)
    return kind in ("MemoryError", "ResourceExhaustedError") or "RESOURCE_EXHAUSTED" in text or "Out of memory" in text


def _gist(error: Exception) -> str:
    """Return the line of a message that says most: the first, but TensorFlow puts the user's code before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("{{node")]
    return (lines[-1] if lines[0] == "in user code:" else lines[0]) if lines else "no message"


def _failed(why: str, remedy: str = "") -> Failed:
    return Failed(time=time.time(), why=why, remedy=remedy)


def prepare_environment() -> None:
    """Set what TensorFlow and Keras read while they are imported, and what they say: errors.

    A private KERAS_HOME keeps a user's keras.json from choosing another backend.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["KERAS_HOME"] = str(paths.home() / "keras")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # On a shared GPU take what is needed, not all there is.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    # Advice to programmers would stand in a log's last lines, as if it were what a run died of.
    from absl import logging as of_absl  # noqa: PLC0415 - TensorFlow's, as everything that is imported on the thread

    of_absl.set_verbosity(of_absl.ERROR)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@contextmanager
def noting(log: Path | None) -> Iterator[None]:
    """Print to a run's log, or to nowhere; where it cannot be written, train all the same."""
    with ExitStack() as stack:
        with suppress(OSError):
            null = Path(os.devnull)
            file = stack.enter_context(disk.appending(log)) if log else stack.enter_context(null.open("ab"))
            stack.enter_context(_printing_to(file.fileno()))
        yield


@contextmanager
def _printing_to(log: int) -> Iterator[None]:
    """Send all that the process prints, TensorFlow's C++ included, to an open file."""
    before = [os.dup(number) for number in (1, 2)]
    try:
        for number in (1, 2):
            os.dup2(log, number)
        yield
    finally:
        for number, old in zip((1, 2), before, strict=True):
            os.dup2(old, number)
            os.close(old)
