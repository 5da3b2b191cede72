"""All knobs of a draft that a screen has, wherever that is: the palette leads to each by its name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec.draft import Draft
from engine.spec.experiment import Experiment
from engine.spec.layers import Layer
from engine.spec.problem import Place
from tui.widgets.form import outline
from tui.words.place import LAYERS, member, mode_of


def knob_places(draft: Draft) -> Iterator[tuple[Place, str]]:
    """Yield the place of each knob, and what it means; knobs of layers after all others."""
    lines = (each for each, _ in outline((), Experiment, draft.document))
    found = [each for each in lines if mode_of(each.place, "") and each.place != LAYERS]
    for index, layer in enumerate(draft.layers):
        kind = member(Layer, layer)
        if kind is not None:
            found += [each for each, _ in outline((*LAYERS, index), kind, layer)]
    for line in found:
        yield line.place, line.spec.model_fields[line.name].description or ""
