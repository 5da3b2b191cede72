"""What stands at a place of a document, and the document with something else there. Documents are never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.spec.check import Document
from engine.spec.problem import Place, Problem, SpecError, show_place


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
