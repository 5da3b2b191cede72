"""From an experiment to what is trained: model, optimizer, loss, metrics, and the decision to compile them with XLA."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from engine.build import devices
from engine.build.objects import make
from engine.spec.experiment import Experiment

METRICS: Mapping[str, Callable[[Any, Any], Any]] = {
    # With class numbers as labels, Keras reads "accuracy" as the sparse one.
    "accuracy": keras.metrics.sparse_categorical_accuracy,
    "sparse_categorical_accuracy": keras.metrics.sparse_categorical_accuracy,
}
"""By name: labels (b,) and outputs (b, classes) to one number an image."""


@dataclass(frozen=True)
class Built:
    """Everything that is trained, built, with its variables made."""

    model: Any
    optimizer: Any
    loss: Any
    metrics: Mapping[str, Callable[[Any, Any], Any]]
    jit: bool

    @property
    def variables(self) -> list[Any]:
        """All state: weights, statistics, the generators of random numbers, and the optimizer's moments."""
        return [*self.model.variables, *self.optimizer.variables]


def build(experiment: Experiment) -> Built:
    """Build the model with weights that depend on nothing but the experiment's seed and each layer's place."""
    # Keras numbers its names through the whole process; anew, so that a model's names, too, depend on nothing else.
    keras.utils.clear_session(free_memory=False)
    jit = _worth_compiling(experiment)
    layers = [
        make(layer.keras_call(layer_seed(experiment.seed, index)), jit=jit)
        for index, layer in enumerate(experiment.model.layers)
    ]
    model = keras.Sequential([keras.Input(experiment.data.facts.image_shape), *layers])
    optimizer = make(experiment.compile.optimizer.keras_call())
    optimizer.build(model.trainable_variables)
    loss = make(experiment.compile.loss.keras_call())
    return Built(model, optimizer, loss, {name: METRICS[name] for name in experiment.compile.metrics}, jit)


def layer_seed(seed: int, index: int) -> int:
    """Return the seed of one layer, so that adding a layer leaves the random numbers of those before it alone."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)


def _worth_compiling(experiment: Experiment) -> bool:
    """XLA makes dense models 3-4 times faster; on a CPU it makes convolutions ten times slower."""
    convolves = any(layer.type_name == "conv2d" for layer in experiment.model.layers)
    return devices.on_gpu() or not convolves
