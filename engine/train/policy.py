"""Whether XLA shall compile a run's steps: wherever that is faster."""

from __future__ import annotations

from engine.build import devices
from engine.spec.experiment import Experiment


def worth_compiling(experiment: Experiment) -> bool:
    """XLA makes dense models 3-4 times faster; on a CPU it makes convolutions ten times slower."""
    chosen = experiment.compile.jit_compile
    if chosen != "auto":
        return chosen == "on"
    convolves = any(layer.type_name == "conv2d" for layer in experiment.model.layers)
    return devices.on_gpu() or not convolves
