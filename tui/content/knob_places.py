"""All knobs of a draft that a screen has, wherever that is: the palette leads to each by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.spec.experiment import Experiment
from engine.spec.knob import TYPE
from engine.spec.layers import Layer
from engine.spec.problem import Place
from tui.widgets.form import outline
from tui.words.place import LAYERS, mode_of


def knob_places(document: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Yield the place of each knob, and what it means; knobs of layers after all others."""
    found = [each for each, _ in outline((), Experiment, document) if mode_of(each.place, "") and each.place != LAYERS]
    model = document.get("model")
    layers = model.get("layers") if isinstance(model, Mapping) else None
    for index, layer in enumerate(layers if isinstance(layers, list | tuple) else ()):
        member = Layer.members.get(str(layer.get(TYPE))) if isinstance(layer, Mapping) else None
        if member is not None:
            found += [each for each, _ in outline((*LAYERS, index), member, layer)]
    for line in found:
        yield line.place, line.spec.model_fields[line.name].description or ""
