"""What follows by itself when a kind is chosen: knobs that fitted the one before, and would not fit the new one."""

from __future__ import annotations

from engine.spec.check import Document
from engine.spec.knob import TYPE
from engine.spec.losses import Loss, SparseCategoricalCrossentropy
from engine.spec.metrics import following
from engine.spec.tree import replaced, value_at

METRICS = ("compile", "metrics")


def followed(before: Document, after: Document) -> tuple[Document, str]:
    """Return the document that a kind was chosen in, with what follows; and what that was, in a sentence.

    The sentence is empty where nothing follows.
    """
    given = value_at(after, METRICS)
    metrics = [given] if isinstance(given, str) else given
    if not isinstance(metrics, list | tuple) or not all(isinstance(each, str) for each in metrics):
        return after, ""  # a person has yet to mend them
    changed = following(metrics, _loss(before), _loss(after))
    if changed == list(metrics):
        return after, ""
    gone = ", ".join(each for each in metrics if each not in changed)
    new = ", ".join(each for each in changed if each not in metrics) or changed[0]
    return replaced(after, METRICS, changed), f"The metrics followed the loss: {gone} became {new}."


def _loss(document: Document) -> type[Loss]:
    """Return the loss that is chosen; the default where there is none, or none of that name."""
    chosen = value_at(document, ("compile", "loss", TYPE))
    loss = Loss.members.get(chosen) if isinstance(chosen, str) else None
    return loss if loss is not None and issubclass(loss, Loss) else SparseCategoricalCrossentropy
