"""A run in words: how it is, with a sign, and why; its figures; how long ago something was."""

from __future__ import annotations

from pathlib import Path

from engine.runs.comparison import Comparison
from engine.runs.events import Started
from engine.runs.history import History
from engine.runs.library import Condition, Overview
from engine.shown import visible
from engine.spec.experiment import Fork
from tui.words.clock import lasted

SIGNS = {
    Condition.EMPTY: "·",
    Condition.QUEUED: "…",
    Condition.WAITING: "○",
    Condition.TRAINING: "▶",
    Condition.PAUSED: "‖",
    Condition.DONE: "✓",
    Condition.STOPPED: "■",
    Condition.FAILED: "✗",
    Condition.CRASHED: "!",
    Condition.UNREADABLE: "?",
}
"""A state is never told by its colour alone."""

UNKNOWN = "-"
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
"""By name, in seconds, the largest first."""


def state(overview: Overview) -> str:
    """Return the sign and the word, such as "▶ training on gpu-box"."""
    where = f" on {overview.host}" if overview.host else ""
    if overview.trouble:
        return f"{SIGNS[Condition.PAUSED]} waiting{where}"
    return f"{SIGNS[overview.condition]} {overview.condition.value}{where}"


def why(overview: Overview) -> str:
    """Say in a few words how it came to be as it is."""
    history, holder = overview.history, overview.holder
    who = "a process" if holder is None else f"process {holder.pid}"
    place = f" on {overview.host}" if overview.host else ""
    if overview.trouble:
        return f"{who} waits: {overview.trouble}"
    match overview.condition:
        case Condition.EMPTY:
            return "nothing has happened in it yet"
        case Condition.QUEUED:
            return f"{who} trains it when the runs before it have ended"
        case Condition.WAITING:
            return f"{who}{place} loads TensorFlow or builds the model"
        case Condition.TRAINING:
            return f"{who}{place} trains it"
        case Condition.PAUSED:
            waits_for = history.paused.why if history.paused else ""
            return f"{who}{place} waits: {waits_for}" if waits_for else f"{who}{place} waits, as a person asked it to"
        case Condition.FAILED:
            return history.failed.sentence if history.failed else ""
        case Condition.CRASHED:
            return "its process ended without a word"
        case Condition.UNREADABLE:
            return overview.problem
    return _end(history)


def _end(history: History) -> str:
    finished = history.finished
    if finished is None:
        return ""
    where = f" in epoch {finished.epoch}, after {finished.step:,} steps"
    return {
        "completed": "all epochs are done",
        "early_stopped": f"it stopped early: {finished.why}",
        "stopped": f"a person stopped it{where}",
        "interrupted": f"a signal interrupted it{where}",
    }[finished.reason]


def loaded(started: Started) -> str:
    """Say from which run the weights came that it began with, where it is no fork; empty where it began anew."""
    return f"It began with {_weights(started)}." if source(started) else ""


def source(started: Started) -> str:
    """Return the name of that run."""
    if not started.loaded or started.resumed or started.parent:
        return ""
    return Path(started.loaded).parent.parent.name


def began_with(seen: Overview, fork: Fork | None) -> str:
    """Say where the weights came from that a run began with, or shall begin with as a fork."""
    if fork:
        return f"fork of {visible(str(fork))}"
    if seen.first is None:
        return UNKNOWN
    return _weights(seen.first) if source(seen.first) else "new weights"


def _weights(started: Started) -> str:
    return f"the weights of {source(started)}'s {Path(started.loaded).name}"


def figures(history: History) -> tuple[str, str, str, str]:
    """Return the best validation accuracy, the epochs done of those asked for, the parameters and the time trained."""
    started, epoch, best = history.started, history.epoch, history.best
    return (
        UNKNOWN if best is None or best.accuracy is None else f"{best.accuracy:.4f}",
        f"{history.whole_epochs}/{started.epochs}" if started else UNKNOWN,
        f"{started.parameters:,}" if started else UNKNOWN,
        lasted(epoch.trained) if epoch and epoch.trained else UNKNOWN,
    )


def ago(when: float, now: float) -> str:
    """Write how long something is past, in its largest unit: "now", "12 s ago", "2 min ago"; 0 is a time not known."""
    if not when:
        return UNKNOWN
    seconds = now - when
    for name, size in UNITS:
        if seconds >= size:
            return f"{int(seconds / size)} {name} ago"
    return "now"


SAME = "Their experiments are the same in every knob."
"""What is said of runs without a difference."""


def compared(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return runs beside each other as a table: the names, what each came to, and the knobs that differ."""
    runs = comparison.runs
    results = zip(
        ("best val acc", "epochs", "parameters", "time"), *(figures(seen.history) for seen in runs), strict=True
    )
    best = ("after epoch", *(str(seen.history.best.epoch) if seen.history.best else UNKNOWN for seen in runs))
    accuracy, *others = results
    rows = [("", *(seen.run.name for seen in runs)), ("state", *map(state, runs)), accuracy, best, *others]
    began = [began_with(seen, fork) for seen, fork in zip(runs, comparison.forks, strict=True)]
    if len({*began} - {UNKNOWN}) > 1:
        rows.append(("began with", *began))
    rows += [(each.name, *each.words) for each in comparison.differences]
    for place in comparison.turned_places:
        values = (f"{there[place]:g}" if place in there else UNKNOWN for there in comparison.turned)
        rows.append((f"{visible(place)}, by hand", *values))
    return rows
