"""Experiments as TOML: read, written, named as presets, and changed at one place (``--set fit.epochs=3``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from engine import paths
from engine.spec.check import Document
from engine.spec.experiment import Experiment
from engine.spec.knob import TYPE, document, suggest
from engine.spec.problem import Place, Problem, SpecError, show_place

BASELINE = "notes-baseline"
"""The preset that one begins with."""
LONGEST_VALUE = 1000
"""Characters of a value that is given as text; no knob needs as many."""
MOST_BYTES = 1_000_000
"""A larger file is no experiment; reading it would only take long to say so."""


def presets() -> dict[str, Path]:
    """Return the experiments that come with nnplay, by name."""
    return {path.stem: path for path in sorted((paths.assets() / "presets").glob("*.toml"))}


def load(spec: str) -> dict[str, Any]:
    """Read the TOML file at a path, or a preset by its name. What it says is not checked here.

    Raises:
        SpecError: there is no such file or preset, or it is not TOML.
    """
    try:
        path = presets().get(spec) or Path(spec).expanduser()
        if path.exists() and not path.is_file():
            raise SpecError([Problem((), f"cannot read {path}: it is not a file")])
        if path.stat().st_size > MOST_BYTES:
            raise SpecError([Problem((), f"{path} is larger than {MOST_BYTES:,} bytes: that is no experiment")])
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SpecError([Problem((), f"there is no file or preset '{spec}': {suggest(spec, presets())}")]) from None
    except UnicodeDecodeError as error:
        raise SpecError(
            [Problem((), f"{path} is not a TOML file: it is not UTF-8 text (byte {error.start})")]
        ) from None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: no such user; ValueError: a NUL in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SpecError([Problem((), f"cannot read {spec}: {reason}")]) from None
    return loads(text, str(path))


def loads(text: str, source: str) -> dict[str, Any]:
    """Read TOML from text that came from ``source``.

    Raises:
        SpecError: it is not TOML; the message names the line.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or numbers and nesting beyond Python's limits
        raise SpecError(
            [Problem((), f"{source} is not a TOML file: {error}. See 'nnplay presets' for samples")]
        ) from None


def comment(text: str) -> str:
    """Return the first line of a TOML text, where that is a comment: what its author says that it is."""
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") else ""


def dumps(experiment: Experiment) -> str:
    """Write an experiment as TOML, with every knob and its value."""
    return tomli_w.dumps(document(experiment))


def parse_place(text: str) -> Place:
    """Read ``model.layers[2].units``.

    Raises:
        SpecError: it is no such path.
    """
    keys = re.findall(r"([A-Za-z_]\w*)|\[(\d{1,4})\]", text)
    place: Place = tuple(int(number) if number else name for name, number in keys)
    if not place or show_place(place) != text:
        raise SpecError([Problem((), f"--set '{text}': not a path such as fit.epochs or model.layers[0].units")])
    return place


def parse_value(text: str) -> Any:
    """Read a value as TOML does, and what is no TOML value as text: ``3``, ``0.01``, ``[3, 3]``, ``relu``.

    ``.5`` and ``1.`` are numbers, too, as a person writes them. Text that is too long for a knob's value stays text.
    """
    if len(text) > LONGEST_VALUE or "\n" in text:
        return text
    if re.fullmatch(r"[-+]?(\d+\.|\.\d+)", text):
        return float(text)
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # a TOMLDecodeError is a ValueError; so is a number with too many digits
        return text


def value_at(tree: Document, place: Place) -> Any:
    """Return what stands at a place, or None where nothing does."""
    node: Any = tree
    for key in place:
        if isinstance(key, int):
            node = node[key] if isinstance(node, list | tuple) and key < len(node) else None
        else:
            node = node.get(key) if isinstance(node, Mapping) else None
    return node


def replaced(tree: Document, place: Place, value: Any) -> dict[str, Any]:
    """Return a copy of the document with the value at the place; tables on the way are made where they are missing.

    Raises:
        SpecError: the place leads through something that is neither table nor array, or past an array's end.
    """
    changed: dict[str, Any] = _replaced(tree, place, value, ())
    return changed


def _replaced(node: Any, rest: Place, value: Any, done: Place) -> Any:
    if not rest:
        return value
    key, *more = rest
    here = (*done, key)
    if isinstance(key, int):
        if not isinstance(node, Sequence) or isinstance(node, str) or key >= len(node):
            size = len(node) if isinstance(node, Sequence) and not isinstance(node, str) else 0
            raise SpecError([Problem(here, f"does not exist: there are {size}, counted from 0")])
        return [*node[:key], _replaced(node[key], tuple(more), value, here), *node[key + 1 :]]
    if node is not None and not isinstance(node, dict):
        raise SpecError([Problem(here, f"{show_place(done)} is a value, not a table")])
    table = node or {}
    return {**table, key: _replaced(table.get(key), tuple(more), value, here)}


def inserted(tree: Document, place: Place, value: Any) -> dict[str, Any]:
    """Return a copy of the document with a new element in a list, before the one at the place, or at the end.

    Raises:
        SpecError: the place is none of a list, or lies beyond its end.
    """
    *above, index = place
    there = value_at(tree, tuple(above))
    elements = list(there) if isinstance(there, list | tuple) else []
    if not isinstance(index, int) or not above or index > len(elements):
        raise SpecError([Problem(place, "cannot be inserted: it needs the place of a list, such as model.layers[0]")])
    return replaced(tree, tuple(above), [*elements[:index], value, *elements[index:]])


def without(tree: Document, place: Place) -> dict[str, Any]:
    """Return a copy of the document without the key at the place; the same where it has none."""
    *above, key = place
    table = value_at(tree, tuple(above))
    kept = {name: each for name, each in table.items() if name != key} if isinstance(table, Mapping) else {}
    return replaced(tree, tuple(above), kept)


def with_settings(tree: Document, settings: Sequence[str]) -> dict[str, Any]:
    """Return the document with each ``PATH=VALUE`` applied in turn; ``PATH+=VALUE`` inserts before that element.

    Raises:
        SpecError: a setting is not of that form, or its path leads nowhere.
    """
    changed = dict(tree)
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals:
            raise SpecError([Problem((), f"--set '{setting}': write PATH=VALUE, such as --set fit.epochs=3")])
        place, parsed = parse_place(path.strip().removesuffix("+")), parse_value(value.strip())
        if path.strip().endswith("+"):
            changed = inserted(changed, place, parsed)
            continue
        if place[-1] == TYPE and len(place) > 1:
            # Another kind has other knobs: as on the screens, it begins with its own defaults.
            place, parsed = place[:-1], {TYPE: parsed}
        changed = replaced(changed, place, parsed)
    return changed
