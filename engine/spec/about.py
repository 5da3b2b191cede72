"""What a knob may be, in a few words: its bounds and its default, from its one declaration."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any, Literal

from pydantic.fields import FieldInfo

from engine.spec.knob import Kind, Spec, value_in_words
from engine.spec.problem import Place, show_place

MOST_CHOICES = 4
"""So many texts to choose from are named; of more, only how many there are: the choice itself shows them."""

SWITCH = "yes or no"


def about(field: FieldInfo, place: Place = ()) -> str:
    """Return such as ``1 … 10,000 · default 32 · key fit.batch_size``.

    Args:
        field: the declaration of a knob, from `engine.spec.knob.knobs`.
        place: where it stands in the experiment; nowhere: its key is left out.
    """
    parts = [bounds(field), default(field)]
    if place:
        parts.append(f"key {show_place(place)}")
    return " · ".join(part for part in parts if part)


def bounds(field: FieldInfo) -> str:
    """Return what the knob can be: ``1 … 10,000``, ``above 0 … 1``, ``valid or same``; empty where help must say it."""
    return _of(field.annotation, field.metadata)


def default(field: FieldInfo) -> str:
    """Return what holds where nothing is written; empty for a knob that must be given."""
    value = field.default
    if field.is_required() or (isinstance(value, Spec) and not isinstance(value, Kind)):
        return ""
    if isinstance(value, Kind):
        return f"default {value.type_name}"
    if isinstance(value, bool):
        return f"default {'yes' if value else 'no'}"
    return f"default {value_in_words(value)}"


def _of(annotation: Any, metadata: Iterable[Any]) -> str:
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _of(inside[0], _unpacked(inside[1:]))
    if origin is Literal:
        return _either(inside) if len(inside) <= MOST_CHOICES else f"one of {len(inside)}"
    if origin in (typing.Union, types.UnionType):
        plain = [part for part in inside if part is not type(None)]
        said = [*filter(None, (_of(part, metadata) for part in plain))]
        if len(plain) < len(inside) and said != [SWITCH]:
            said.append("none")
        return _either(said)
    if origin is tuple:
        return _several(inside, metadata)
    if annotation is bool:
        return SWITCH
    if isinstance(annotation, type) and issubclass(annotation, Kind):
        return f"one of {len(annotation.members)}"
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return SWITCH
    return _range(metadata) if annotation in (int, float) else _length(metadata)


def _several(inside: tuple[Any, ...], metadata: Iterable[Any]) -> str:
    """Say what each of several values can be, and how many there are."""
    each = _of(inside[0], ())
    count = "" if inside[-1] is Ellipsis else str(len(inside))
    if not count:
        least, most = _limit(metadata, "min_length"), _limit(metadata, "max_length")
        count = f"{least or 0} to {most}" if most else "any number"
    apart = " with commas between" if typing.get_origin(inside[0]) is Literal else ""
    return f"{count} values{apart}, each {each}"


def _range(metadata: Iterable[Any]) -> str:
    metadata = list(metadata)
    low, high = _limit(metadata, "ge"), _limit(metadata, "le")
    above, below = _limit(metadata, "gt"), _limit(metadata, "lt")
    begin = f"above {_number(above)}" if above is not None else "" if low is None else _number(low)
    end = f"below {_number(below)}" if below is not None else "" if high is None else _number(high)
    return f"{begin} … {end}" if begin or end else ""


def _length(metadata: Iterable[Any]) -> str:
    most = _limit(metadata, "max_length")
    return f"up to {most:,} characters" if most else ""


def _limit(metadata: Iterable[Any], name: str) -> Any:
    return next((getattr(each, name) for each in metadata if getattr(each, name, None) is not None), None)


def _unpacked(metadata: Iterable[Any]) -> list[Any]:
    """Return the limits in what ``Annotated`` holds: a `Field` there has its own inside."""
    return [limit for each in metadata for limit in (each.metadata if isinstance(each, FieldInfo) else [each])]


def _either(texts: Iterable[Any]) -> str:
    *most, last = map(str, texts)
    return f"{', '.join(most)} or {last}" if most else last


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"
