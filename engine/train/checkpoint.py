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
from engine.spec.check import check
from engine.spec.document import dumps, loads
from engine.spec.experiment import Experiment

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
    """

    experiment: Experiment
    epoch: int
    step: int
    state: Mapping[str, NDArray[Any]]

    def restore(self, *, jit: bool = False) -> Built:
        """Build the experiment's model and optimizer, with the state of the file.

        Raises:
            CheckpointError: the state is not of this experiment's model.
        """
        built = build(self.experiment, jit=jit)
        self._assign(_saved(built, self.experiment))
        return built

    def load_weights(self, built: Built) -> None:
        """Give a model the weights of the file; the optimizer begins anew.

        Raises:
            CheckpointError: the model has other layers.
        """
        self._assign(built.model.variables)

    def _assign(self, variables: Sequence[Any]) -> None:
        """Give the first variables of the file to these."""
        found = dict(list(self.state.items())[: len(variables)])
        keys = _keys(variables)
        if list(found) != keys:
            raise CheckpointError(f"the checkpoint's variables are not the model's: {sorted(set(found) ^ set(keys))}")
        for variable, value in zip(variables, found.values(), strict=True):
            if tuple(variable.shape) != value.shape:
                raise CheckpointError(
                    f"{variable.path} has shape {tuple(variable.shape)}, the checkpoint {value.shape}"
                )
        for variable, value in zip(variables, found.values(), strict=True):
            variable.assign(value)


def save(path: Path, built: Built, experiment: Experiment, *, epoch: int, step: int) -> None:
    """Write all state to a new file and put it in the place of ``path`` at once.

    Raises:
        OSError: the disk is full or read-only; what stood at ``path`` is unharmed.
    """
    meta = {"format": FORMAT, "experiment": dumps(experiment), "epoch": epoch, "step": step}
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
        experiment = check(loads(meta["experiment"], str(path))).experiment_or_raise()
        return Checkpoint(experiment, meta["epoch"], meta["step"], content)
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from None


def _saved(built: Built, experiment: Experiment) -> list[Any]:
    weights_only = experiment.checkpoint.save_weights_only
    return list(built.model.variables) if weights_only else built.variables


def _keys(variables: Sequence[Any]) -> list[str]:
    return [f"{index:04d}:{variable.path}" for index, variable in enumerate(variables)]
