"""A knob is declared once: a Pydantic field with type, bounds, default, title and help, on a frozen Spec.

The form on the screen, the TOML key, ``--set`` and the error message all come from this one declaration. A `Kind` is
a Spec chosen by its ``type`` from a family: a layer, an optimizer, a loss. To define a subclass is to add one.
"""

from __future__ import annotations

import difflib
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from engine.spec.shape import show_shape

TYPE = "type"
"""The key that chooses a Kind."""
ADVANCED = "advanced"
LIVE = "live"
SYMBOL = "symbol"
ROLE = "role"
PATH = "path"
FRACTION = re.compile(r"\s*([0-9.]{1,20})\s*/\s*([0-9.]{1,20})\s*")
LEAST_FRACTION = 1e-6
"""What is smaller is no fraction that anybody writes."""
LONGEST_TYPE = 60
"""Characters of a wrong type that a message repeats."""
SHORT = 8
"""Characters that a number has at most in a sentence, or it is rounded."""


def knob(
    default: Any = ...,
    *,
    title: str,
    help: str,  # noqa: A002 - a person reads it as help
    advanced: bool = False,
    live: bool = False,
    symbol: str = "",
    role: Callable[[float], str] | None = None,
    path: tuple[str, ...] = (),
    **bounds: Any,
) -> Any:
    """Declare a knob: its default (none: required), a title for a form, one line of help, and bounds (gt, ge, ...).

    An ``advanced`` knob stands behind the others, in forms and in files. A ``live`` one, a number, can be turned while
    a run trains. The ``symbol`` is what it is called in the rule that the docstring of its class writes; the ``role``
    says what a value of it comes to. A ``path`` is that of a folder, or of a file whose name ends so.
    """
    given = ((ADVANCED, advanced), (LIVE, live), (SYMBOL, symbol), (ROLE, role), (PATH, path))
    marks: dict[str, Any] = {mark: value for mark, value in given if value}
    return Field(default, title=title, description=help, json_schema_extra=marks or None, **bounds)


def suggest(given: object, known: Iterable[str]) -> str:
    """Return the list of what is allowed, led by the likely meaning of a misspelt word."""
    names = sorted(known)
    near = nearest(given, names)
    return (f"did you mean '{near}'? " if near else "") + "allowed: " + ", ".join(names)


def nearest(given: object, known: Iterable[str]) -> str | None:
    """Return the likely meaning of a misspelt word, of a Keras class or of initials; None where none is like it."""
    word, names = str(given).lower(), sorted(known)
    initials = (name for name in names if "_" in name and word == "".join(part[:1] for part in name.split("_")))
    lower = {name.lower(): name for name in names}
    near = next(iter(difflib.get_close_matches(word, lower, n=1)), None)
    return next(initials, lower[near] if near else None)


class Spec(BaseModel):
    """Frozen, strictly typed data that refuses keys it does not know."""

    # Built when first used: the first screen needs few of them.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            for key in value:
                if key not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_key",
                        "unknown key; {hint}",
                        {
                            "key": key,
                            "hint": suggest(key, cls.model_fields) if cls.model_fields else "it takes none",
                            "near": nearest(key, set(cls.model_fields) - set(value)),
                        },
                    )
        return value

    @model_validator(mode="before")
    @classmethod
    def _fractions(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            fields = cls.model_fields
            return {key: quotient(each, fields[key]) if key in fields else each for key, each in value.items()}
        return value


def quotient(value: Any, field: FieldInfo) -> Any:
    """Read a fraction as a person writes it, such as ``1/255``, where a knob takes numbers that need not be whole.

    What is none, or nothing that such a knob has, is returned as it is. Of several values each is read.
    """
    if isinstance(value, str | list | tuple) and _takes_floats(field.annotation):
        return divided(value) if isinstance(value, str) else type(value)(map(divided, value))
    return value


def _takes_floats(annotation: Any) -> bool:
    return annotation is float or any(map(_takes_floats, typing.get_args(annotation)))


def divided(value: Any) -> Any:
    """Return what a fraction comes to; what is none as it is."""
    parts = FRACTION.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        return value
    try:
        return float(parts[1]) / float(parts[2])
    except (ValueError, ZeroDivisionError):  # 1.2.3, or nothing to divide by: what was given is no number
        return value


def snake_case(name: str) -> str:
    """Write a class name as Keras does in its configurations: ``MaxPooling2D`` becomes ``max_pooling2d``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Kind(Spec):
    """A Spec that is chosen by its ``type`` among the members of its family.

    A family is a class that names itself, ``class Layer(Kind, family="layer")``; its subclasses are its members, each
    with Keras' own name in snake case as its type (or the ``type`` given to the class). An ``abstract`` subclass holds
    what some members share, and is none itself.

    The docstring of a member is what a person reads of it: what it is, in words; its rule, where it has one, line by
    line; and what else is to be said of it, in words again.
    """

    family: ClassVar[str] = ""
    members: ClassVar[dict[str, type[Kind]]] = {}
    type_name: ClassVar[str] = ""

    def __init_subclass__(
        cls,
        family: str = "",
        type: str = "",  # noqa: A002 - the TOML key's name
        abstract: bool = False,
        **rest: Any,
    ) -> None:
        super().__init_subclass__(**rest)
        if family:
            cls.family = family
            cls.members = {}
        elif not abstract:
            cls.type_name = type or snake_case(cls.__name__)
            cls.members[cls.type_name] = cls

    @classmethod
    def words(cls) -> str:
        """Return what it is, without its rule."""
        first, *rest = _paragraphs(cls)
        return " ".join([first, *rest[1:]]).replace("\n", " ")

    @classmethod
    def rule(cls, values: Mapping[str, Any]) -> str:
        """Return the lines of its rule as it is with these values of its knobs; empty where it has none."""
        return next(iter(_paragraphs(cls)[1:]), "")

    @model_validator(mode="wrap")
    @classmethod
    def _choose(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Any:
        if cls.type_name or isinstance(value, cls):
            return value if isinstance(value, cls) else handler(value)
        if not isinstance(value, Mapping):
            raise PydanticCustomError(
                "kind",
                "must be a table with a type, such as { type = '{sample}' }",
                {"sample": next(iter(cls.members))},
            )
        chosen = value.get(TYPE)
        if chosen is None:
            raise PydanticCustomError("kind", "says no type: {hint}", {"hint": suggest("", cls.members)})
        member = cls.members.get(chosen) if isinstance(chosen, str) else None
        if member is None:
            given, hint = str(chosen)[:LONGEST_TYPE], suggest(chosen, cls.members)
            raise PydanticCustomError(
                "unknown_type",
                "'{given}' is no {family}: {hint}",
                {
                    "given": given,
                    "family": cls.family,
                    "hint": hint,
                    "key": TYPE,
                    "near": nearest(chosen, cls.members),
                },
            )
        return member.model_validate({key: each for key, each in value.items() if key != TYPE})


def _paragraphs(kind: type[Kind]) -> list[str]:
    return inspect.cleandoc(kind.__doc__ or "").split("\n\n")


@cache  # asked for again and again, of each of a thousand runs
def knobs(spec: type[Spec]) -> Mapping[str, FieldInfo]:
    """Return the declarations of a spec by name, in the order in which a person meets them."""
    fields = spec.model_fields
    own = {name: level for level, kind in enumerate(spec.__mro__) for name in inspect.get_annotations(kind)}
    return dict(sorted(fields.items(), key=lambda item: (is_advanced(item[1]), own.get(item[0], 0))))


def spec_of(annotation: Any) -> tuple[type[Spec] | None, bool]:
    """Return the spec that a knob holds, or None where it is a plain value; and whether it may hold none."""
    if isinstance(annotation, type):
        return (annotation if issubclass(annotation, Spec) else None), False
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        parts = typing.get_args(annotation)
        specs = [part for part in parts if isinstance(part, type) and issubclass(part, Spec)]
        return (specs[0] if specs else None), type(None) in parts
    return None, False


def values(spec: Spec) -> dict[str, Any]:
    """Return the knobs of a spec with their values, in the same order."""
    return {name: getattr(spec, name) for name in knobs(type(spec))}


def document(spec: Spec) -> dict[str, Any]:
    """Return the spec as plain data for TOML: every knob with its value, a Kind's type first, what is None left out."""
    head = {TYPE: spec.type_name} if isinstance(spec, Kind) else {}
    return {**head, **{name: _plain(value) for name, value in values(spec).items() if value is not None}}


def in_words(spec: Spec, *, changed_only: bool = False) -> str:
    """Write a spec in one line, such as ``adam · learning_rate 0.001 · beta_1 0.9``.

    Args:
        spec: what is written.
        changed_only: leave out the knobs that have their default.
    """
    head = [spec.type_name] if isinstance(spec, Kind) else []
    fields = type(spec).model_fields
    shown = {
        name: value
        for name, value in values(spec).items()
        if value is not None and not (changed_only and value == fields[name].default)
    }
    return " · ".join([*head, *(f"{name} {value_in_words(value)}" for name, value in shown.items())])


def value_in_words(value: Any) -> str:
    """Write the value of a knob as a person reads it: ``0.001``, ``on``, ``3×3``, ``none``."""
    if value is None:
        return "none"
    if isinstance(value, Spec):
        return f"({in_words(value)})" if type(value).model_fields else getattr(value, "type_name", "")
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple) and value and all(type(each) is int for each in value):
        return show_shape(value)
    if isinstance(value, tuple):
        return ", ".join(map(value_in_words, value))
    if isinstance(value, float):
        words = in_digits(value)
        return words if len(words) <= SHORT else f"{value:.6g}"
    return str(value)


def in_digits(value: float) -> str:
    """Write a number so that it is read back as the same: in few digits, or as a fraction, or in all its digits."""
    short = f"{value:g}"
    if float(short) == value:
        return short
    if LEAST_FRACTION < value < 1 and 1 / round(1 / value) == value:
        return f"1/{round(1 / value)}"
    return str(value)


def is_advanced(field: FieldInfo) -> bool:
    """Say whether a knob stands behind the others."""
    return _has(field, ADVANCED)


def is_live(field: FieldInfo) -> bool:
    """Say whether a knob can be turned while a run trains."""
    return _has(field, LIVE)


def symbol_of(field: FieldInfo) -> str:
    """Return what a knob is called in the rule of its class; empty where it has no place in it."""
    return str(_mark(field, SYMBOL) or "")


def role_of(field: FieldInfo, value: Any) -> str:
    """Return what a value of a knob comes to, in words; empty where its help says all."""
    role = _mark(field, ROLE)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(role(value)) if callable(role) and number else ""


def path_ends(field: FieldInfo) -> tuple[str, ...]:
    """Return how the names of the files end that a knob may be the path of; empty where it is no path."""
    ends = _mark(field, PATH)
    return tuple(ends) if isinstance(ends, tuple | list) else ()


def _has(field: FieldInfo, mark: str) -> bool:
    return bool(_mark(field, mark))


def _mark(field: FieldInfo, mark: str) -> Any:
    return field.json_schema_extra.get(mark) if isinstance(field.json_schema_extra, dict) else None


def _plain(value: Any) -> Any:
    if isinstance(value, Spec):
        return document(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
