"""What differs between experiments: only the knobs that are not the same in all of them, each at its place.

Layers are laid beside each other first, so that a layer that was put in shifts none of those behind it: it is said as
one that is there or is not, and of those that stand on both sides only their knobs are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.shown import visible
from engine.spec.experiment import Experiment
from engine.spec.knob import TYPE, Kind, Spec, in_words, knobs, value_in_words
from engine.spec.layers import Layer
from engine.spec.problem import Place, show_place

NOWHERE = "-"
"""Stands for a knob or a layer where there is none."""
NO_DIFFERENCE = frozenset({"format", "name"})
"""A name says which run is meant, and decides nothing in it."""
FORK = "fork"
"""The knob that says where a run goes on from."""
LAYERS: Place = ("model", "layers")
EQUAL, ALIKE = 3, 2
"""What it is worth to lay two layers of one kind beside each other: equal ones, and others."""
RANKS: tuple[Place, ...] = (("compile", "optimizer"), LAYERS, ("compile",), ("fit",), ("data",), ("seed",))
"""What matters most stands first in the short form; all else comes after these."""
SPEED: tuple[Place, ...] = (("compile", "jit_compile"), ("compile", "precision"))
"""These decide more of how fast it learns than of what: they come last."""


@dataclass(frozen=True)
class Difference:
    """A knob that is not the same in all experiments, or a layer that not all of them have.

    Attributes:
        place: where it stands, in the first experiment that has it.
        title: the knob's name as a form has it.
        values: one for each experiment; None where there is no such knob, or no such layer.
        layers: the layers that it is a knob of; empty for a knob of no layer.
        implied: it is a knob of kinds that are not the same, and each has the default of its kind.
    """

    place: Place
    title: str
    values: tuple[Any, ...]
    layers: tuple[Layer | None, ...] = ()
    implied: bool = False

    @property
    def name(self) -> str:
        """Its place as a person reads it: a layer by its number and kind, as on the screens."""
        if self.place[:2] != LAYERS:
            return show_place(self.place)
        layer = next(layer for layer in self.layers if layer is not None)
        number = f"layer {int(self.place[2]) + 1}"
        knob = show_place(self.place[3:])
        return f"{number} {type(layer).__name__}: {knob}" if knob else number

    @property
    def words(self) -> tuple[str, ...]:
        """The values, each in a few characters."""
        return tuple(map(show, self.values))


def show(value: Any) -> str:
    """Write a value of a difference: a spec with all its knobs, a layer by its label and what else was changed."""
    if value is None:
        return NOWHERE
    if isinstance(value, Layer):
        return " · ".join([value.label(), *_besides_label(value)])
    if isinstance(value, Spec):
        return in_words(value)
    return visible(value_in_words(value))


def _besides_label(layer: Layer) -> Iterator[str]:
    """Return the knobs that are not as usual and of which its label does not tell."""
    for name, field in knobs(type(layer)).items():
        value = getattr(layer, name)
        if (
            not field.is_required()
            and value != field.default
            and not _in_label((*LAYERS, 0, name), (layer,), (field.default,))
        ):
            yield f"{name} {value_in_words(value)}"


def differences(experiments: Sequence[Experiment]) -> tuple[Difference, ...]:
    """Return the knobs that are not the same in all experiments, in the order of a file."""
    return tuple(_fields((), experiments))


def _fields(place: Place, specs: Sequence[Spec], layers: tuple[Layer | None, ...] = ()) -> Iterator[Difference]:
    """Compare specs of one class knob by knob."""
    for name, field in knobs(type(specs[0])).items():
        if place or name not in NO_DIFFERENCE:
            here = (*place, name)
            values = [getattr(spec, name) for spec in specs]
            if here == LAYERS:
                yield from _stacks(values)
            else:
                yield from _values(here, field.title or name, values, layers)


def _values(place: Place, title: str, values: Sequence[Any], layers: tuple[Layer | None, ...]) -> Iterator[Difference]:
    if all(value == values[0] for value in values):
        return
    kinds = {type(value) for value in values}
    if len(kinds) == 1 and isinstance(values[0], Spec):
        yield from _fields(place, values, layers)
    elif all(isinstance(value, Kind) for value in values):
        yield Difference((*place, TYPE), title, tuple(value.type_name for value in values), layers)
        yield from _of_other_kinds(place, values, layers)
    else:
        yield Difference(place, title, tuple(values), layers)


def _of_other_kinds(place: Place, kinds: Sequence[Kind], layers: tuple[Layer | None, ...]) -> Iterator[Difference]:
    """Compare kinds that are not the same, knob by knob: also by those that only some of them have."""
    titles = {name: field.title or name for kind in kinds for name, field in knobs(type(kind)).items()}
    for name, title in titles.items():
        having = [kind for kind in kinds if name in type(kind).model_fields]
        implied = all(getattr(kind, name) == type(kind).model_fields[name].default for kind in having)
        for each in _values((*place, name), title, [getattr(kind, name, None) for kind in kinds], layers):
            yield replace(each, implied=implied or each.implied)


def _stacks(stacks: Sequence[tuple[Layer, ...]]) -> Iterator[Difference]:
    """Compare stacks of layers."""
    for row in _beside_each_other(stacks):
        index = next(at for at in row if at is not None)
        layers = tuple(None if at is None else stack[at] for at, stack in zip(row, stacks, strict=True))
        place: Place = (*LAYERS, index)
        if None in layers:
            yield Difference(place, "layer", layers, layers)
        there = [layer for layer in layers if layer is not None]
        for each in _fields(place, there, layers) if len(there) > 1 else ():
            given = iter(each.values)
            values = tuple(None if layer is None else next(given) for layer in layers)
            if None not in layers or not _in_label(each.place, there, each.values):  # or it would be said twice
                yield replace(each, values=values, layers=layers)


def _in_label(place: Place, layers: Sequence[Layer], values: Sequence[Any]) -> bool:
    """Say whether the layers' labels tell of a knob that is not the same in all of them."""
    if len(place) != len(LAYERS) + 2:
        return False
    return any(layers[0].label() != layers[0].model_copy(update={str(place[-1]): value}).label() for value in values)


def _beside_each_other(stacks: Sequence[tuple[Layer, ...]]) -> list[list[int | None]]:
    """Return rows of layers that belong together, each with the layer's index in every stack, or None."""
    rows: list[list[int | None]] = [[index] for index in range(len(stacks[0]))]
    for count, stack in enumerate(stacks[1:], 1):
        known = [_newest(row, stacks) for row in rows]
        rows = [[*([None] * count if row is None else rows[row]), index] for row, index in _pairs(known, stack)]
    return rows


def _newest(row: Sequence[int | None], stacks: Sequence[tuple[Layer, ...]]) -> Layer:
    return next(stacks[column][index] for column, index in reversed(list(enumerate(row))) if index is not None)


def _pairs(left: Sequence[Layer], right: Sequence[Layer]) -> list[tuple[int | None, int | None]]:
    """Lay two stacks beside each other, in order, with as much as can be that is equal or of one kind in one row."""
    if tuple(left) == tuple(right):
        return [(index, index) for index in range(len(left))]
    worth = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            together = worth[i + 1][j + 1] + _worth(left[i], right[j]) if type(left[i]) is type(right[j]) else 0
            worth[i][j] = max(together, worth[i + 1][j], worth[i][j + 1])
    pairs, i, j = list[tuple[int | None, int | None]](), 0, 0
    while i < len(left) or j < len(right):
        if (
            i < len(left)
            and j < len(right)
            and type(left[i]) is type(right[j])
            and worth[i][j] == worth[i + 1][j + 1] + _worth(left[i], right[j])
        ):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < len(left) and (j == len(right) or worth[i][j] == worth[i + 1][j]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _worth(one: Layer, other: Layer) -> int:
    return EQUAL if one == other else ALIKE


def briefly(experiment: Experiment, reference: Experiment) -> tuple[str, ...]:
    """Say in a few words what sets an experiment apart from another: ``adam 0.01``, ``+ Dropout 0.3``, ``epochs 20``.

    What matters most comes first. A fork is not set apart by being one. Empty where nothing differs.
    """
    found = [each for each in differences((experiment, reference)) if each.place[0] != FORK and not each.implied]
    found.sort(key=lambda each: _rank(each.place))
    words, layers = dict.fromkeys(_brief(each, experiment) for each in found), Counter(filter(None, map(_moved, found)))
    return tuple(_times(text, layers[text]) for text in words if text)


def _moved(difference: Difference) -> str:
    """Say which layer only one of two experiments has; empty where the difference is another."""
    match difference.layers:
        case (None, Layer() as theirs):
            return f"− {theirs.label()}"
        case (Layer() as ours, None):
            return f"+ {ours.label()}"
    return ""


def _times(text: str, count: int) -> str:
    """Say how many layers came or went, where they are several."""
    return f"{text[:2]}{count}× {text[2:]}" if count > 1 else text


def _rank(place: Place) -> int:
    if place in SPEED:
        return len(RANKS) + 1
    return next((rank for rank, begin in enumerate(RANKS) if place[: len(begin)] == begin), len(RANKS))


def _brief(difference: Difference, experiment: Experiment) -> str:
    place, (ours, theirs) = difference.place, difference.values
    if place in (("compile", "optimizer", TYPE), ("compile", "optimizer", "learning_rate")):
        return f"{experiment.compile.optimizer.type_name} {experiment.learning_rate:g}"
    if difference.layers:
        mine = difference.layers[0]
        if mine is None or None in difference.layers:
            return _moved(difference)
        if _in_label(place, (mine,), (theirs,)):
            return mine.label()
        kind = getattr(mine, str(place[len(LAYERS) + 1]))
        if isinstance(kind, Kind):
            return " ".join([kind.type_name, *(value_in_words(getattr(kind, name)) for name in knobs(type(kind)))])
    if ours is None:
        return f"no {difference.title}"
    if isinstance(ours, Spec):
        return difference.title
    return show(ours) if place[-1] == TYPE else f"{difference.title} {show(ours)}"
