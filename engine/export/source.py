"""Turns a KerasCall into the code that makes the object: the mirror of `engine.build.objects`.

Where a line has no room for it, each argument stands on a line of its own, as code formatters have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.export.defaults import DEFAULTS, LEADING, SQUARE
from engine.spec.call import KerasCall

WIDTH = 100
"""Characters of a line, where there is no other wish."""
INDENT = "    "


@dataclass(frozen=True)
class Code:
    """An expression that stands as it is, such as the name of a variable."""

    text: str


@dataclass(frozen=True)
class Function:
    """A call in Python: what Keras' own are turned into, and what is no call of Keras' classes."""

    name: str
    leading: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


def written(value: Any, *, before: str = "", after: str = "", depth: int = 0, width: int = WIDTH) -> str:
    """Write a value as Python code.

    Args:
        value: a KerasCall, a Function, Code, or plain data.
        before: what stands before it in its line, such as "model = ".
        after: what stands behind it, such as ",".
        depth: how far the line is indented, in steps.
        width: how long a line may be.
    """
    value = _function(value) if isinstance(value, KerasCall) else value
    margin = INDENT * depth
    line = f"{margin}{before}{_flat(value)}{after}"
    if len(line) <= width:
        return line
    match value:
        case Function(name, (list(),) as leading, named) if not named:
            # An only list hugs the brackets of its call.
            opening, closing, items = f"{name}([", "])", [("", item) for item in leading[0]]
        case Function(name, leading, named):
            opening, closing, items = f"{name}(", ")", [*(("", each) for each in leading), *_equal(named)]
        case list():
            opening, closing, items = "[", "]", [("", each) for each in value]
        case _:
            return line
    if not items:
        return line
    inner = (written(each, before=head, after=",", depth=depth + 1, width=width) for head, each in items)
    return "\n".join([f"{margin}{before}{opening}", *inner, f"{margin}{closing}{after}"])


def called(call: KerasCall) -> set[str]:
    """Return the paths of a call and of all calls within it."""
    inside = (called(value) for value in call.arguments.values() if isinstance(value, KerasCall))
    return {call.path}.union(*inside)


def _function(call: KerasCall) -> Function:
    """Leave out what Keras takes anyway, and the names of arguments that one writes without."""
    known, first = DEFAULTS.get(call.path, {}), LEADING.get(call.path, ())
    said = {
        name: _square(name, value)
        for name, value in call.arguments.items()
        if value is not None and not (name in known and known[name] == value)
    }
    leading = tuple(said.pop(name) for name in first if name in said)
    return Function(call.path.removeprefix("nnplay."), leading, said)


def _square(name: str, value: Any) -> Any:
    return value[0] if name in SQUARE and len(set(value)) == 1 else value


def _equal(named: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((f"{name}=", value) for name, value in named.items())


def _flat(value: Any) -> str:
    """Write a value in one line."""
    match value:
        case KerasCall():
            return _flat(_function(value))
        case Code(text):
            return text
        case Function(name, leading, named):
            return f"{name}({', '.join([*map(_flat, leading), *(head + _flat(each) for head, each in _equal(named))])})"
        case list():
            return f"[{', '.join(map(_flat, value))}]"
        case tuple():
            return f"({', '.join(map(_flat, value))}{',' * (len(value) == 1)})"
        case str():
            return _quoted(value)
        case float():
            # As one writes it: 1e-5, not 1e-05.
            return re.sub(r"e([+-])0*", lambda exponent: "e" + exponent[1].strip("+"), repr(value))
        case _:
            return repr(value)


def _quoted(text: str) -> str:
    """Write text between double quotes; where it holds some, as Python does."""
    return repr(text) if '"' in text else f'"{repr(chr(39) + text)[2:-1]}"'
