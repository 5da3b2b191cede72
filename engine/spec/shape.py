"""Shapes without the batch axis, and how a person reads and writes them."""

from __future__ import annotations

import typing
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

Shape = tuple[int, ...]
"""The axes of one image or vector, without the batch: ``(28, 28, 1)``."""


def show_shape(shape: Shape) -> str:
    """Write a shape as on the screens: ``28×28×1``."""
    return "×".join(map(str, shape))


def _pair(value: Any) -> Any:
    """Read one number as both sides of a square, as Keras does, and a TOML array as a tuple."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


def is_pair(annotation: Any) -> bool:
    """Say whether a knob declared so is a `Pair`, or may be one."""
    inside = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple:
        return len(inside) == 2 and all(typing.get_args(each)[:1] == (int,) for each in inside)
    return any(is_pair(each) for each in inside)


Side = Annotated[int, Field(ge=1, le=4096)]
Pair = Annotated[tuple[Side, Side], BeforeValidator(_pair)]
"""Height and width; one number stands for both."""
Length = Annotated[int, Field(ge=1, le=16_777_216)]
"""Of an axis: one that others were laid out in may be long."""
Axes = Annotated[tuple[Length, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]
"""One to three axes of a shape."""
