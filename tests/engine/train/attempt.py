"""One process' work on a run in a test: what happens at which step, and how it ends."""

from __future__ import annotations

from engine.runs import saved
from engine.runs.events import Progress
from engine.runs.journal import Journal
from engine.runs.making import create
from engine.runs.resuming import events
from engine.train import beginning
from engine.train.control import Control
from engine.train.loop import OnDevice
from engine.train.pace import Pace
from engine.train.trainer import Trainer

LAYERS = (
    {"type": "flatten"},
    {"type": "dense", "units": 8, "activation": "relu", "kernel_regularizer": {"type": "l2", "strength": 0.001}},
    {"type": "batch_normalization"},
    {"type": "dropout", "rate": 0.2},
)
RATE = ("model", "layers", 3, "rate")
LEARNING_RATE = ("compile", "optimizer", "learning_rate")
STRENGTH = ("model", "layers", 1, "kernel_regularizer", "strength")


class Killed(BaseException):
    """As good as SIGKILL: nothing is saved, nothing is told."""


class Attempt:
    """One process' work on a run, with what happens at which step, at the end of a chunk: a wish, or its end."""

    def __init__(self, run, data, *, chunk=2, resume=False, at=None):
        self.run = run
        self.control = Control()
        self._at = dict(at or {})
        self._journal = Journal(run.events)
        self.trainer = Trainer(run.experiment(), data, run, self._journal, self.control, resume=resume)
        self.trainer.pace = FixedPace(chunk)
        tell = self._journal.append

        def append(event):
            tell(event)
            happening = self._at.pop(event.step, None) if isinstance(event, Progress) else None
            if happening == "kill":
                raise Killed
            if happening == "stop":
                self.control.stop()
            elif happening:
                self.control.wish(happening)

        self._journal.append = append

    def go(self):
        try:
            self.trainer.run()
        except Killed:
            pass
        finally:
            self._journal.close()
        return self.trainer


class FixedPace(Pace):
    """Chunks that depend on no clock."""

    def next(self, left):
        return min(left, self.steps)

    def measured(self, steps, seconds):
        pass


def begin(run, split, how=beginning.begin):
    experiment = run.experiment()
    return how(experiment, run, OnDevice.put(split, experiment), split.fingerprint())


def of(run, kind):
    return [event for event in events(run) if isinstance(event, kind)]


def digest(run):
    return saved.read(run.last).digest()


def fork(quick, parent, epoch, *settings, **options):
    return create(quick("fit.epochs=3", f"fork={{run='{parent.name}', epoch={epoch}}}", *settings, **options))
