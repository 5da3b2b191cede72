"""Whole stacks of layers to begin with: those of the presets, and some of their own in ``assets/stacks``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import paths
from engine.data.facts import DataFacts
from engine.spec.document import comment, presets


@dataclass(frozen=True)
class Stack:
    """Layers from the input to the output.

    Attributes:
        name: of the file that it comes from.
        words: what it is, in a line.
        layers: as a document has them.
    """

    name: str
    words: str
    layers: tuple[Mapping[str, Any], ...]


def stacks() -> list[Stack]:
    """Return all stacks, those of the presets last."""
    own = [
        Stack(path.stem, comment(text), tuple(tomllib.loads(text)["layers"]))
        for path in sorted((paths.assets() / "stacks").glob("*.toml"))
        for text in [path.read_text(encoding="utf-8")]
    ]
    ours = [
        Stack(name, comment(text), tuple(tomllib.loads(text)["model"]["layers"]))
        for name, path in presets().items()
        for text in [path.read_text(encoding="utf-8")]
    ]
    return [*own, *ours]


def fitted(layers: tuple[Mapping[str, Any], ...], facts: DataFacts) -> list[Mapping[str, Any]]:
    """Return the layers for other data than Fashion-MNIST: their sides, their channels, an output for each class.

    What cannot be fitted so stays, and is an error at its layer.
    """
    changed = list(layers)
    if changed and changed[0].get("type") == "reshape":
        height, width, *channels = facts.image_shape
        # Images with channels are what the reshape makes of others.
        changed[:1] = [] if channels else [{**changed[0], "target_shape": [height, width, 1]}]
    if changed and changed[-1].get("type") == "dense":
        changed[-1] = {**changed[-1], "units": len(facts.classes)}
    return changed
