"""The Keras calls of an experiment, with the seeds that follow from its own: what is built is what is exported."""

from __future__ import annotations

from engine.spec.call import KerasCall
from engine.spec.experiment import Experiment
from engine.spec.layers import Input


def layer_calls(experiment: Experiment) -> dict[str, KerasCall]:
    """Return the calls of all layers but Input, each with a name and a seed from its place."""
    return {
        f"{layer.type_name}_{index}": layer.keras_call(layer_seed(experiment.seed, index))
        for index, layer in enumerate(experiment.model.layers)
        if not isinstance(layer, Input)
    }


def layer_seed(seed: int, index: int) -> int:
    """Return the seed of one layer, so that adding a layer leaves the random numbers of those before it alone."""
    import numpy as np  # noqa: PLC0415 - the first screen does without it

    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)


def optimizer_call(experiment: Experiment) -> KerasCall:
    """Return the call of the optimizer; its learning rate is a number or the call of a schedule."""
    chosen = experiment.compile
    return chosen.optimizer.keras_call(chosen.schedule.keras_call(experiment.learning_rate, experiment.length))
