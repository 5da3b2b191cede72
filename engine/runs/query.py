"""The language that filters runs: ``acc>0.88 optimizer:adam state:done``. Terms are and-ed.

A word alone is looked for in names and notes. Else a term is a field, a comparison and a value: a figure of the run
(acc, epochs, ...), its state, or any knob of its experiment by the last part of its place (units, optimizer). Of a knob
that stands in many layers, one that fits is enough.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.runs.library import Condition, Overview
from engine.shown import visible
from engine.spec.experiment import Experiment
from engine.spec.knob import TYPE, Spec, document, suggest

FIGURES: Mapping[str, Callable[[Overview], float | None]] = {
    "acc": lambda seen: seen.history.best.accuracy if seen.history.best else None,
    "val_loss": lambda seen: seen.history.best.loss if seen.history.best else None,
    "epochs": lambda seen: seen.history.whole_epochs,
    "params": lambda seen: seen.history.started.parameters if seen.history.started else None,
    "time": lambda seen: seen.history.epoch.trained if seen.history.epoch else None,
}
"""What a run came to: best validation accuracy and its loss, epochs done, parameters, seconds trained."""
LAYER = "layer"
"""The field that means the kinds of the layers."""
TEXTS = ("name", "note", "state")
TERM = re.compile(r"([A-Za-z_]\w*)(<=|>=|!=|:|=|<|>)(.*)")
NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    ":": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
}
EQUAL = (":", "=", "!=")

Knobs = Mapping[str, frozenset[str]]
"""The values of an experiment's knobs, as `_plain` writes them, by the last part of their places."""


Test = Callable[[Overview, Knobs], bool]


@dataclass(frozen=True)
class Query:
    """What runs must fulfil.

    Attributes:
        text: as it was typed.
        tests: all of them must hold.
    """

    text: str = ""
    tests: tuple[Test, ...] = ()

    def matches(self, overview: Overview, knobs: Knobs) -> bool:
        """Say whether a run fulfils it. Its knobs are what `knobs_of` says; none where they cannot be read."""
        return all(test(overview, knobs) for test in self.tests)


EVERY = Query()


class QueryError(ValueError):
    """Something in a query cannot be understood (yet): the message says what; ``rest`` is what can be."""

    def __init__(self, why: str, rest: Query = EVERY) -> None:
        super().__init__(why)
        self.rest = rest


def parse(text: str) -> Query:
    """Read a query; an empty one is fulfilled by every run.

    Raises:
        QueryError: a field is not known, or cannot be compared so.
    """
    words, tests, problems = list[str](), list[Test](), list[str]()
    for word in text.split():
        try:
            tests.append(_term(word))
        except QueryError as error:
            problems.append(str(error))
        else:
            words.append(visible(word))
    query = Query(" ".join(words), tuple(tests))
    if problems:
        raise QueryError(problems[0], query)
    return query


def _term(word: str) -> Test:
    found = TERM.fullmatch(word)
    if found is None:
        return lambda seen, _: word.casefold() in f"{seen.run.name}\n{seen.note}".casefold()
    field, sign, value = found.groups()
    if not value:
        raise QueryError(f"{field}{sign} lacks a value, such as {_sample(field, sign)}")
    if field in FIGURES:
        return _figure(field, sign, value)
    if field in TEXTS:
        return _text(field, sign, value)
    if field not in known_knobs():
        near = suggest(field, [*FIGURES, *TEXTS, *known_knobs()]).partition("allowed:")[0].strip()
        raise QueryError(
            f"there is no knob '{visible(field)}'" + (f": {near}" if near else ": its name is in the diff")
        )
    return _knob(field, sign, value)


def _sample(field: str, sign: str) -> str:
    samples = {"acc": "0.88", "epochs": "5", "params": "1e6", "time": "60", "state": "done", "optimizer": "adam"}
    return f"{field}{sign}{samples.get(field, '1' if sign in '<>=' else 'relu')}"


def _figure(field: str, sign: str, value: str) -> Test:
    wanted, compare, figure = _number(field, value), NUMBERS[sign], FIGURES[field]

    def test(seen: Overview, _: Knobs) -> bool:
        there = figure(seen)
        return there is not None and compare(there, wanted)

    return test


def _number(field: str, value: str) -> float:
    number = _as_number(value)
    if number is None:
        raise QueryError(f"{field} is a number, '{visible(value)}' is none: such as {_sample(field, '>')}")
    return number


def _as_number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _text(field: str, sign: str, value: str) -> Test:
    if sign not in EQUAL:
        raise QueryError(f"{field} is a text: write {field}:{visible(value)}")
    wanted = value.casefold()
    if field == "state":
        states = {condition.value.replace(" ", "_"): condition for condition in Condition}
        state = states.get(wanted.replace("-", "_"))
        if state is None:
            raise QueryError(f"there is no state '{visible(value)}': {suggest(wanted, states)}")
        return lambda seen, _: (seen.condition is state) != (sign == "!=")
    if field == "name":
        return lambda seen, _: (wanted in seen.run.name.casefold()) != (sign == "!=")
    return lambda seen, _: (wanted in seen.note.casefold()) != (sign == "!=")


def _knob(field: str, sign: str, value: str) -> Test:
    wanted = _plain(value)
    if sign in EQUAL:
        return lambda _, knobs: (wanted in knobs.get(field, ())) != (sign == "!=")
    limit, compare = _number(field, value), NUMBERS[sign]

    def test(_: Overview, knobs: Knobs) -> bool:
        numbers = (_as_number(each) for each in knobs.get(field, ()))
        return any(number is not None and compare(number, limit) for number in numbers)

    return test


@cache
def known_knobs() -> frozenset[str]:
    """Return the last parts of all places that an experiment can have."""
    found, specs = {LAYER}, [Spec]
    while specs:
        spec = specs.pop()
        found |= set(spec.model_fields)
        specs += spec.__subclasses__()
    return frozenset(found)


def knobs_of(experiment: Experiment | None) -> Knobs:
    """Return the values of all knobs of an experiment, as a query compares them."""
    found: dict[str, set[str]] = {}
    for name, value in _pairs(document(experiment)) if experiment else ():
        found.setdefault(name, set()).add(value)
    return {name: frozenset(values) for name, values in found.items()}


def _pairs(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        for each in value if isinstance(value, list) and value and isinstance(value[0], Mapping) else (value,):
            if isinstance(each, Mapping):
                yield (LAYER if name == "layers" else name), _plain(each.get(TYPE, "on"))
                yield from _pairs({key: below for key, below in each.items() if key != TYPE})
            elif isinstance(each, list):
                yield from ((name, text) for text in {_plain(each), *map(_plain, each)})
            else:
                yield name, _plain(each)


def _plain(value: Any) -> str:
    """Write a value so that equal ones are equal texts: numbers as numbers, 3×5 as 3x5, true as on."""
    if isinstance(value, list):
        return "x".join(map(_plain, value))
    if isinstance(value, bool):
        return "on" if value else "off"
    text = str(value).casefold().replace("×", "x")
    number = None if isinstance(value, str) and not re.match(r"[-+.\d]", text) else _as_number(text)
    return {"true": "on", "false": "off"}.get(text, text) if number is None else f"{number:.6g}"
