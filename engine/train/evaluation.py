"""Judging the present weights on images that are not trained on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.build.model import Built
from engine.spec.experiment import Experiment
from engine.train import loop
from engine.train.loop import OnDevice
from engine.train.pace import Pace

MOST_IMAGES = 500
"""Images at once, at most: large enough to be fast."""
MOST_VALUES = 64_000_000
"""Values at once, about: a quarter of a gigabyte."""


@dataclass(frozen=True)
class Judgement:
    """What an evaluation comes to.

    Attributes:
        means: loss, penalty, then each metric, an image.
        confusion: counts [right class][predicted class].
    """

    means: list[float]
    confusion: tuple[tuple[int, ...], ...]


class Evaluation:
    """A split, and the compiled steps that judge a model on it."""

    def __init__(self, experiment: Experiment, built: Built, split: OnDevice) -> None:
        self._metrics = len(built.metrics)
        self._classes = len(experiment.data.facts.classes)
        self._steps = loop.evaluate_function(built, split, self._classes)
        self._parts = loop.cut(np.arange(len(split), dtype=np.int32), batch_size(experiment))
        self._compiled: set[int] = set()

    def judge(self, between_chunks: Callable[[], None]) -> Judgement:
        """Judge the present weights on all images; between two chunks a person may be heard."""
        total = loop.Sums.none(self._metrics)
        confusion = np.zeros((self._classes, self._classes), np.int64)
        for part in self._parts:
            pace, done = Pace(), 0
            while done < part.steps:
                between_chunks()
                count = pace.next(part.steps - done)
                began, known = time.perf_counter(), part.size in self._compiled
                rows, counts = self._run(part, done, count)
                total, confusion, done = total.after(rows, part.size), confusion + counts, done + count
                if known:
                    pace.measured(count, time.perf_counter() - began)
        return Judgement(total.means, tuple(tuple(map(int, row)) for row in confusion))

    def glance(self) -> float:
        """Return the loss of the present weights on the first images."""
        part = self._parts[0]
        return loop.Sums.none(self._metrics).after(self._run(part, 0, 1)[0], part.size).means[0]

    def _run(self, part: loop.Batches, first: int, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rows, confusion = self._steps(part, tf.constant(first), tf.constant(count))
        self._compiled.add(part.size)
        # Here we wait for the device.
        return rows.numpy()[first : first + count], confusion.numpy().astype(np.int64)


def batch_size(experiment: Experiment) -> int:
    """Return how many images are judged at once: as many as fit the memory, but not fewer than are trained on."""
    fitting = min(MOST_VALUES // max(experiment.workspace, 1), MOST_IMAGES)
    return max(fitting, min(experiment.fit.batch_size, MOST_IMAGES))


def points_within(count: int, steps: int) -> frozenset[int]:
    """Return after which steps of an epoch the weights are judged: so many points, evenly, none at its ends."""
    return frozenset(round(index * steps / (count + 1)) for index in range(1, count + 1)) - {0, steps}
