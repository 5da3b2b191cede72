"""How a run begins: from nothing, as a fork of another run, or again where it stopped."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tensorflow as tf
from numpy.typing import NDArray

from engine.build import devices
from engine.build.model import Built
from engine.runs import library, resuming
from engine.runs import saved as file
from engine.runs.directory import RunDirectory
from engine.runs.events import AnyEvent, Changed, Started
from engine.runs.saved import CheckpointError, Saved
from engine.runs.standing import Standing
from engine.spec.difference import differences
from engine.spec.experiment import Experiment, batches
from engine.spec.problem import show_place
from engine.spec.schedules import Constant, Length
from engine.train import checkpoint, policy
from engine.train.loop import OnDevice
from engine.train.patience import at_once
from engine.train.policy import Steps


@dataclass
class Beginning:
    """All that training begins with.

    Attributes:
        experiment: what is trained: as asked, with the changes that were made while it trained.
        steps: the compiled training steps.
        loaded: the checkpoint that gave the state; empty where it begins from nothing.
        resumed: it goes on with the same run.
        notes: what a person should know.
        changes: what people changed after the checkpoint, to be made again at the same steps.
        best_weights: see `engine.runs.saved.Saved`, by path.
    """

    experiment: Experiment
    built: Built
    steps: Steps
    standing: Standing
    loaded: str = ""
    resumed: bool = False
    notes: list[str] = field(default_factory=list)
    changes: deque[Changed] = field(default_factory=deque)
    best_weights: Mapping[str, NDArray[Any]] = field(default_factory=dict)


Wait = Callable[[Callable[[], Any]], Any]
"""Does what reads from the disk, however often it takes; see `engine.train.patience`."""


def begin(
    experiment: Experiment,
    run: RunDirectory,
    train: OnDevice,
    images: str,
    before: Started | None = None,
    *,
    judged: Sequence[str] = (),
    wait: Wait = at_once,
) -> Beginning:
    """Begin a new run, or a fork.

    Args:
        experiment: what was asked.
        run: where it is trained.
        train: what is trained on.
        images: its fingerprint, see `engine.data.dataset.Split`.
        before: how it began, where it begins once more: in the same way.
        judged: the fingerprints of what it is judged on, see `engine.data.dataset.Dataset`.
        wait: what is read is read by this.

    Raises:
        CheckpointError: the weights that it shall begin with are damaged or of another model.
    """
    if experiment.fork:
        saved = wait(lambda: file.read(run.parent))
        begun = _forked(experiment, run, saved, train, images, before.jit if before else None)
        begun.standing.judged = list(judged)
        return begun
    built, steps = policy.fastest(experiment, train, jit=before.jit if before else None)
    begun = Beginning(experiment, built, steps, Standing(data=images, judged=list(judged)))
    if experiment.checkpoint.load_if_exists:
        path = library.newest_checkpoint(experiment.name, besides=run) if before is None else before.loaded
        if path:
            wait(lambda: _load(begun, Path(path)))
    return begun


def resume(
    experiment: Experiment,
    run: RunDirectory,
    train: OnDevice,
    images: str,
    *,
    judged: Sequence[str] = (),
    wait: Wait = at_once,
) -> Beginning:
    """Go on with a run where its newest whole checkpoint stands; without one, begin once more, in the same way as then.

    Raises:
        CheckpointError: its checkpoints cannot be read now, hold weights only, or its images have changed.
    """
    told = wait(lambda: resuming.events(run))
    # Its checkpoints are asked first: what is told of it may be damaged or gone, they are not for that.
    saved, name, notes = wait(lambda: resuming.newest_whole(run))
    before = resuming.first_start(told)
    if saved is None and before is None:
        return begin(experiment, run, train, images, judged=judged, wait=wait)
    if saved is not None and saved.standing.data != images:
        raise CheckpointError(
            f"the images that {run.name} was trained on ({experiment.data.source}) have changed since: it cannot go on "
            f"as if nothing had happened. 'nnplay fork {run.argument}' goes on with the new ones"
        )
    if saved is None:
        begun = begin(experiment, run, train, images, before, judged=judged, wait=wait)
        begun.notes.insert(0, "there is no checkpoint: it begins anew")
    else:
        built, steps = policy.fastest(saved.experiment, train, jit=saved.jit)
        checkpoint.load_state(built, saved)
        notes += [*_versions(saved), *_cores(told), *_judged(saved, judged, run)]
        notes += _edited(experiment, saved.experiment, told)
        # What it was judged on first counts: as long as that is another one, every resume says so.
        saved.standing.judged = saved.standing.judged or list(judged)
        begun = Beginning(
            saved.experiment, built, steps, saved.standing, name, notes=notes, best_weights=saved.best_weights
        )
    begun.resumed = True
    begun.changes = deque(resuming.later_changes(told, begun.standing.changes))
    return begun


def _edited(asked: Experiment, trained: Experiment, told: Sequence[AnyEvent]) -> list[str]:
    """Say that a run's file asks for something else than its checkpoint, besides what was turned while it trained."""
    turned = {event.place for event in told if isinstance(event, Changed)}
    found = [each for each in differences((asked, trained)) if not each.implied]
    others = [each.name for each in found if show_place(each.place) not in turned]
    if not others:
        return []
    return [
        f"experiment.toml is not what is trained here ({', '.join(others)}): what the checkpoint says counts. "
        "'nnplay fork' goes on with other knobs"
    ]


def _forked(
    experiment: Experiment, run: RunDirectory, saved: Saved, train: OnDevice, images: str, jit: bool | None
) -> Beginning:
    """Begin with the state of another run after one of its epochs, as far as it means something under changed knobs."""
    parent, epoch = saved.experiment, saved.epoch
    if jit is None and experiment.compile.jit_compile == parent.compile.jit_compile:
        jit = saved.jit
    built, steps = policy.fastest(experiment, train, jit=jit)
    values = checkpoint.by_path(saved.state)
    _check_layers(experiment, built, list(values)[: saved.weights])
    checkpoint.carry(built.model.variables, values)
    first = epoch * batches(len(train), experiment.fit.batch_size)
    standing = Standing(step=first, epoch=epoch, epochs_done=epoch, chunk=saved.standing.chunk, data=images)
    ours, theirs = experiment.compile.optimizer.type_name, parent.compile.optimizer.type_name
    notes = _versions(saved)
    if images != saved.standing.data:
        notes.append(f"these are not the images that {experiment.fork} was trained on")
    if not saved.complete:
        notes.append(f"{experiment.fork} holds weights only: the optimizer begins anew")
    elif ours != theirs:
        notes.append(f"what {theirs} remembers of old gradients means nothing to {ours}: the optimizer begins anew")
    else:
        notes += _carry_optimizer(experiment, parent, built, values, standing.step)
    notes += _schedule_jumps(experiment, saved, built, train)
    watching = [name for name in ("early_stopping", "reduce_on_plateau") if getattr(experiment.fit, name)]
    if watching:
        notes.append(f"{' and '.join(watching)} begin to watch anew")
    return Beginning(experiment, built, steps, standing, run.parent.name, notes=notes)


def _check_layers(experiment: Experiment, built: Built, theirs: list[str]) -> None:
    """Make sure that a fork has the weights of its parent.

    Raises:
        CheckpointError: it has other layers.
    """
    ours, old = ({path for path in paths if "seed_generator" not in path} for paths in (_paths(built), theirs))
    if ours != old:
        raise CheckpointError(
            f"a fork goes on with the weights of {experiment.fork}, which has other layers: "
            f"{', '.join(sorted(ours ^ old))}. Give it the same layers, or train a new run"
        )


def _paths(built: Built) -> list[str]:
    return [variable.path for variable in built.model.variables]


def _carry_optimizer(
    experiment: Experiment, parent: Experiment, built: Built, values: Mapping[str, NDArray[Any]], step: int
) -> list[str]:
    """Give the optimizer its parent's state, and return what a person should know of it."""
    asked = experiment.learning_rate != parent.learning_rate or experiment.compile.schedule != parent.compile.schedule
    # What is asked for now counts, not what a plateau may have made of it.
    kept = {path: value for path, value in values.items() if not (asked and path.endswith("/learning_rate"))}
    anew = {
        path.rpartition("_")[2]
        for path in checkpoint.carry(built.optimizer.variables, kept)
        if "/learning_" not in path
    }
    if not isinstance(experiment.compile.schedule, Constant):
        # A schedule counts in steps, which are others where batches have another size.
        getattr(built.optimizer, "inner_optimizer", built.optimizer).iterations.assign(step)
    return [f"the optimizer's {' and '.join(sorted(anew))} begins anew"] if anew else []


def _load(begun: Beginning, path: Path) -> None:
    """Begin with the weights of another run's checkpoint or, where that is damaged, of one beside it."""
    other, notes = RunDirectory(path.parent.parent), list[str]()
    for each in (path, *(each for each in (other.previous, other.best) if each != path and each.exists())):
        try:
            checkpoint.load_weights(begun.built, file.read(each))
        except file.UnreadableError:
            raise
        except file.DamagedError as error:
            notes.append(f"passed over: {error}")
        except CheckpointError as error:
            raise CheckpointError(f"cannot begin with the weights in {each}: {error}. {_REMEDY}") from None
        else:
            begun.loaded = str(each)
            begun.notes += notes
            return
    raise CheckpointError(f"cannot begin with the weights of {other.name}: {notes[-1]}. {_REMEDY}")


_REMEDY = "Switch load_if_exists off, or choose another name"


def _versions(saved: Saved) -> list[str]:
    if saved.tensorflow == tf.__version__:
        return []
    return [f"saved by TensorFlow {saved.tensorflow}, this is {tf.__version__}: results may differ in the last bits"]


def _cores(told: Sequence[AnyEvent]) -> list[str]:
    """Say that other devices, or another number of cores, go on with a run."""
    before = [event.device for event in told if isinstance(event, Started)][-1:]
    if before in ([], [devices.describe()]):
        return []
    return [f"trained on {before[0]} until now, this is {devices.describe()}: results may differ in the last bits"]


def _judged(saved: Saved, judged: Sequence[str], run: RunDirectory) -> list[str]:
    """Say that a run is judged on other images than before, where that is known."""
    changed = [now != then for now, then in zip(judged, saved.standing.judged, strict=False)]
    remedy = f"'nnplay fork {run.argument}' begins to compare anew"
    notes = (
        f"the images that {run.name} is validated on have changed since: the best epoch, early stopping and the "
        f"plateau compare epochs that were judged on different images. {remedy}",
        f"the images that {run.name} is tested on have changed since",
    )
    return [note for note, other in zip(notes, changed, strict=False) if other]


def _schedule_jumps(experiment: Experiment, saved: Saved, built: Built, train: OnDevice) -> list[str]:
    """Say that a fork's schedule does not go on where its parent's had come to, with both rates."""
    ours, theirs = experiment.compile.schedule, saved.experiment.compile.schedule
    if isinstance(ours, Constant) and isinstance(theirs, Constant):
        return []
    length = Length(experiment.fit.epochs, batches(len(train), experiment.fit.batch_size))
    of_parent = Length(saved.experiment.fit.epochs, max(saved.step // saved.epoch, 1))
    made = int(getattr(built.optimizer, "inner_optimizer", built.optimizer).iterations)
    now = ours.rate(experiment.learning_rate, 0 if isinstance(ours, Constant) else made, length)
    then = theirs.rate(saved.experiment.learning_rate, saved.step, of_parent)
    if math.isclose(now, then, rel_tol=1e-3, abs_tol=1e-12):
        return []
    where = " from its start" if not made and not isinstance(ours, Constant) else ""
    return [
        f"the learning rate goes on{where} with {now:.3g}; that of {experiment.fork} had come to {then:.3g}, "
        "for its schedule is another one, or counts other steps"
    ]
