"""Checkpoints: all state of a run in one ``.npz``, written so that a crash at any moment leaves a whole file.

The zip inside carries a CRC-32 of every array, checked on reading. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
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
        state: all variables in the order of `Built.variables`, keyed by index and path.
    """

    experiment: Experiment
    epoch: int
    step: int
    state: Mapping[str, NDArray[Any]]

    def restore(self) -> Built:
        """Build the experiment's model and optimizer, with the state of the file.

        Raises:
            CheckpointError: the state is not of this experiment's model.
        """
        built = build(self.experiment)
        keys = _keys(built)
        if list(self.state) != keys:
            raise CheckpointError(
                f"the checkpoint's variables are not the model's: {sorted(set(self.state) ^ set(keys))}"
            )
        for variable, value in zip(built.variables, self.state.values(), strict=True):
            if tuple(variable.shape) != value.shape:
                raise CheckpointError(
                    f"{variable.path} has shape {tuple(variable.shape)}, the checkpoint {value.shape}"
                )
            variable.assign(value)
        return built


def save(path: Path, built: Built, experiment: Experiment, *, epoch: int, step: int) -> None:
    """Write all state to a new file and put it in the place of ``path`` at once.

    Raises:
        OSError: the disk is full or read-only; what stood at ``path`` is unharmed.
    """
    meta = {"format": FORMAT, "experiment": dumps(experiment), "epoch": epoch, "step": step}
    # Here we wait for the device: every variable is fetched.
    state = {key: variable.numpy() for key, variable in zip(_keys(built), built.variables, strict=True)}
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


def _keys(built: Built) -> list[str]:
    return [f"{index:04d}:{variable.path}" for index, variable in enumerate(built.variables)]
