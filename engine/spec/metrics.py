"""The metrics: what is reported beside the loss. Some are for class numbers as labels, some for one-hot rows.

https://keras.io/api/metrics/accuracy_metrics/.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.spec.losses import Loss

Metric = Literal["accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]

COUNTERPARTS: tuple[tuple[Metric, Metric], ...] = (("sparse_categorical_accuracy", "categorical_accuracy"),)
"""Of class numbers, and the same of one-hot rows. A metric that is not here takes the labels as they are."""


def fitting(metric: str, loss: type[Loss]) -> str:
    """Return the metric that says the same of the labels of a loss: itself, where it fits them."""
    pair = next((pair for pair in COUNTERPARTS if metric in pair), None)
    return pair[loss.one_hot] if pair else metric


def following(metrics: Sequence[str], before: type[Loss], after: type[Loss]) -> list[str]:
    """Return the metrics once another loss is chosen: what fitted the one before gives way to its counterpart.

    What did not fit is a person's own mistake, and stays for them to see.
    """
    changed = [fitting(each, after) if fitting(each, before) == each else each for each in metrics]
    return list(dict.fromkeys(changed)) if changed != list(metrics) else changed
