"""Which way of training is the fastest: compiled by XLA, or not. Where it is not known it is measured, once a machine.

XLA makes dense and recurrent models several times faster everywhere. Convolutions on a CPU are in doubt: as slices and
matrix products under XLA, or by TensorFlow's own kernels without it, whichever the processor likes better.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from engine import disk, paths
from engine.build import devices
from engine.build.model import Built, build
from engine.spec.conflicts import MISCOMPUTED, miscomputed
from engine.spec.experiment import Experiment
from engine.spec.layers import Layer
from engine.spec.problem import Problem, SpecError
from engine.train import loop
from engine.train.loop import OnDevice

MOST_BYTES = 1_000_000
"""A larger file is not what was measured."""

ROUNDS = 3
"""How often both ways are timed, in turn: the best time of each counts, because machines have slow moments."""
SECONDS = 0.1
"""About how long a timed call takes."""

Steps = Callable[[Any, Any, Any], Any]


def fastest(experiment: Experiment, train: OnDevice, *, jit: bool | None = None) -> tuple[Built, Steps]:
    """Build what an experiment asks for in the way that trains it fastest, or in the way that it asks for.

    Args:
        experiment: what was asked.
        train: what is trained on.
        jit: whether XLA compiles it, where that is decided already: a run goes on in the way in which it began.

    Returns:
        What was built, in its initial state, and its compiled training steps.

    Raises:
        SpecError: it asks for what TensorFlow computes wrongly.
    """
    if (place := miscomputed(experiment)) and not devices.on_gpu():
        if experiment.compile.jit_compile == "off":
            raise SpecError([Problem(place, MISCOMPUTED)])
        jit = True
    if jit is None:
        jit = _known(experiment)
    if jit is None:
        return _measured(experiment, train)
    return _built(experiment, train, jit=jit)


def _known(experiment: Experiment) -> bool | None:
    """Return whether XLA is faster; None where it has to be measured."""
    if experiment.compile.jit_compile != "auto":
        return experiment.compile.jit_compile == "on"
    if devices.on_gpu() or all(layer.type_name != "conv2d" for layer in experiment.model.layers):
        return True
    return _remembered().get(_key(experiment))


def _built(experiment: Experiment, train: OnDevice, *, jit: bool) -> tuple[Built, Steps]:
    built = build(experiment, jit=jit)
    return built, loop.train_function(built, train, augmented=experiment.data.augment.active)


def _measured(experiment: Experiment, train: OnDevice) -> tuple[Built, Steps]:
    """Train both ways for some steps, remember which is faster, and return it as if nothing had happened to it."""
    ways = [_built(experiment, train, jit=jit) for jit in (False, True)]
    before = [[variable.numpy() for variable in built.variables] for built, _ in ways]
    batches = loop.epoch_batches(experiment, train, epoch=1)[0]
    counts = [_steps_in(steps, batches) for _, steps in ways]
    best = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for way, (_, steps) in enumerate(ways):
            best[way] = min(best[way], _seconds(steps, batches, counts[way]) / counts[way])
    chosen = int(np.argmin(best))
    _remember(_key(experiment), jit=ways[chosen][0].jit)
    for variable, value in zip(ways[chosen][0].variables, before[chosen], strict=True):
        variable.assign(value)
    return ways[chosen]


def _steps_in(steps: Steps, batches: loop.Batches) -> int:
    """Compile, and return how many steps take about `SECONDS`."""
    _seconds(steps, batches, 1)
    return int(np.clip(SECONDS / _seconds(steps, batches, 1), 1, batches.steps))


def _seconds(steps: Steps, batches: loop.Batches, count: int) -> float:
    began = time.perf_counter()
    steps(batches, tf.constant(0), tf.constant(count)).numpy()  # here we wait for the device
    return time.perf_counter() - began


def _key(experiment: Experiment) -> str:
    """Name all that decides the answer: the work, the software and the machine."""
    chosen, data = experiment.compile, experiment.data
    work = {
        "layers": [_shape_of_work(layer) for layer in experiment.model.layers],
        "shape": data.facts.image_shape,
        "augmented": data.augment.active,
        "optimizer": chosen.optimizer.type_name,
        "precision": chosen.precision,
        "batch_size": experiment.fit.batch_size,
        "tensorflow": tf.__version__,
        "machine": [platform.machine(), platform.processor(), devices.describe(), os.uname().nodename],
    }
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:16]


def _shape_of_work(layer: Layer) -> list[str]:
    """Say what of a layer decides its cost: its kind, its sizes and its window, not how strongly it is regularised."""
    return [layer.label(), *(str(getattr(layer, name, "")) for name in ("strides", "padding", "use_bias"))]


def _file() -> Path:
    return paths.home() / "xla.json"


def _remembered() -> dict[str, bool]:
    try:
        found = json.loads(disk.read(_file(), MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}  # nothing was measured yet, or the file is damaged: then it is measured again
    return found if isinstance(found, dict) else {}


def _remember(key: str, *, jit: bool) -> None:
    """Write it down, all at once. Where that cannot be done, it is measured again next time."""
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        with disk.replaced(_file()) as file:
            file.write(json.dumps({**_remembered(), key: jit}).encode())
