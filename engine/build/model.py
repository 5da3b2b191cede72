"""From an experiment to what is trained: model, optimizer, loss, metrics, and the way they are compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from engine.build import devices
from engine.build.objects import make
from engine.build.under_xla import SUBSTITUTES
from engine.spec.call import KerasCall
from engine.spec.experiment import Compile, Experiment
from engine.spec.layers import Input, Layer


@dataclass(frozen=True)
class Built:
    """Everything that is trained, built, with its variables made.

    Attributes:
        one_hot: how many classes the labels are spread over; 0 where the loss takes class numbers.
        metrics: by name, labels and outputs (b, classes) to one number an image.
        jit: compiled by XLA.
    """

    model: Any
    optimizer: Any
    loss: Any
    one_hot: int
    metrics: Mapping[str, Callable[[Any, Any], Any]]
    jit: bool

    @property
    def variables(self) -> list[Any]:
        """All state: weights, statistics, the generators of random numbers, and the optimizer's moments."""
        return [*self.model.variables, *self.optimizer.variables]


def build(experiment: Experiment, *, jit: bool) -> Built:
    """Build the model with weights that depend on nothing but the experiment's seed and each layer's place.

    Args:
        experiment: what was asked.
        jit: it will be compiled by XLA; on a CPU it is made of what XLA is good at there.
    """
    # Keras numbers its names through the whole process; anew, so that a model's names, too, depend on nothing else.
    keras.utils.clear_session(free_memory=False)
    substitutes = SUBSTITUTES if jit and not devices.on_gpu() else {}
    chosen, facts = experiment.compile, experiment.data.facts
    with _precision(chosen.precision):
        layers = [make(call, substitutes) for call in layer_calls(experiment.model.layers, experiment.seed)]
        model = keras.Sequential([keras.Input(facts.image_shape), *layers])
    optimizer = make(chosen.optimizer.keras_call(_learning_rate(experiment)))
    if chosen.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # as Keras' own compile does
    optimizer.build(model.trainable_variables)
    return Built(model, optimizer, make(chosen.loss.keras_call()), experiment.one_hot, _metrics(chosen), jit)


def layer_calls(layers: tuple[Layer, ...], seed: int) -> list[KerasCall]:
    """Return the calls of all layers but Input, each with a seed and a name from its place."""
    return [
        layer.keras_call(layer_seed(seed, index)).also(name=f"{layer.type_name}_{index}")
        for index, layer in enumerate(layers)
        if not isinstance(layer, Input)
    ]


def layer_seed(seed: int, index: int) -> int:
    """Return the seed of one layer, so that adding a layer leaves the random numbers of those before it alone."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)


def _learning_rate(experiment: Experiment) -> Any:
    rate = experiment.compile.schedule.keras_call(experiment.learning_rate, experiment.length)
    return make(rate) if isinstance(rate, KerasCall) else rate


def _metrics(chosen: Compile) -> dict[str, Callable[[Any, Any], Any]]:
    accuracy = keras.metrics.categorical_accuracy if chosen.loss.one_hot else keras.metrics.sparse_categorical_accuracy
    # Keras reads "accuracy" as what fits the labels; the spec lets no other name pass that does not.
    return dict.fromkeys(chosen.metrics, accuracy)


@contextmanager
def _precision(policy: str) -> Iterator[None]:
    """Make layers of this dtype policy, then of the one before."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
