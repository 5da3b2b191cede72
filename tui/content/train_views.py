"""What the charts of Train show of a run: which lines, from where to where."""

from __future__ import annotations

from engine.runs.curve import Curve
from engine.runs.history import History
from tui.widgets.view import Line, View

FEW_EPOCHS = 10
SHORT = {"learning_rate": "lr"}
"""What has little room beside a dotted line is called as its rule calls it."""
LOSS, SHARE = (0.0, None), (0.0, 1.0)
"""What the y axes cover, unless one looks closer."""
SETTLED_EPOCHS = 0.2
"""After the first epoch, the y axes cover what came after this point."""


def views(history: History, *, parts: bool) -> tuple[View, View]:
    """Return what the charts of the loss and of the accuracy show.

    Args:
        history: what happened in the run.
        parts: show the loss of training as what it is the sum of: that of the data, and the penalty.
    """
    loss: tuple[Line, ...]
    if parts:
        loss = (
            Line(history.train_loss, "chart--train", name="loss", spread=history.loss_spread),
            Line(history.data_loss, "chart--3", "+", name="data", spread=history.data_spread),
            Line(history.penalty, "chart--6", "x", name="penalty"),
        )
    else:
        loss = both(history.train_loss, history.validation_loss, history.loss_spread)
    accuracy = both(history.train_accuracy, history.validation_accuracy, history.accuracy_spread)
    begin, end = span(history)
    best = float(history.best.epoch) if history.best and len(history.checkpoints) else None
    loss_view, accuracy_view = (
        View(
            lines,
            end,
            begin,
            settled=begin + SETTLED_EPOCHS if history.epoch else begin,
            marks=marks(history),
            saved=history.checkpoints,
            best=best,
            steps=history.started.steps_per_epoch if history.started else 0,
            base=base,
        )
        for lines, base in ((loss, LOSS), (accuracy, SHARE))
    )
    return loss_view, accuracy_view


def both(train: Curve, validation: Curve, spread: Curve, *names: str) -> tuple[Line, ...]:
    """Return the lines of training and of validation."""
    ours, theirs = names or ("train", "val")
    return (
        Line(train, "chart--train", name=ours, spread=spread),
        Line(validation, "chart--validation", "o", name=theirs),
    )


def span(history: History) -> tuple[float, float]:
    """Return the epochs that the charts cover: all of a short run; of a long one a part that grows in steps.

    A fork's curves begin where it was forked.
    """
    begin = float(int(history.train_loss[0][0])) if len(history.train_loss) else 0.0
    epochs = (history.started.epochs if history.started else 1) - begin
    room = 1
    while room < epochs and (room < FEW_EPOCHS or room < 1.1 * (history.epochs_done - begin)):
        room *= 2
    return begin, begin + min(room, max(epochs, 1))


def marks(history: History) -> tuple[tuple[float, str], ...]:
    """Return where knobs were turned, and what they are since, in as few cells as can be."""
    names = (mark.change.place.rpartition(".")[2] for mark in history.marks)
    return tuple(
        (mark.x, f"{SHORT.get(name, name)} {mark.change.value:.3g}")
        for mark, name in zip(history.marks, names, strict=True)
    )
