"""From an experiment to what is trained: model, optimizer, loss, metrics, and the way they are compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras

from engine.build import devices
from engine.build.objects import make
from engine.build.under_xla import SUBSTITUTES
from engine.spec.calls import layer_calls, optimizer_call
from engine.spec.experiment import Compile, Experiment


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
        layers = [make(call.also(name=name), substitutes) for name, call in layer_calls(experiment).items()]
        model = keras.Sequential([keras.Input(facts.image_shape), *layers])
    optimizer = make(optimizer_call(experiment))
    if chosen.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # as Keras' own compile does
    optimizer.build(model.trainable_variables)
    return Built(model, optimizer, make(chosen.loss.keras_call()), experiment.one_hot, _metrics(chosen), jit)


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
