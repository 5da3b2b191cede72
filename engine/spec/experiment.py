"""The experiment: everything that decides a training run, as frozen data. DESIGN's TOML file is this, written down."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from engine.spec.data import Data
from engine.spec.fit import Fit
from engine.spec.knob import Spec, knob
from engine.spec.layers import Layer
from engine.spec.losses import Loss, SparseCategoricalCrossentropy
from engine.spec.metrics import Metric
from engine.spec.optimizers import Adam, Optimizer
from engine.spec.schedules import Constant, Length, Schedule

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""A name becomes part of a directory's name: nothing in it may lead out of the runs directory."""


def _tuple(value: Any) -> Any:
    """Read a TOML array as a tuple: frozen data holds no lists."""
    return tuple(value) if isinstance(value, list) else value


def _metrics(value: Any) -> Any:
    """Read one name as a list of one, and a TOML array as a tuple."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(value)
    raise PydanticCustomError("metrics", "must be names of metrics, such as accuracy")


class Model(Spec):
    """The layers, from input to output."""

    layers: Annotated[tuple[Layer, ...], BeforeValidator(_tuple)] = knob(
        (), title="layers", help="from the input to the output", max_length=100
    )


class Compile(Spec):
    """How it learns: Keras' ``compile``."""

    optimizer: Optimizer = knob(Adam(), title="optimizer", help="the rule that turns gradients into steps")
    schedule: Schedule = knob(Constant(), title="schedule", help="how the learning rate changes from step to step")
    loss: Loss = knob(SparseCategoricalCrossentropy(), title="loss", help="what training makes small")
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(_metrics)] = knob(
        ("accuracy",),
        title="metrics",
        help="what is reported beside the loss",
        min_length=1,
        max_length=3,
    )
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = knob(
        "float32",
        title="precision",
        help="mixed: compute in 16 bits, keep weights in 32; faster on new GPUs only",
        advanced=True,
    )
    jit_compile: Literal["auto", "on", "off"] = knob(
        "auto", title="XLA", help="compile the steps with XLA; auto: where it is faster", advanced=True
    )


class Checkpoint(Spec):
    """What is kept."""

    monitor: Literal["val_accuracy", "val_loss"] = knob(
        "val_accuracy", title="best by", help="what decides which epoch is kept as best"
    )
    save_best_only: bool = knob(
        False, title="best only", help="after an epoch, save only if it is the best; a stop is always saved"
    )
    save_weights_only: bool = knob(
        False, title="weights only", help="save the model without the optimizer's state: smaller files"
    )
    load_if_exists: bool = knob(
        False, title="load if exists", help="begin with the weights of the last run of this name, if there is one"
    )
    every_epochs: int = knob(
        0, title="keep every", help="epochs between two checkpoints that stay, to fork from; 0: none", ge=0, le=10_000
    )
    every_minutes: float = knob(
        1.0,
        title="save every",
        help="minutes between two saves within a long epoch; 0: only after epochs",
        ge=0,
        le=10_000,
        advanced=True,
    )


class Fork(Spec):
    """Where a run goes on from: another run, at the end of one of its epochs."""

    run: str = knob(
        title="run", help="the name or the path of the run that is continued", min_length=1, max_length=4096
    )
    epoch: int = knob(title="epoch", help="after which of its epochs: one that it has a checkpoint of", ge=1)

    def __str__(self) -> str:
        return f"{self.run}@{self.epoch}"


class Experiment(Spec):
    """Everything that decides a run. On one machine, both with XLA or both without, equal ones give equal weights."""

    format: Literal[1] = knob(1, title="format", help="version of this file format")
    name: str = knob(
        "experiment",
        title="name",
        help="letters, digits, . _ -; a run is called name-number",
        pattern=NAME_PATTERN,
        max_length=60,
    )
    seed: int = knob(0, title="seed", help="decides initial weights, data order and dropout", ge=0, le=2**31 - 1)
    data: Data = knob(Data(), title="data", help="what it learns from")
    model: Model = knob(title="model", help="the network")
    compile: Compile = knob(Compile(), title="compile", help="how it learns")
    fit: Fit = knob(Fit(), title="fit", help="how long it learns")
    checkpoint: Checkpoint = knob(Checkpoint(), title="checkpoint", help="what is kept")
    fork: Fork | None = knob(None, title="fork of", help="the run and epoch that this one goes on from")

    @property
    def steps_per_epoch(self) -> int:
        """Batches an epoch, the last, smaller one included."""
        return batches(self.data.sizes()[0], self.fit.batch_size)

    @property
    def workspace(self) -> int:
        """About how many values the model lays out in memory for one image."""
        shape, total = self.data.facts.image_shape, 0
        for layer in self.model.layers:
            total += layer.workspace(shape)
            shape = layer.output_shape(shape)
        return total

    @property
    def one_hot(self) -> int:
        """How many classes the labels are spread over; 0 where the loss takes class numbers."""
        return len(self.data.facts.classes) if self.compile.loss.one_hot else 0

    @property
    def learning_rate(self) -> float:
        """The optimizer's own, before any schedule."""
        # Every optimizer declares this knob; the family's base class cannot, or it would stand behind all others.
        rate: float = self.compile.optimizer.learning_rate  # type: ignore[attr-defined]
        return rate

    def rates(self, points: int) -> list[float]:
        """Return the learning rate at so many steps, the first and the last included: a preview."""
        return self.compile.schedule.curve(self.learning_rate, self.length, points)

    @property
    def length(self) -> Length:
        """Epochs and steps of the whole run."""
        return Length(self.fit.epochs, self.steps_per_epoch)

    @property
    def amounts(self) -> str:
        """What training it adds up to, in a sentence."""
        (trained, validated), steps, epochs = self.data.sizes(), self.steps_per_epoch, self.fit.epochs
        return (
            f"{trained:,} images in batches of {self.fit.batch_size:,}: {steps:,} steps per epoch, "
            f"{steps * epochs:,} in {epochs:,} epoch{'s' * (epochs > 1)}, validated on {validated:,} images."
        )


def batches(images: int, batch_size: int) -> int:
    """Return how many batches hold all images, a last, smaller one included."""
    return -(-images // batch_size)
