"""Where a problem stands, as a person sees it on the screens: a layer by its number in the list, a knob by its title.

In a file and on the command line the same place is a path: `engine.spec.problem.show_place`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.shown import visible
from engine.spec.check import Check, Document
from engine.spec.experiment import Experiment
from engine.spec.knob import TYPE, Kind, Spec, spec_of
from engine.spec.layers import Layer
from engine.spec.problem import Place, Problem, show_place
from engine.spec.tree import value_at
from tui.widgets.frame import PLACES
from tui.words.keys import Key

LAYERS: Place = ("model", "layers")
MODES = {
    "data": "data",
    "model": "model",
    **dict.fromkeys(("compile", "fit", "checkpoint", "seed", "name"), "compile"),
}
"""The screen that has the form of each part of an experiment."""

FIXES = "draft.fix"
"""The key that does what an error asks for."""


def said(problem: Problem, check: Check, key: Key, here: str = "") -> str:
    """Say where a problem is and what: ``layer 2 (Dense) · units: must be a whole number, got 'x'``.

    Args:
        problem: of the checked document.
        check: it found the problem.
        key: names keys.
        here: the mode of the screen that says it; others are named.
    """
    place = where(problem.place, check.document, key, here)
    return f"{place}: {_words(problem, key)}" if place else _words(problem, key)


def said_at_layer(problem: Problem, check: Check, key: Key) -> str:
    """Say what is wrong where it is seen at which layer that is."""
    at = len(LAYERS) + 1
    names = _names(problem.place, check.document)[1:] if len(problem.place) > at else []
    return f"{' · '.join(names)}: {_words(problem, key)}" if names else _words(problem, key)


def _words(problem: Problem, key: Key) -> str:
    does = "removes it" if problem.unknown and problem.remedy and problem.remedy.removes else "does that"
    return f"{problem.message} ({key(FIXES)} {does})" if problem.remedy else problem.message


def all_said(problems: Iterable[Problem], check: Check, key: Key, here: str = "") -> str:
    """Say all problems, a line each."""
    return "\n".join(f"✗ {said(problem, check, key, here)}" for problem in problems)


def where(place: Place, document: Document, key: Key, here: str = "") -> str:
    """Name a place: the screen that has it, where that is another one, and what stands there; empty for no place."""
    names = _names(place, document)
    mode = mode_of(place, here)
    at_layer = len(place) > len(LAYERS) and place[: len(LAYERS)] == LAYERS  # they are in one place only
    if mode != here and not at_layer:
        names.insert(0, f"{key(f'go.{mode}')} {PLACES[mode]}")
    return visible(" · ".join(names))


def mode_of(place: Place, here: str) -> str:
    """Return the mode of the screen that has a place; the present one where none has it."""
    return MODES.get(str(place[0]), here) if place else here


def _names(place: Place, document: Document) -> list[str]:
    """Return the titles on the way to a place, of all that have a row on the screens."""
    names = list[str]()
    spec: type[Spec] | None = Experiment
    for at, key in enumerate(place):
        if isinstance(key, int):
            spec = member(Layer, value_at(document, place[: at + 1]))
            names.append(f"layer {key + 1}" + (f" ({spec.__name__})" if spec else ""))
            continue
        field = spec.model_fields.get(key) if spec else None
        if field is None:
            if key != TYPE:  # what is chosen is said where it is chosen
                names.append(show_place(place[at:] if names else place))
            break
        inner, optional = spec_of(field.annotation)
        kind = inner if inner and issubclass(inner, Kind) else None
        flat = bool(inner) and not kind and not optional  # its knobs stand among those around it
        if at == len(place) - 1 or not (flat or place[: at + 1] == LAYERS):
            names.append(field.title or key)
        spec = member(kind, value_at(document, place[: at + 1])) if kind else inner
    return names


def member(family: type[Kind], given: Any) -> type[Kind] | None:
    """Return the member of a family that a document chooses; None where it chooses none, or misspells it."""
    chosen = given.get(TYPE) if isinstance(given, Mapping) else None
    return family.members.get(chosen) if isinstance(chosen, str) else None
