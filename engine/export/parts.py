"""A part of a script: what a person would call a step, with what it needs from the head."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A step of the script.

    Attributes:
        title: what it is about, in a few words.
        code: its lines, without the newline at the end.
        imports: the lines that import what it uses beside ``import keras`` and what its calls need.
        calls: the paths of the Keras calls in it.
    """

    title: str
    code: str
    imports: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
