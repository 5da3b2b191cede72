"""What happened in a run, in words: a line or more an event, for the command line and the screens."""

from __future__ import annotations

import re

from engine.runs.events import (
    AnyEvent,
    Changed,
    CheckpointSaved,
    Continued,
    Epoch,
    Failed,
    Finished,
    Metrics,
    Paused,
    Started,
)

LAYER = re.compile(r"model\.layers\[(\d+)\]\.")


def told(event: AnyEvent, epochs: int) -> list[str]:
    """Say in words what happened in a run of so many epochs; most events say nothing here."""
    match event:
        case Started():
            return _beginning(event)
        case Epoch():
            return [_epoch_line(event, epochs)]
        case Changed():
            return [f"{knob_in_words(event.place)} is now {event.value:.3g}: {event.why}"]
        case CheckpointSaved(back_to=epoch) if epoch:
            return [f"went back to the weights of epoch {epoch}, in {event.file}"]
        case Paused():
            return [f"paused: {event.why}" if event.why else "paused"]
        case Continued():
            return ["continues"]
        case Failed():
            return [f"failed: {event.sentence}"]
        case Finished():
            early = [f"stopped early: {event.why}"] if event.why else []
            return early + (["test set: " + metrics_in_words(event.test)] if event.test else [])
    return []


def knob_in_words(place: str) -> str:
    """Call a knob of an event as one speaks of it: "learning rate", "layer 2, kernel regularizer strength"."""
    layer = LAYER.match(place)
    of = f"layer {int(layer[1]) + 1}, " if layer else ""
    name = place[layer.end() :] if layer else place.rpartition(".")[2]
    return of + name.replace(".", " ").replace("_", " ")


def _beginning(event: Started) -> list[str]:
    """Say what training begins with."""
    lines = [f"note: {note}" for note in event.notes]
    if event.resumed and event.loaded:
        lines.append(f"goes on at step {event.step:,} in epoch {event.epoch}, from {event.loaded}")
    elif event.parent:
        lines.append(f"goes on from {event.parent}")
    elif event.loaded:
        lines.append(f"begins with the weights in {event.loaded}")
    lines.append(
        f"{event.device}, {'XLA' if event.jit else 'no XLA'}, {event.parameters:,} parameters, "
        f"{event.train_images:,} images to train on, {event.validation_images:,} to validate on"
    )
    return lines


def _epoch_line(epoch: Epoch, epochs: int) -> str:
    line = f"epoch {epoch.epoch}/{epochs}  {metrics_in_words(epoch.train)}"
    if epoch.validation:
        line += f"  |  validation {metrics_in_words(epoch.validation)}"
    return f"{line}  |  {epoch.seconds:.2f} s"


def metrics_in_words(metrics: Metrics) -> str:
    """Write numbers with their names in one line."""
    return "  ".join(f"{name.removeprefix('sparse_categorical_')} {number(value)}" for name, value in metrics.items())


def number(value: float | None) -> str:
    """Write a number of an event, which has none where it was not finite."""
    return "not a number" if value is None else f"{value:.4f}"
