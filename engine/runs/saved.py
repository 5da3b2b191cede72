"""The file of a checkpoint: all state of a run in one ``.npz``, written so that a crash leaves a whole file.

The zip inside carries a CRC-32 of every array, checked on reading. Nothing is pickled. This room knows arrays, not
variables: `engine.train.checkpoint` turns the one into the other.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from engine import disk
from engine.runs.standing import Standing
from engine.shown import visible
from engine.spec.document import dumps
from engine.spec.experiment import Experiment
from engine.spec.problem import SpecError, show_place
from engine.spec.toml import loads
from engine.spec.wording import problems_of
from engine.version import nnplay_version

FORMAT = 2
META = "meta"
BEST = "best"
"""Before the key of a weight of the best epoch, which early stopping may go back to."""

Arrays = Mapping[str, NDArray[Any]]


class CheckpointError(Exception):
    """A checkpoint cannot be read or does not fit; the message names the file."""


class DamagedError(CheckpointError):
    """What is in the file is not what was written; trying again brings nothing."""


class ForeignError(CheckpointError):
    """What is in the file is what was written, but by another version of nnplay: this one cannot read it."""


class UnreadableError(CheckpointError):
    """The disk does not give the file now; it may do so in a moment.

    Attributes:
        cause: what the disk said.
    """

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(f"{path} cannot be read: {cause.strerror or cause}")
        self.cause = cause


@dataclass(frozen=True)
class Heading:
    """What a checkpoint says of itself, without its arrays.

    Attributes:
        experiment: what is asked, with the changes that were made while it trained.
        standing: how far the run was.
        jit: whether XLA compiled the run, which decides what Dropout draws.
        weights: how many arrays are the model's, which come first.
        complete: the optimizer's state is in it, too.
        tensorflow: the version that wrote it.
    """

    experiment: Experiment
    standing: Standing
    jit: bool
    weights: int
    complete: bool = True
    tensorflow: str = ""

    @property
    def epoch(self) -> int:
        """Whole epochs done."""
        return self.standing.epochs_done

    @property
    def step(self) -> int:
        """Steps done since the run began."""
        return self.standing.step

    @property
    def between_epochs(self) -> bool:
        """It stands at the end of an epoch, not in the middle of one."""
        return self.standing.epoch == self.standing.epochs_done


@dataclass(frozen=True)
class Saved(Heading):
    """What a file holds.

    Attributes:
        state: all variables in the order of `engine.build.model.Built.variables`, keyed by index and path; without the
            optimizer's where the experiment saves weights only.
        best_weights: the model's variables after the best epoch by path, where early stopping may go back to them.
    """

    state: Arrays = field(default_factory=dict)
    best_weights: Arrays = field(default_factory=dict)

    def digest(self) -> str:
        """Return the SHA-256 of all state, as 64 hexadecimal digits: equal state, equal digest."""
        digest = hashlib.sha256()
        for key, array in self.state.items():
            digest.update(f"{key} {array.dtype.str} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def write(path: Path, saved: Saved) -> None:
    """Write a new file and put it in the place of ``path`` at once.

    Raises:
        OSError: the disk is full or read-only; what stood at ``path`` is unharmed.
    """
    meta = {
        "format": FORMAT,
        "nnplay": nnplay_version(),
        "experiment": dumps(saved.experiment),
        "standing": asdict(saved.standing) | {"best": saved.standing.best and saved.standing.best.model_dump()},
        "jit": saved.jit,
        "weights": saved.weights,
        "complete": saved.complete,
        "tensorflow": saved.tensorflow,
        "arrays": len(saved.state) + len(saved.best_weights),
    }
    best = {f"{BEST}:{key}": value for key, value in saved.best_weights.items()}
    with disk.replaced(path) as file:
        np.savez(file, allow_pickle=False, **{META: np.array(json.dumps(meta))}, **saved.state, **best)


def copy(path: Path, to: Path) -> None:
    """Give a whole file a second name at once; where the file system allows it, without a second copy on the disk.

    A checkpoint is never changed, only replaced, so both names stay good.

    Raises:
        OSError: the disk is full or read-only; what stood at ``to`` is unharmed.
    """
    second = disk.temporary_beside(to)
    try:
        os.link(path, second)
    except OSError:  # another file system, or one without hard links
        with disk.reading(path) as source, disk.replaced(to) as file:
            shutil.copyfileobj(source, file)
        return
    try:
        second.replace(to)
    finally:
        second.unlink(missing_ok=True)  # rename does nothing where both are already the same file
    disk.sync_folder(to.parent)


def read(path: Path) -> Saved:
    """Read and check a file.

    Raises:
        DamagedError: it was cut off, or bits have changed.
        ForeignError: another version of nnplay wrote it.
        UnreadableError: it cannot be read now.
        CheckpointError: it is missing, or there is too little memory.
    """
    heading, arrays = _read(path, everything=True)
    prefix = f"{BEST}:"
    state = {key: value for key, value in arrays.items() if not key.startswith(prefix)}
    best = {key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)}
    return Saved(**vars(heading), state=state, best_weights=best)


def read_heading(path: Path) -> Heading:
    """Read what a file says of itself; its arrays are not looked at.

    Raises:
        DamagedError: it was cut off, or bits have changed.
        ForeignError: another version of nnplay wrote it.
        UnreadableError: it cannot be read now.
        CheckpointError: it is missing, or there is too little memory.
    """
    return _read(path, everything=False)[0]


def heading_of(path: Path) -> Heading | None:
    """Return what a checkpoint says of itself; None where it is missing or damaged."""
    try:
        return read_heading(path)
    except CheckpointError:
        return None


def _read(path: Path, *, everything: bool) -> tuple[Heading, dict[str, NDArray[Any]]]:
    try:
        file = disk.reading(path)
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing") from None
    except OSError as error:
        raise UnreadableError(path, error) from None
    try:
        with file, np.load(file, allow_pickle=False) as archive:
            meta: dict[str, Any] = dict(json.loads(str(archive[META])))
            heading = _heading(meta, path)
            names = [name for name in archive.files if name != META] if everything else []
            arrays = {name: archive[name] for name in names}
        # One flipped bit can end a zip's list of files early, which zipfile does not notice. Older files do not say it.
        if everything and len(arrays) != meta.get("arrays", len(arrays)):
            raise DamagedError(f"{path} is damaged: it holds {len(arrays)} arrays of {meta['arrays']}")
    except MemoryError:
        raise CheckpointError(f"{path} cannot be read: there is too little memory") from None
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # of the disk, not of what is in the file
            raise UnreadableError(path, error) from None
        raise DamagedError(f"{path} is damaged: {error}") from None
    except (
        ValueError, KeyError, TypeError, IndexError, EOFError, RuntimeError,
        zipfile.BadZipFile, zlib.error, struct.error,
        SyntaxError, tokenize.TokenError,  # of NumPy, which takes an array's header apart as it does a program
    ) as error:  # fmt: skip
        raise DamagedError(f"{path} is damaged: {error}") from None
    return heading, arrays


def _heading(meta: Mapping[str, Any], path: Path) -> Heading:
    """Return what a file says of itself. It is what was written: what cannot be understood is no damage.

    Raises:
        ForeignError: another version of nnplay wrote it.
    """
    if meta.get("format") != FORMAT:
        raise _foreign(meta, path, f"its format is {meta.get('format')}, not {FORMAT}")
    try:
        return Heading(
            # Not checked further: its data may be gone, and its weights are good for more.
            experiment=Experiment.model_validate(loads(meta["experiment"], str(path))),
            standing=_standings().validate_python(meta["standing"]),
            jit=bool(meta["jit"]),
            weights=int(meta["weights"]),
            complete=bool(meta["complete"]),
            tensorflow=str(meta["tensorflow"]),
        )
    except ValidationError as error:
        places = ", ".join(show_place(problem.place) for problem in problems_of(error))
        raise _foreign(meta, path, f"it does not know what to make of {places}") from None
    except KeyError as error:
        raise _foreign(meta, path, f"it does not say its {error}") from None
    except (SpecError, ValueError, TypeError) as error:
        raise _foreign(meta, path, str(error)) from None


def _foreign(meta: Mapping[str, Any], path: Path, why: str) -> ForeignError:
    writer = f"nnplay {visible(str(meta['nnplay']))}" if "nnplay" in meta else "another version of nnplay"
    return ForeignError(f"{path} was written by {writer}, and nnplay {nnplay_version()} cannot read it: {visible(why)}")


@cache
def _standings() -> TypeAdapter[Standing]:
    return TypeAdapter(Standing)
