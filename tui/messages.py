"""The messages that travel between the engine's watchers, the widgets and the app. Data flows down, these go up."""

from __future__ import annotations

from typing import Any

from textual.message import Message

from engine.runs.directory import RunDirectory
from engine.spec.experiment import Experiment
from engine.spec.problem import Place
from engine.worker.protocol import Status
from tui.snapshot import Watched


class Edited(Message):
    """A person changed one knob of the draft; ``typing``: perhaps not for the last time.

    With ``rests`` it is not to be read before typing rests: half a path would be looked for on the disk.
    """

    def __init__(self, place: Place, value: Any, *, typing: bool = False, rests: bool = False) -> None:
        super().__init__()
        self.rests = rests
        self.place = place
        self.value = value
        self.typing = typing


class Settled(Message):
    """A person left a field: what was typed there is done."""


class KindChosen(Message):
    """A person chose another kind (an optimizer, a loss) at a place of the draft."""

    def __init__(self, place: Place, type_name: str) -> None:
        super().__init__()
        self.place = place
        self.type_name = type_name


class EngineReported(Message):
    """The engine said how it is."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self.status = status

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, EngineReported)


class EngineLost(Message):
    """The engine process is gone."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class RunGrew(Message):
    """The watched run has new events, or something about its process changed."""

    def __init__(self, watched: Watched | None) -> None:
        super().__init__()
        self.watched = watched  # None: it is gone

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RunGrew)


class ForksFound(Message):
    """A person wants to fork a run; these are the experiments that it could go on from, by epoch."""

    def __init__(self, run: RunDirectory, experiments: dict[int, Experiment], best: int | None) -> None:
        super().__init__()
        self.run = run
        self.experiments = experiments
        self.best = best


class KnobsFound(Message):
    """A person wants to turn knobs of a run; this is what it trains by now.

    ``share``: what its schedule multiplies the learning rate by now; None where none does.
    """

    def __init__(self, run: RunDirectory, experiment: Experiment, share: float | None = None) -> None:
        super().__init__()
        self.run = run
        self.experiment = experiment
        self.share = share


class Queued(Message):
    """A run waits for its turn, after so many others."""

    def __init__(self, run: RunDirectory, before: int) -> None:
        super().__init__()
        self.run = run
        self.before = before


class NextBegan(Message):
    """The turn of a run that waited has come."""

    def __init__(self, run: RunDirectory) -> None:
        super().__init__()
        self.run = run


class Refused(Message):
    """Something could not be done; a person should know why and what to do."""

    def __init__(self, title: str, why: str) -> None:
        super().__init__()
        self.title = title
        self.why = why
