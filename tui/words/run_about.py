"""What is said of the run under the cursor: how it is and why, where it comes from, what can be done with it now."""

from __future__ import annotations

from textual.content import Content

from engine.runs.library import Condition, Overview
from engine.shown import visible
from tui.content.run_table import CHANGED, EPOCHS, PARAMETERS, TIME, Row
from tui.widgets.run_list import COLOURS
from tui.words.keys import Key
from tui.words.run import SIGNS, loaded, why
from tui.words.why_not import of_run


def offers(row: Row, key: Key) -> set[str]:
    """Return the actions that make sense for a run."""
    return {action for action, why in of_run(row.overview, key, row.turn).items() if not why}


def about(row: Row, key: Key) -> Content:
    """Say how a run is and why, what it is, and what can be done with it now."""
    overview = row.overview
    condition = overview.condition
    how = f"{SIGNS[condition]} {condition.value}: {why(overview).rstrip('.')}.{_best(overview)}"
    lines = [Content.styled(how, COLOURS.get(condition, ""))]
    note = f"Note: {overview.note}" if overview.note else ""
    lines += [Content(text) for text in (note, _apart(row), _origin(overview), _what_now(row, key)) if text]
    lines.append(Content.styled(_facts(row), "$secondary"))
    return Content("\n").join(lines)


def _best(overview: Overview) -> str:
    best = overview.history.best
    return "" if best is None or best.accuracy is None else f" Best: {best.accuracy:.4f} after epoch {best.epoch}."


def _apart(row: Row) -> str:
    """Say what sets it apart, and from what."""
    apart = row.known.apart
    if apart is None:
        return ""
    return f"Other than {apart.origin}: {apart.knobs}." if apart.knobs else f"Every knob as {apart.origin} has it."


def _origin(overview: Overview) -> str:
    """Say which run it was forked from, and what else is worth knowing of how it began."""
    started = overview.history.started
    if started is None:
        return ""
    parent = f"A fork of {started.parent}" if started.parent else loaded(overview.first or started)
    return " ".join(f"{text.rstrip('.')}." for text in (parent, *started.notes) if text)


def _what_now(row: Row, key: Key) -> str:
    sensible, overview = offers(row, key), row.overview
    condition = overview.condition
    queued = condition is Condition.QUEUED
    words = {
        "open": "watches it" if condition.live else "shows its curves",
        "resume": "trains it" if condition is Condition.EMPTY else "trains on from where its state was saved",
        "stop": "takes it out of the queue" if queued else "saves its state and ends it",
        "first": "has it begin before the others",
        "fork": "forks it: a new run from one of its epochs",
    }
    keys = {action: key(f"runs.{'first_in_queue' if action == 'first' else action}") for action in words}
    now = "; ".join(f"{keys[action]} {text}" for action, text in words.items() if action in sensible)
    if overview.host and condition.live:
        lock = visible(str(overview.run.lock))
        now += f". Only {overview.host} can stop it; if it does not train it any more, remove {lock}"
    return f"{now}." if now else ""


def _facts(row: Row) -> str:
    started = row.overview.history.started
    facts = [f"changed {row.cells[CHANGED]}"]
    if started:
        epochs, parameters, trained = (row.cells[column] for column in (EPOCHS, PARAMETERS, TIME))
        facts = [f"epochs {epochs}", f"{parameters} parameters", f"trained {trained}", *facts, started.device]
    return " · ".join(facts)
