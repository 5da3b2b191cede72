"""Knobs that are turned while a model trains: by a person, by a plateau, or again, as before the run was resumed."""

from __future__ import annotations

import sys
from collections import deque
from contextlib import suppress

from engine.runs.events import Changed
from engine.runs.standing import Standing
from engine.spec.document import parse_place
from engine.spec.live import live_knobs
from engine.spec.problem import Place, SpecError, show_place
from engine.train import live
from engine.train.subject import Subject
from engine.train.telling import Telling


class Turning:
    """Turns the knobs of what is trained, and tells of it. What was turned in a run is turned there again."""

    def __init__(self, subject: Subject, standing: Standing, telling: Telling, changes: deque[Changed]) -> None:
        """Take what is turned.

        Args:
            subject: its knobs are.
            standing: how far the run is; it remembers what was turned.
            telling: where it is told.
            changes: what was turned, before the run was resumed, after the checkpoint that it goes on from.
        """
        self._subject = subject
        self._standing = standing
        self._telling = telling
        self._changes = changes

    @property
    def steps_to_next(self) -> int:
        """Steps that can be made before a knob has to be turned again."""
        return self._changes[0].step - self._standing.step if self._changes else sys.maxsize

    def again(self) -> None:
        """Make the changes once more that were made here; the errors are those of `Telling.settle`."""
        # A change at the end of an epoch was made before it was closed, or when the next had begun.
        while self._changes and self._is_due(self._changes[0]):
            change = self._changes.popleft()
            self._turn(parse_place(change.place), change.value, change.why, change.number)

    def by_hand(self, place: Place, value: float) -> None:
        """Do what a person wishes; the errors are those of `Telling.settle`."""
        numbers = [*self._standing.changes, *(change.number for change in self._changes), 0]
        self._turn(place, value, "by hand", max(numbers) + 1)

    def lower_learning_rate(self, lower: float, why: str) -> Changed:
        """Lower the learning rate at the end of an epoch, and return what is to be told of it."""
        optimizer = self._subject.built.optimizer
        before = float(optimizer.learning_rate)
        optimizer.learning_rate = lower
        with suppress(SpecError):  # it may fall to what nobody may ask for
            # What is asked for is this from now on, as far as 32 bits can tell: a fork begins with it.
            self._subject.ask(live.LEARNING_RATE, float(f"{lower:.7g}"))
        place = show_place(live.LEARNING_RATE)
        return Changed(**self._telling.stamp, place=place, value=lower, before=before, why=why)

    def _is_due(self, change: Changed) -> bool:
        return change.step <= self._standing.step and change.epoch <= self._standing.epoch

    def _turn(self, place: Place, value: float, why: str, number: int) -> None:
        """Train on with a knob at another value, and tell."""
        before = next((knob.value for knob in live_knobs(self._subject.experiment) if knob.place == place), None)
        try:
            self._subject.turn(place, value)
        except SpecError as error:  # two wishes that cannot both be had
            print(error, flush=True)  # noqa: T201 - into the run's log
            return
        self._standing.changes.append(number)
        stamp, text = self._telling.stamp, show_place(place)
        self._telling.tell(Changed(**stamp, place=text, value=value, before=before, why=why, number=number))
