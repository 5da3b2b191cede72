"""What a run trained, and what a person should know who takes its experiment for a script."""

from __future__ import annotations

from dataclasses import dataclass

from engine.runs import resuming
from engine.runs.directory import RunDirectory
from engine.runs.events import Changed
from engine.spec.experiment import Experiment


@dataclass(frozen=True)
class Trained:
    """An experiment that was run.

    Attributes:
        experiment: what was asked.
        notes: what was changed while it trained, a sentence each, for `script` and `notebook`.
    """

    experiment: Experiment
    notes: tuple[str, ...]


def trained(run: RunDirectory) -> Trained:
    """Read what a run was asked, and what was changed while it trained.

    Raises:
        RunError: it cannot be read.
        SpecError: what was asked is no experiment any more, or its data are gone.
    """
    # Those of people: what the run did by itself, the code does, too. A resumed run makes, and tells, a change again.
    changes = {event.number: event for event in resuming.events(run) if isinstance(event, Changed) and event.number}
    return Trained(run.experiment(), tuple(map(_in_words, changes.values())))


def _in_words(change: Changed) -> str:
    before = f" from {change.before:g}" if change.before is not None else ""
    return (
        f"While it trained, {change.place} went{before} to {change.value:g} at step {change.step:,}, in epoch "
        f"{change.epoch}, {change.why}: this code trains without that."
    )
