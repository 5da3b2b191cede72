"""What sets a run apart: its knobs that are not those of the experiment that it came from.

A fork came from its parent. Another run came from the preset of its name; where there is none, from the first run of
its name; and that one, as good as any, from the baseline.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from engine import paths
from engine.runs.asked import Asked
from engine.runs.directory import RunDirectory
from engine.spec.difference import briefly
from engine.spec.document import BASELINE, load, presets
from engine.spec.experiment import Experiment
from engine.spec.problem import SpecError

SEPARATOR = " · "


@dataclass(frozen=True)
class Apart:
    """What sets a run apart from what it came from.

    Attributes:
        origin: the name of that run or preset.
        parts: the knobs that differ, each in a few words, what matters most first; empty where none does.
    """

    origin: str
    parts: tuple[str, ...]

    @property
    def knobs(self) -> str:
        """All of them in a line."""
        return SEPARATOR.join(self.parts)


class Family:
    """The runs of a home among each other; what was compared once is not compared again."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._first: dict[str, RunDirectory] = {}
        self._known: dict[Path, tuple[Experiment, Experiment, Apart]] = {}

    def meet(self, runs: Iterable[RunDirectory]) -> None:
        """Learn which runs there are."""
        first: dict[str, tuple[int, RunDirectory]] = {}
        for run in runs:
            name, _, number = run.path.name.rpartition("-")
            if number.isdecimal() and (name not in first or int(number) < first[name][0]):
                first[name] = int(number), run
        self._first = {name: run for name, (_, run) in first.items()}

    def apart(self, run: RunDirectory, experiment: Experiment) -> Apart:
        """Say what sets a run apart."""
        name, origin = self._origin(run, experiment)
        known = self._known.get(run.path)
        if known is None or known[0] is not experiment or known[1] is not origin or known[2].origin != name:
            known = experiment, origin, Apart(name, briefly(experiment, origin))
            self._known[run.path] = known
        return known[2]

    def _origin(self, run: RunDirectory, experiment: Experiment) -> tuple[str, Experiment]:
        if experiment.fork:
            address = experiment.fork.run
            parent = RunDirectory(Path(address) if os.sep in address else paths.runs() / address)
            asked = self._asked.experiment(parent)
            if asked is not None:
                return parent.name, asked
        preset = _preset(experiment.name)
        if preset is not None:
            return experiment.name, preset
        first = self._first.get(experiment.name)
        if first is not None and first != run:
            asked = self._asked.experiment(first)
            if asked is not None:
                return first.name, asked
        return BASELINE, _preset(BASELINE) or experiment


@cache
def _preset(name: str) -> Experiment | None:
    if name not in presets():
        return None
    try:
        return Experiment.model_validate(load(name))
    except (SpecError, ValidationError):
        return None
