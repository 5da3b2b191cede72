"""What Pydantic finds wrong, in nnplay's words: each problem at its place, with what was given and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.spec.knob import TYPE
from engine.spec.problem import Edit, Place, Problem, Remedy

SHORT = 60
"""Characters of a wrong value that a message repeats."""

WORDS = (
    ("Input should be", "must be"),
    ("Input should", "must"),
    ("Field required", "is missing"),
    ("a valid integer", "a whole number"),
    ("a valid number", "a number"),
    ("a valid boolean", "true or false"),
    ("Tuple must", "must"),
    ("Tuple should", "must"),
    ("Value should", "must"),
    ("String should", "must"),
    (" after validation", ""),
)
"""What Pydantic says, and what nnplay says instead."""


def problems_of(error: ValidationError, base: Place = ()) -> list[Problem]:
    """Return what Pydantic found as problems, each at its place below ``base`` and in words that say what was given."""
    problems: dict[Place, Problem] = {}
    lacking = set[Place]()
    for detail in error.errors(include_url=False):
        place, message = _explain(detail)
        if detail["type"] in ("too_short", "missing") and place in problems and place not in lacking:
            continue  # the wrong ones are not counted: that they are wrong is said
        # Of a union ("test" or a number) every branch complains at the same place: one line says both.
        if detail["type"] == "missing":  # of several that are missing, the last tells how many there should be
            lacking.add(place)
        elif place in problems:
            before = problems[place].message.split(", got ")[0]
            message = message if message.startswith(before) else f"{before}, or {message.removeprefix('must be ')}"
        at, near = (*base, *place), detail.get("ctx", {}).get("near")
        unknown = detail["type"] == "unknown_key"
        remedy = (_other_key if unknown else _other_type)(at, near, detail["input"])
        problems[place] = Problem(at, message, unknown=unknown, remedy=remedy)
    return list(problems.values())


def _other_key(place: Place, near: str | None, given: Mapping[str, Any]) -> Remedy:
    """Return what mends a key that nothing knows: its likely meaning, where that is free, or no such key."""
    if not near:
        return Remedy("take it out", (Edit(place, None),))
    return Remedy(f"call it {near}", (Edit((*place[:-1], near), given[str(place[-1])]), Edit(place, None)))


def _other_type(place: Place, near: str | None, given: Any) -> Remedy | None:
    """Return what mends a type that nothing knows: its likely meaning, with the knobs that were given beside it."""
    if not near:
        return None
    knobs = {key: each for key, each in given.items() if key != TYPE} if isinstance(given, Mapping) else {}
    return Remedy(f"choose {near}", (Edit(place[:-1], {TYPE: near, **knobs}),))


def _explain(detail: ErrorDetails) -> tuple[Place, str]:
    context = detail.get("ctx", {})
    # Pydantic names a union's branch in the place ("literal['test']", "float"); a person's file has no such key.
    place = tuple(key for key in detail["loc"] if isinstance(key, int) or key.isidentifier())
    place = tuple(key for key in place if key not in ("float", "int", "str", "bool"))
    message = detail["msg"]
    if len(place) > 1 and isinstance(place[-1], int) and place[-2] != "layers":
        if detail["type"] == "missing":  # [3] of two sides
            message = f"must have {place[-1] + 1} values, not {len(detail['input'])}"
        place = place[:-1]  # one side of a shape, one of the metrics: the knob is what a person can go to
    if "key" in context:
        return (*place, context["key"]), message
    for theirs, ours in WORDS:
        message = message.replace(theirs, ours)
    if detail["type"] == "string_pattern_mismatch":
        message = "must be letters, digits, '.', '_' or '-', the first a letter or a digit"
    if detail["type"] == "tuple_type" and place[-1:] == ("layers",):
        message = "must be a list of layers (in a file: a [[model.layers]] for each)"
    elif detail["type"] == "tuple_type":
        message = "must be whole numbers, such as 3 or 3×5 (in a file: [3, 5])"
    if detail["type"] in ("model_type", "dict_type"):
        message = "must be a table of keys and values"
    given = detail["input"]
    got = (
        ""
        if isinstance(given, Mapping | Sequence) and not isinstance(given, str)
        else ", got nothing"
        if given == ""
        else f", got {_short(given)}"
    )
    return place, message + ("" if detail["type"] == "missing" else got)


def _short(given: object) -> str:
    try:
        text = repr(given)
    except ValueError:  # an integer with thousands of digits
        return "a number with too many digits"
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
