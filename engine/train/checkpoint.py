"""From a model's variables to what a checkpoint holds, and back. The file itself is `engine.runs.saved`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build.model import Built, build
from engine.runs.saved import Arrays, CheckpointError, Saved
from engine.runs.standing import Standing
from engine.spec.experiment import Experiment


def capture(built: Built, experiment: Experiment, standing: Standing, best_weights: Arrays | None = None) -> Saved:
    """Return all state as it is now.

    Args:
        built: what is trained.
        experiment: what it was built from.
        standing: how far it is.
        best_weights: the model's variables after the best epoch, by path.
    """
    complete = not experiment.checkpoint.save_weights_only
    variables = built.variables if complete else list(built.model.variables)
    keys = _keys(variables)
    return Saved(
        experiment=experiment,
        standing=deepcopy(standing),
        jit=built.jit,
        weights=len(built.model.variables),
        complete=complete,
        tensorflow=tf.__version__,
        # Here we wait for the device: every variable is fetched.
        state={key: variable.numpy() for key, variable in zip(keys, variables, strict=True)},
        best_weights=dict(best_weights or {}),
    )


def finite(built: Built) -> bool:
    """Say whether all weights are numbers. A chunk's loss is from before its last step, so it cannot tell."""
    return all(np.isfinite(weight.numpy()).all() for weight in built.model.trainable_variables)


def restore(saved: Saved) -> Built:
    """Build the experiment's model and optimizer, with the state of the file.

    Raises:
        CheckpointError: the state is not of this experiment's model.
    """
    built = build(saved.experiment, jit=saved.jit)
    load_state(built, saved)
    return built


def load_state(built: Built, saved: Saved) -> None:
    """Give all variables the values of a file; where it holds weights only, the optimizer begins anew.

    Raises:
        CheckpointError: the file is of another model or optimizer.
    """
    _assign(built.variables if saved.complete else built.model.variables, saved.state)


def load_weights(built: Built, saved: Saved) -> None:
    """Give a model the weights of the file; the optimizer begins anew.

    Raises:
        CheckpointError: the model has other layers.
    """
    _assign(built.model.variables, dict(list(saved.state.items())[: saved.weights]))


def carry(variables: Iterable[Any], values: Mapping[str, NDArray[Any]]) -> list[str]:
    """Give variables the values of those of the same path and shape, and return the paths of the others.

    So a model that was built anew with a knob changed goes on where the old one was; what only the new one has begins
    anew, as the generator of a Dropout whose rate was 0.
    """
    anew = []
    for variable in variables:
        value = values.get(variable.path)
        if value is None or tuple(variable.shape) != value.shape:
            anew.append(variable.path)
        else:
            variable.assign(value)
    return anew


def by_path(state: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by the path of their variable alone."""
    return {key.partition(":")[2]: value for key, value in state.items()}


def _assign(variables: Sequence[Any], state: Arrays) -> None:
    keys = _keys(variables)
    if list(state) != keys:
        raise CheckpointError(f"the checkpoint has other layers: {', '.join(sorted(set(state) ^ set(keys)))}")
    for variable, value in zip(variables, state.values(), strict=True):
        if tuple(variable.shape) != value.shape:
            raise CheckpointError(f"{variable.path} has shape {tuple(variable.shape)}, the checkpoint {value.shape}")
    for variable, value in zip(variables, state.values(), strict=True):
        variable.assign(value)


def _keys(variables: Sequence[Any]) -> list[str]:
    return [f"{index:04d}:{variable.path}" for index, variable in enumerate(variables)]
