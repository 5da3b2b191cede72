"""Layers that do not fit their neighbours, and what mends that."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.spec.knob import TYPE
from engine.spec.layers import LSTM, AxesError, GlobalAveragePooling2D, Layer, LayerError
from engine.spec.problem import Edit, Place, Problem, Remedy
from engine.spec.shape import Shape, show_shape

LAYERS: Place = ("model", "layers")
FLATTEN = {TYPE: "flatten"}
KEEPS_UNITS = ("activation", "dropout", "batch_normalization")
"""Layers that leave the number of outputs to the one before them."""


def misfit(error: LayerError, given: Sequence[Any], before: Sequence[tuple[Layer | None, Shape]]) -> Problem:
    """Return the problem of a layer that cannot work on its input, with what mends it.

    Args:
        error: what the layer said.
        given: all layers, as they stand in the document.
        before: each layer up to and including this one, with the shape of its input.
    """
    index = len(before) - 1
    place = (*LAYERS, index)
    if not isinstance(error, AxesError):
        edits = tuple(Edit((*place, name), value) for name, value in error.knobs.items())
        words = " and ".join(_set(name, value) for name, value in error.knobs.items())
        return Problem(place, str(error), remedy=Remedy(words, edits) if edits else None)
    remedy = _other_axes(error.axes, given, before)
    if remedy is None:
        return Problem(place, f"{error}: there is no image before it; take this layer out")
    return Problem(place, f"{error}: {remedy.words}", remedy=remedy)


def _set(name: str, value: Any) -> str:
    if value is None:
        return f"leave {name} empty"
    chosen = (
        value[TYPE] if isinstance(value, Mapping) else show_shape(tuple(value)) if isinstance(value, list) else value
    )
    return f"set {name} to {chosen}"


def _other_axes(axes: int, given: Sequence[Any], before: Sequence[tuple[Layer | None, Shape]]) -> Remedy | None:
    """Return what gives the last of some layers an input of so many axes."""
    *earlier, (_, shape) = before
    index = len(earlier)
    if axes == 1:
        return Remedy("put Flatten before it", (Edit((*LAYERS, index), FLATTEN, insert=True),))
    # One of the layers before it may have laid out in fewer axes what had enough of them.
    maker = _last_with(axes, earlier)
    if len(shape) > 1 and (axes < len(shape) or maker is None):
        target = [*shape, 1] if axes > len(shape) else [shape[0], math.prod(shape[1:])]
        reshape = {TYPE: "reshape", "target_shape": target}
        words = f"put Reshape {show_shape(tuple(target))} before it"
        return Remedy(words, (Edit((*LAYERS, index), reshape, insert=True),))
    if maker is None and (maker := _last_with(2, earlier)) is None:
        return None
    if _needs_axes_that_are_gone(before[-1][0], earlier[maker][0]):
        return Remedy("take it out", (Edit(LAYERS, [*given[:index], *given[index + 1 :]]),))
    name = type(earlier[maker][0]).__name__
    if isinstance(earlier[maker][0], LSTM) and axes == len(earlier[maker][1]):
        words = f"set return_sequences to true in the {name} before it"
        return Remedy(words, (Edit((*LAYERS, maker, "return_sequences"), value=True),))
    moved = [*given[:maker], given[index], *given[maker:index], *given[index + 1 :]]
    return Remedy(f"put it before {name}", (Edit(LAYERS, moved),))


def _needs_axes_that_are_gone(layer: Layer | None, earlier: Layer | None) -> bool:
    """Say whether, if a layer stood before this earlier one, that would lack the axes instead: for ever in turn."""
    vector = isinstance(layer, GlobalAveragePooling2D) or (isinstance(layer, LSTM) and not layer.return_sequences)
    if isinstance(layer, LSTM) and isinstance(earlier, LSTM):
        return False
    return vector and isinstance(earlier, GlobalAveragePooling2D | LSTM)


def _last_with(axes: int, layers: Sequence[tuple[Layer | None, Shape]]) -> int | None:
    """Return the index of the last of these layers whose input has so many axes, or more; None where none has."""
    return next((at for at in range(len(layers) - 1, -1, -1) if len(layers[at][1]) >= axes), None)


def misplaced_input(index: int, given: Sequence[Any]) -> Problem:
    """Return the problem of an Input that is not the first layer."""
    others = [*given[:index], *given[index + 1 :]]
    first = given[0] if isinstance(given[0], Mapping) else {}
    if first.get(TYPE) == "input":
        words = "take it out"
        return Problem(
            (*LAYERS, index),
            f"Input says what goes into the model, and there is one at the top: {words}",
            remedy=Remedy(words, (Edit(LAYERS, others),)),
        )
    words = "move it to the top"
    moved = [given[index], *others]
    return Problem(
        (*LAYERS, index),
        f"Input says what goes into the model: {words}, or delete it",
        remedy=Remedy(words, (Edit(LAYERS, moved),)),
    )


def no_layers(image_shape: Shape, classes: int, *, from_logits: bool) -> Problem:
    """Return the problem of a model without layers; the remedy is the smallest one that learns."""
    edits = (Edit(LAYERS, [*[FLATTEN] * (len(image_shape) > 1), _output(classes, from_logits=from_logits)]),)
    words = f"add {'Flatten, then ' * (len(image_shape) > 1)}Dense with {classes} units"
    return Problem(LAYERS, f"has no layers: {words}", remedy=Remedy(words, edits))


def wrong_output(
    given: Sequence[Any], layers: Sequence[Layer | None], shape: Shape, classes: int, *, from_logits: bool
) -> Problem:
    """Return the problem of a model whose last layer does not give a number per class.

    Args:
        given: all layers, as they stand in the document.
        layers: the same, read; the last is right.
        shape: of the outputs.
        classes: how many there are.
        from_logits: the loss applies softmax itself.
    """
    last = len(given) - 1
    place = (*LAYERS, last)
    outputs = f"{show_shape(shape)} outputs for {classes} classes"
    dense = _dense(layers)
    if dense == last:
        words = f"set its units to {classes}"
        return Problem(place, f"the last layer gives {outputs}: {words}", remedy=_units(words, dense, classes))
    ends = f"the model ends in {type(layers[-1]).__name__} with {outputs}"
    if dense is not None:
        words = f"set the units of the Dense before it to {classes}"
        return Problem(place, f"{ends}: {words}", remedy=_units(words, dense, classes))
    words = f"end with Dense of {classes} units"
    added = [*[FLATTEN] * (len(shape) > 1), _output(classes, from_logits=from_logits)]
    edits = tuple(Edit((*LAYERS, last + 1 + at), each, insert=True) for at, each in enumerate(added))
    return Problem(place, f"{ends}: {words}", remedy=Remedy(words, edits))


def _dense(layers: Sequence[Layer | None]) -> int | None:
    """Return the index of the Dense that decides how many outputs there are; None where another layer does."""
    for index in range(len(layers) - 1, -1, -1):
        layer = layers[index]
        kind = layer.type_name if layer else ""
        if kind == "dense":
            return index
        if kind not in KEEPS_UNITS:
            return None
    return None


def _units(words: str, index: int, classes: int) -> Remedy:
    return Remedy(words, (Edit((*LAYERS, index, "units"), classes),))


def _output(classes: int, *, from_logits: bool) -> dict[str, Any]:
    return {TYPE: "dense", "units": classes, "activation": "linear" if from_logits else "softmax"}
