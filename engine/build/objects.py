"""Turns a KerasCall into the object that it describes: Keras' own, or ours where Keras has none."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import keras

from engine.build import optimizers, schedules
from engine.spec.call import KerasCall

OURS = {
    f"nnplay.{each.__name__}": each
    for each in (
        optimizers.SGDM,
        optimizers.NotesAdagrad,
        optimizers.NotesRMSprop,
        optimizers.NotesAdam,
        schedules.OneCycle,
    )
}


def make(call: KerasCall, substitutes: Mapping[str, type] | None = None) -> Any:
    """Make the object; arguments that are calls are made first.

    Args:
        call: what to make.
        substitutes: by path, classes that stand in for Keras' own, with the same arguments.
    """
    arguments = {
        key: make(value, substitutes) if isinstance(value, KerasCall) else value
        for key, value in call.arguments.items()
    }
    constructor = (substitutes or {}).get(call.path) or OURS.get(call.path) or attrgetter(call.path)(keras)
    return constructor(**arguments)
