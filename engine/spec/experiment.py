"""The experiment: everything that decides a training run, as frozen data. DESIGN's TOML file is this, written down."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny

from engine.spec.knob import Spec, knob
from engine.spec.layers import Layer
from engine.spec.losses import Loss, SparseCategoricalCrossentropy
from engine.spec.optimizers import Adam, Optimizer
from engine.spec.shape import Shape

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""A name becomes part of a directory's name: nothing in it may lead out of the runs directory."""

Metric = Literal["accuracy", "sparse_categorical_accuracy"]
Fraction = Annotated[float, Field(gt=0, lt=1)]


def _tuple(value: Any) -> Any:
    """Read a TOML array as a tuple: frozen data holds no lists."""
    return tuple(value) if isinstance(value, list) else value


class DataFacts(Spec):
    """What a data source holds, known without reading it."""

    image_shape: Shape
    classes: tuple[str, ...]
    train: int
    test: int


FASHION_MNIST = DataFacts(
    image_shape=(28, 28),
    classes=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    train=60_000,
    test=10_000,
)  # fmt: skip


class Data(Spec):
    """What is learnt from, and what it is judged on."""

    source: Literal["fashion-mnist"] = knob("fashion-mnist", title="source", help="the images and their labels")
    validation: Literal["test"] | Fraction = knob(
        "test",
        title="validation",
        help="'test': judge on the test set; 0.1: hold out the last tenth of the training set",
    )
    limit: int | None = knob(
        None, title="limit", help="train on the first n images only; empty: on all", ge=10, le=60_000
    )

    @property
    def facts(self) -> DataFacts:
        """What the source holds."""
        return FASHION_MNIST

    def sizes(self) -> tuple[int, int]:
        """Return the number of images that are trained on and validated on."""
        available = min(self.limit or self.facts.train, self.facts.train)
        if self.validation == "test":
            return available, self.facts.test
        trained = held_out_from(available, float(self.validation))
        return trained, available - trained


def held_out_from(images: int, fraction: float) -> int:
    """Return the index of the first held-out image: Keras' rule for ``validation_split``, which takes the last ones."""
    return int(images * (1.0 - fraction))


class Model(Spec):
    """The layers, from input to output."""

    layers: Annotated[tuple[SerializeAsAny[Layer], ...], BeforeValidator(_tuple)] = knob(
        (), title="layers", help="from the input to the output", max_length=100
    )


class Compile(Spec):
    """How it learns: Keras' ``compile``."""

    optimizer: SerializeAsAny[Optimizer] = knob(
        Adam(), title="optimizer", help="the rule that turns gradients into steps"
    )
    loss: SerializeAsAny[Loss] = knob(SparseCategoricalCrossentropy(), title="loss", help="what training makes small")
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(_tuple)] = knob(
        ("sparse_categorical_accuracy",),
        title="metrics",
        help="what is reported beside the loss",
        min_length=1,
        max_length=4,
    )


class Fit(Spec):
    """How long it learns: Keras' ``fit``."""

    batch_size: int = knob(32, title="batch size", help="images a step; larger: fewer, steadier steps", ge=1, le=10_000)
    epochs: int = knob(5, title="epochs", help="how often it sees the whole training set", ge=1, le=10_000)
    validation_freq: int = knob(1, title="validate every", help="epochs between two validations", ge=1, le=10_000)


class Checkpoint(Spec):
    """What is kept."""

    monitor: Literal["val_accuracy", "val_loss"] = knob(
        "val_accuracy", title="best by", help="what decides which epoch is kept as best"
    )


class Experiment(Spec):
    """Everything that decides a run. Equal experiments on one machine give equal weights."""

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

    @property
    def steps_per_epoch(self) -> int:
        """Batches an epoch, the last, smaller one included."""
        return batches(self.data.sizes()[0], self.fit.batch_size)

    @property
    def amounts(self) -> str:
        """What training it adds up to, in a sentence."""
        (trained, validated), steps, epochs = self.data.sizes(), self.steps_per_epoch, self.fit.epochs
        return (
            f"{trained:,} images in batches of {self.fit.batch_size:,}: {steps:,} steps an epoch, "
            f"{steps * epochs:,} in {epochs:,} epoch{'s' * (epochs > 1)}, validated on {validated:,} images."
        )


def batches(images: int, batch_size: int) -> int:
    """Return how many batches hold all images, a last, smaller one included."""
    return -(-images // batch_size)
