"""Checkpoints: all state of a run in one ``.npz``, written so that a crash at any moment leaves a whole file.

The zip inside carries a CRC-32 of every array, checked on reading. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.build.model import Built, build
from engine.spec.document import dumps, loads
from engine.spec.experiment import Experiment
from engine.spec.problem import SpecError

FORMAT = 1
META = "meta"


class CheckpointError(Exception):
    """A checkpoint cannot be read or does not fit; the message names the file."""


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds.

    Attributes:
        experiment: what was asked; its seed and the epoch give the data order.
        epoch: whole epochs done.
        step: steps done since the run began.
        state: all variables in the order of `Built.variables`, keyed by index and path; without the optimizer's where
            the experiment saves weights only.
        weights: how many of them are the model's, which come first.
        jit: whether XLA compiled the run, which decides what Dropout draws.
    """

    experiment: Experiment
    epoch: int
    step: int
    state: Mapping[str, NDArray[Any]]
    weights: int
    jit: bool

    def restore(self) -> Built:
        """Build the experiment's model and optimizer, with the state of the file.

        Raises:
            CheckpointError: the state is not of this experiment's model.
        """
        built = build(self.experiment, jit=self.jit)
        _assign(_saved(built, self.experiment), self.state)
        return built

    def load_weights(self, built: Built) -> None:
        """Give a model the weights of the file; the optimizer begins anew.

        Raises:
            CheckpointError: the model has other layers.
        """
        _assign(built.model.variables, dict(list(self.state.items())[: self.weights]))


def save(path: Path, built: Built, experiment: Experiment, *, epoch: int, step: int) -> None:
    """Write all state to a new file and put it in the place of ``path`` at once.

    Raises:
        OSError: the disk is full or read-only; what stood at ``path`` is unharmed.
    """
    meta = {
        "format": FORMAT,
        "experiment": dumps(experiment),
        "epoch": epoch,
        "step": step,
        "weights": len(built.model.variables),
        "jit": built.jit,
    }
    # Here we wait for the device: every variable is fetched.
    variables = _saved(built, experiment)
    state = {key: variable.numpy() for key, variable in zip(_keys(variables), variables, strict=True)}
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **{META: np.array(json.dumps(meta))}, **state)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # makes the new name itself durable
    finally:
        os.close(folder)


def load(path: Path) -> Checkpoint:
    """Read and check a file.

    Raises:
        CheckpointError: it is missing, damaged, or of another format.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            content = {name: arrays[name] for name in arrays.files}
        meta = json.loads(str(content.pop(META)))
        if meta["format"] != FORMAT:
            raise CheckpointError(f"{path} has format {meta['format']}, this nnplay reads {FORMAT}: update nnplay")
        # Not checked further: its data may be gone, and its weights are good for more.
        experiment = Experiment.model_validate(loads(meta["experiment"], str(path)))
        return Checkpoint(experiment, meta["epoch"], meta["step"], content, meta["weights"], meta["jit"])
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing") from None
    except (OSError, ValueError, KeyError, EOFError, SpecError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from None


def _assign(variables: Sequence[Any], state: Mapping[str, NDArray[Any]]) -> None:
    """Give variables the values of a file.

    Raises:
        CheckpointError: they are others than the file's.
    """
    keys = _keys(variables)
    if list(state) != keys:
        raise CheckpointError(f"the checkpoint has other layers: {', '.join(sorted(set(state) ^ set(keys)))}")
    for variable, value in zip(variables, state.values(), strict=True):
        if tuple(variable.shape) != value.shape:
            raise CheckpointError(f"{variable.path} has shape {tuple(variable.shape)}, the checkpoint {value.shape}")
    for variable, value in zip(variables, state.values(), strict=True):
        variable.assign(value)


def _saved(built: Built, experiment: Experiment) -> list[Any]:
    weights_only = experiment.checkpoint.save_weights_only
    return list(built.model.variables) if weights_only else built.variables


def _keys(variables: Sequence[Any]) -> list[str]:
    return [f"{index:04d}:{variable.path}" for index, variable in enumerate(variables)]
