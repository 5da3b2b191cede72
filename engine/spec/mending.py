"""What an error names as its remedy, done: to a document, or written as the ``--set`` that does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spec import toml
from engine.spec.check import Document
from engine.spec.problem import Edit, Remedy, show_place
from engine.spec.tree import inserted, replaced, without


def mended(document: Document, remedy: Remedy) -> Document:
    """Return the document with a remedy applied.

    Raises:
        SpecError: it is not of this document.
    """
    for edit in remedy.edits:
        document = _edited(document, edit)
    return document


def _edited(document: Document, edit: Edit) -> Document:
    if edit.insert:
        return inserted(document, edit.place, edit.value)
    return without(document, edit.place) if edit.value is None else replaced(document, edit.place, edit.value)


def settings(remedy: Remedy) -> list[str]:
    """Return the values of ``--set`` that do the same; none where it takes a key away, which ``--set`` cannot."""
    if any(edit.value is None for edit in remedy.edits):
        return []
    return [f"{show_place(edit.place)}{'+' * edit.insert}={_toml(edit.value)}" for edit in remedy.edits]


def _toml(value: Any) -> str:
    """Write a value in one line of TOML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(key))}={_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return toml.dumps({"v": value}).removeprefix("v = ").rstrip("\n")


def _key(name: str) -> str:
    return toml.dumps({name: 0}).removesuffix(" = 0\n")
