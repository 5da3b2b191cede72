"""Turns a KerasCall into the Keras object that it describes."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import keras

from engine.build.dropout import ThreefryDropout
from engine.spec.call import KerasCall

UNDER_XLA = {"layers.Dropout": ThreefryDropout}
"""What stands in for a Keras class in a model that XLA compiles."""


def make(call: KerasCall, *, jit: bool = False) -> Any:
    """Make the object; arguments that are calls are made first."""
    arguments = {
        key: make(value, jit=jit) if isinstance(value, KerasCall) else value for key, value in call.arguments.items()
    }
    constructor = (UNDER_XLA.get(call.path) if jit else None) or attrgetter(call.path)(keras)
    return constructor(**arguments)
