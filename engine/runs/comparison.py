"""Several runs beside each other: what each came to, and only those of their knobs that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine import disk
from engine.runs.directory import RunError
from engine.runs.events import Changed, parse
from engine.runs.library import Overview
from engine.spec.difference import FORK, Difference, differences
from engine.spec.experiment import Experiment, Fork
from engine.spec.problem import SpecError


@dataclass(frozen=True)
class Comparison:
    """Runs, and what differs between their experiments.

    Attributes:
        differences: of their knobs; a fork is none, `forks` has it.
        forks: what each goes on from; None for a run that is no fork.
        turned: what people changed in each run while it trained, by the knob's place: its last value.
    """

    runs: tuple[Overview, ...]
    differences: tuple[Difference, ...]
    forks: tuple[Fork | None, ...]
    turned: tuple[dict[str, float], ...]

    @property
    def turned_places(self) -> tuple[str, ...]:
        """The knobs that were turned in any of them."""
        return tuple(dict.fromkeys(place for each in self.turned for place in each))


def compare(runs: Sequence[Overview]) -> Comparison:
    """Compare runs.

    Raises:
        RunError: what was asked of one of them cannot be read.
    """
    experiments = [_asked(seen) for seen in runs]
    found = tuple(each for each in differences(experiments) if each.place[0] != FORK)
    forks = tuple(experiment.fork for experiment in experiments)
    return Comparison(tuple(runs), found, forks, tuple(_turned(seen) for seen in runs))


def _asked(seen: Overview) -> Experiment:
    try:
        return seen.run.experiment()
    except SpecError as error:
        raise RunError(f"{seen.run.name} cannot be compared: {error.problems[0]}") from None


def _turned(seen: Overview) -> dict[str, float]:
    """Return what people turned, from the lines that tell of it: of thousands of others none is parsed."""
    found: dict[str, float] = {}
    try:
        with disk.reading(seen.run.events) as file:
            for line in file:
                event = parse(line) if b'"changed"' in line else None
                if isinstance(event, Changed) and event.number:
                    found[event.place] = event.value
    except FileNotFoundError:
        return found
    except OSError as error:
        raise RunError(f"{seen.run.name} cannot be compared: {error.strerror}") from None
    return found
