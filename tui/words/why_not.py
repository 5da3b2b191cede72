"""Why a key does nothing now: a sentence for each action that makes no sense in some state of a run, and what would."""

from __future__ import annotations

from engine.runs.library import Condition, Overview
from engine.runs.lock import Whereabouts
from tui.snapshot import Snapshot
from tui.words.keys import Key, with_keys

NO_RUN = "There is no run here yet: [t](#app.train) trains the experiment."
NO_PENALTY = (
    "This run has no penalty: its loss is that of the data alone. A regulariser of a layer, such as l2, gives one: "
    "[2](#go.model) Model has it."
)
ALL_SEEN = "All of the x axis is seen. [+](#chart.closer) zooms in."
NOTHING_HERE = "{} does nothing here. {} lists the keys that do."
CLOSEST = "So few steps are the least that can be seen."


def of_run(seen: Overview, key: Key, turn: int = 0) -> dict[str, str]:
    """Return why each action cannot be done with a run in the list; an empty text where it can.

    Args:
        seen: how the run is.
        key: names keys.
        turn: its place in the queue of this engine; 0 where it is not in it.
    """
    name, condition = seen.run.name, seen.condition
    live, queued = condition.live, condition is Condition.QUEUED
    on_host = f" on {seen.host}" if seen.host else ""
    busy, waits = f"{name} is in progress{on_host}", f"{name} waits in the queue"
    begun = seen.history.started is not None
    stop, again, fork, first = (key(f"runs.{each}") for each in ("stop", "resume", "fork", "first_in_queue"))
    end_it = f"Only {seen.host} can stop it" if seen.host else f"{stop} stops it"
    resume = {
        Condition.QUEUED: f"{waits}, and begins by itself in its turn. {first} has it begin before the others.",
        Condition.DONE: (
            f"{name} is done: all of it is trained. {fork} goes on from one of its epochs, with other knobs."
        ),
        Condition.UNREADABLE: f"{name} cannot be read: {seen.problem}",
    }
    stoppable = queued or (live and seen.where is Whereabouts.HERE)
    why = {
        "open": {
            Condition.EMPTY: f"{name} has not begun: there are no curves. {again} trains it.",
            Condition.QUEUED: "" if begun else f"{waits}: its curves come when it is its turn.",
        }.get(condition, ""),
        "fork": "" if seen.history.epoch else f"{name} has no whole epoch that one could go on from.",
        "resume": f"{busy} already." if live else resume.get(condition, ""),
        "stop": "" if stoppable else f"{busy}. {end_it}." if live else f"{name} is not in progress: nothing to stop.",
        "first": "" if queued else f"{name} does not wait in the queue.",
        "rename": "",
        "remove": f"{busy}: it can be deleted when that has ended. {end_it}." if live else "",
    }
    if queued:
        why["rename"] = f"{waits} by this name. Take it out with {stop}; then {key('runs.rename')} gives it another."
    elif live:
        why["rename"] = f"{busy}: it gets another name when that has ended. {end_it}."
    if turn == 1:
        why["first"] = f"{name} is the next one already."
    return why


def of_watched(snapshot: Snapshot, key: Key) -> dict[str, str]:
    """Return why each action cannot be done with the run that Train shows, where it cannot."""
    watched = snapshot.watched
    commands = ("pause", "proceed", "stop", "turn", "save")
    if watched is None:
        return dict.fromkeys((*commands, "resume", "fork", "log"), with_keys(NO_RUN, key))
    name, condition = watched.run.name, watched.condition
    again, resume, fork = (key(each) for each in ("app.train", "train.resume", "train.fork"))
    place = f"{key('go.runs')} Runs"
    idle = {
        Condition.EMPTY: f"{name} has not begun. {key('runs.resume')} in {place} trains it.",
        Condition.QUEUED: f"{name} waits in the queue, and begins by itself in its turn. {place} shows the queue.",
        Condition.DONE: f"{name} is done. {again} trains the experiment again, {fork} goes on from one of its epochs.",
        Condition.STOPPED: f"{name} was stopped: nothing trains here. {resume} goes on with it.",
        Condition.FAILED: (
            f"{name} failed: nothing trains here. {resume} tries the same again, {fork} goes on with other knobs."
        ),
        Condition.CRASHED: f"The process of {name} ended without a word. {resume} goes on from its last checkpoint.",
    }.get(condition, f"{name} is in progress on {watched.host}: only there it can be paused, changed or stopped.")
    why = dict.fromkeys(commands, idle)
    if snapshot.training:
        why |= dict.fromkeys(
            ("turn", "save"), f"{name} is being prepared: there is nothing of it yet to change or save."
        )
    why["resume"] = f"{name} is in progress already." if condition.live else idle
    why["fork"] = f"{name} has no whole epoch that one could go on from."
    return why


def not_yet(what: str) -> str:
    """Say that a run which is being prepared will do something: "pauses", "ends"."""
    return f"It {what} as soon as it is prepared, before its first step."


def to_look(snapshot: Snapshot, key: Key, *, reading_log: bool) -> str:
    """Say why there is nothing to look at in the charts of Train."""
    if snapshot.watched is None:
        return with_keys(NO_RUN, key)
    return (
        f"{key('train.log')} shows the charts again."
        if reading_log
        else f"{snapshot.watched.run.name} has no curves yet."
    )
