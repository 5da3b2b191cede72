"""A problem of an experiment: where it stands, what is wrong, what mends it; and the error that carries several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.shown import visible

LONGEST_KEY = 100
"""Characters of a key that is repeated; none that means something has as many."""

Place = tuple[str | int, ...]
"""The way from the experiment to one of its values: ``("model", "layers", 2, "units")``."""


def show_place(place: Place) -> str:
    """Write a place as a person does in a command: ``model.layers[2].units``."""
    text = ""
    for key in place:
        name = key if isinstance(key, int) or len(key) <= LONGEST_KEY else f"{key[:LONGEST_KEY]}…"
        text += f"[{name}]" if isinstance(key, int) else f".{name}" if text else str(name)
    return visible(text)


@dataclass(frozen=True)
class Edit:
    """One change of a document.

    Attributes:
        place: where.
        value: what will stand there; None takes away what stands there, so that the default holds.
        insert: the value becomes a new element of a list, before the one at the place.
    """

    place: Place
    value: Any
    insert: bool = False


@dataclass(frozen=True)
class Remedy:
    """What mends a problem; `engine.spec.mending` applies it.

    Attributes:
        words: the same for a person, as a request: "put Flatten before it".
        edits: made one after the other.
    """

    words: str
    edits: tuple[Edit, ...]

    @property
    def removes(self) -> bool:
        """It only takes something away."""
        return all(edit.value is None for edit in self.edits)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an experiment, with the remedy in its message.

    Attributes:
        place: where it stands.
        message: what is wrong there.
        unknown: the place is a key that nothing knows; without it, this problem is gone.
        remedy: what the message asks for, where it can be done at once.
    """

    place: Place
    message: str
    unknown: bool = False
    remedy: Remedy | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        # It may quote what a file says.
        object.__setattr__(self, "message", visible(self.message))

    def __str__(self) -> str:
        return f"{show_place(self.place)}: {self.message}" if self.place else self.message


class SpecError(Exception):
    """The experiment cannot be run as it is asked for. ``problems`` is never empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
