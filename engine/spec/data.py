"""What is learnt from: the source, what is held out, and how images are changed while they are trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from engine.data import source
from engine.data.facts import DataFacts
from engine.spec.knob import Spec, knob

Fraction = Annotated[float, Field(gt=0, lt=1)]


def _zoom(value: Any) -> Any:
    """Read one number n as from 1 − n to 1 + n, as ImageDataGenerator does, and a TOML array as a tuple."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1:
        return (1 - value, 1 + value)
    if isinstance(value, list | tuple) and len(value) == 2:
        return tuple(value)
    raise PydanticCustomError("zoom", "must be from 0 to below 1, or two factors, such as [0.8, 1.2]")


def _rising(zoom: tuple[float, float]) -> tuple[float, float]:
    if zoom[0] > zoom[1]:
        raise PydanticCustomError("falling", "must go from the smaller to the larger factor")
    return zoom


Factor = Annotated[float, Field(gt=0, le=10)]
Zoom = Annotated[tuple[Factor, Factor], BeforeValidator(_zoom), AfterValidator(_rising)]


def _absolute(given: str) -> str:
    """Make a path absolute: the engine works in another directory than the person who typed it."""
    if given == source.BUILT_IN:
        return given
    try:
        return str(Path(given).expanduser().absolute())
    except (RuntimeError, ValueError):  # no such user, or a NUL in the name: reading it will say so
        return given


class Augment(Spec):
    """Data augmentation: training images change at random, anew in every epoch (ImageDataGenerator's knobs)."""

    rotation_range: float = knob(
        0.0, title="rotation", help="turn by up to so many degrees, either way; 0 to 180", ge=0, le=180
    )
    width_shift_range: float = knob(
        0.0, title="width shift", help="move sideways: below 1 a share of the width, else pixels", ge=0, le=4096
    )
    height_shift_range: float = knob(
        0.0, title="height shift", help="move up or down: below 1 a share of the height, else pixels", ge=0, le=4096
    )
    zoom_range: Zoom = knob(
        (1.0, 1.0), title="zoom", help="0.1: factors from 0.9 (larger) to 1.1 (smaller); or both: 0.8, 1.2"
    )
    horizontal_flip: bool = knob(False, title="flip", help="mirror every second image, left to right")

    @property
    def active(self) -> bool:
        """It changes anything."""
        return self != Augment()


class Data(Spec):
    """What is learnt from, and what it is judged on."""

    source: Annotated[str, AfterValidator(_absolute)] = knob(
        source.BUILT_IN,
        title="source",
        help="fashion-mnist, a folder of IDX files (MNIST, KMNIST, ...), or an .npz with x_train, y_train, ...",
        path=(".npz",),
        min_length=1,
        max_length=4096,
    )
    validation: Literal["test"] | Fraction = knob(
        "test",
        title="validation",
        help="'test': judge on the test set; 0.1: hold out the last tenth of the training set",
    )
    limit: int | None = knob(
        None, title="limit", help="train on the first n images only; empty: on all", ge=10, le=100_000_000
    )
    label_noise: float = knob(
        0.0, title="label noise", help="share of the training labels that are shuffled, 0 to 1", ge=0, le=1
    )
    rescale: float = knob(
        1 / 255,
        title="rescale",
        help="what each pixel is multiplied by; 1/255 makes 0 to 255 into 0 to 1",
        gt=0,
        le=255,
    )
    augment: Augment = knob(Augment(), title="augmentation", help="how training images are changed at random")

    @property
    def facts(self) -> DataFacts:
        """What the source holds.

        Raises:
            DataError: it cannot be learnt from.
        """
        return source.facts(self.source)

    def sizes(self) -> tuple[int, int]:
        """Return the number of images that are trained on and validated on.

        Raises:
            DataError: as for `facts`.
        """
        facts = self.facts
        available = min(self.limit or facts.train, facts.train)
        if self.validation == "test":
            return available, facts.test
        # Keras' rule for validation_split: the last ones are held out.
        trained = int(available * (1.0 - float(self.validation)))
        return trained, available - trained
