"""What the commands about runs print: tables and words for a person, plain data for a program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine import paths
from engine.runs import saved
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import Changed, Started
from engine.runs.history import History
from engine.runs.library import Condition, Overview, condition, going_on, overview
from engine.runs.resuming import check_resumable
from engine.runs.saved import CheckpointError, Heading
from engine.runs.shelf import Known
from engine.runs.words import metrics_in_words
from engine.shown import visible
from engine.spec.check import Check
from engine.spec.document import BASELINE
from engine.spec.problem import SpecError
from tui.commands import report
from tui.content.run_table import differs
from tui.content.trouble import with_trouble
from tui.words.run import ago, figures, loaded, state, why

STYLES = {
    Condition.TRAINING: "cyan",
    Condition.PAUSED: "yellow",
    Condition.DONE: "green",
    Condition.STOPPED: "yellow",
    Condition.FAILED: "red",
    Condition.CRASHED: "red",
}
COLUMNS = ("name", "state", "best", "epochs", "parameters", "trained", "changed")
TO_THE_LEFT = 2
"""So many of the columns hold words; the others are numbers, which stand to the right."""
DIFFERS, LEAST_DIFFERS = "differs", 11
"""The last column, which has the room that the others leave: where that is less, it is not there."""
GAP = 2


def as_data(run: Overview) -> dict[str, Any]:
    """Return an overview as JSON can hold it. Times are Unix seconds, None where they are not known."""
    history = run.history
    return {
        "name": run.run.name,
        "path": str(run.run.path),
        "state": run.condition.value,
        "host": run.holder.host if run.holder else None,
        "pid": run.holder.pid if run.holder else None,
        "best": history.best.model_dump() if history.best else None,
        "epochs_done": history.whole_epochs,
        "epochs": history.started.epochs if history.started else None,
        "parameters": history.started.parameters if history.started else None,
        "trained": history.epoch.trained if history.epoch else 0.0,
        "began": run.began or None,
        "changed": run.changed or None,
        "note": run.note,
        "trouble": run.trouble or None,
    }


def known_as_data(known: Known) -> dict[str, Any]:
    """Return an overview as JSON can hold it, and what sets the run apart, from what; None where that is not known."""
    apart = known.apart
    return as_data(known.overview) | {
        "origin": apart.origin if apart else None,
        "differs": apart.knobs if apart else None,
    }


def show_runs(runs: Sequence[Known]) -> None:
    """Print a table of runs; where there are none, how to make one."""
    out = report.console()
    if not runs:
        out.print(Text(visible(f"There are no runs in {paths.runs()} yet.")))
        out.print(f"'nnplay train {BASELINE}' trains the first one; 'nnplay' opens the screens.")
        return
    now = time.time()
    rows = [_row(run.overview, now) for run in runs]
    apart = [Text(words) for words in differs(runs)]
    taken = _taken(rows)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for index, title in enumerate(COLUMNS):
        number = index >= TO_THE_LEFT
        table.add_column(title, justify="right" if number else "left", overflow="fold", no_wrap=number)
    if out.width - taken >= LEAST_DIFFERS and any(apart):
        table.add_column(DIFFERS, no_wrap=True, overflow="ellipsis", max_width=out.width - taken)
        rows = [[*row, words] for row, words in zip(rows, apart, strict=True)]
    for row in rows:
        table.add_row(*row)
    out.print(table)


def room_for_differs(runs: Sequence[Overview]) -> bool:
    """Say whether a table of these runs has room for what sets each apart: to read that takes a while."""
    now = time.time()
    return report.console().width - _taken([_row(run, now) for run in runs]) >= LEAST_DIFFERS


def _taken(rows: Sequence[Sequence[Text]]) -> int:
    """Return the cells that a table takes without what sets the runs apart."""
    return sum(max(map(cell_len, column)) + GAP for column in zip(COLUMNS, *map(_plain, rows), strict=True))


def _plain(row: Sequence[Text]) -> list[str]:
    return [cell.plain for cell in row]


def _row(run: Overview, now: float) -> list[Text]:
    words = (*figures(run.history), ago(run.changed, now))
    return [
        Text(run.run.name),
        Text(state(run), style=STYLES.get(run.condition, "")),
        *map(Text, words),
    ]


@dataclass(frozen=True)
class Checkpoint:
    """A file of a run's checkpoints: what it says of itself, or how it is damaged."""

    file: str
    heading: Heading | None
    damage: str = ""

    def __str__(self) -> str:
        if self.heading is None:
            return f"✗ {self.damage}"
        epoch, step = self.heading.standing.epoch, self.heading.step
        within = "" if self.heading.between_epochs else "within "
        weights = "" if self.heading.complete else ", weights only"
        return f"{within}epoch {epoch}, step {step:,}{weights}"


@dataclass(frozen=True)
class Story:
    """All that can be told of one run.

    Attributes:
        overview: with its whole history.
        skipped: lines of its events that could not be read.
        asked: the check of its experiment; None where its file cannot be read.
        problems: why that is so, or what is wrong with it.
        next: how to go on with it, or why one cannot.
    """

    overview: Overview
    skipped: int
    asked: Check | None
    problems: tuple[str, ...]
    checkpoints: tuple[Checkpoint, ...]
    next: str

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines of its log, where its process ended without a word."""
        return self.overview.run.last_words() if self.overview.condition is Condition.CRASHED else ()


def story(run: RunDirectory) -> Story:
    """Read all that can be told of a run.

    Raises:
        OSError: it cannot be read.
    """
    seen, tail = overview(run), run.tail()
    history = History().after(tail.read_all())
    now = condition(going_on(history, (seen.where, seen.holder)), seen.where)
    seen = with_trouble(replace(seen, history=history, condition=now))
    asked, problems = None, tuple[str, ...]()
    try:
        asked = run.check()
        problems = tuple(map(str, asked.problems))
    except SpecError as error:
        problems = tuple(map(str, error.problems))
    except RunError as error:
        problems = (str(error),)
    return Story(seen, tail.skipped, asked, problems, _checkpoints(run), _next(seen))


def _checkpoints(run: RunDirectory) -> tuple[Checkpoint, ...]:
    first = [run.last, run.previous, run.best, run.restored, run.parent]
    found = set(run.checkpoints.glob("*.npz"))
    paths_in_order = [path for path in first if path in found] + sorted(found - set(first))
    checkpoints = []
    for path in paths_in_order:
        try:
            checkpoints.append(Checkpoint(visible(path.name), saved.read_heading(path)))
        except CheckpointError as error:
            checkpoints.append(Checkpoint(visible(path.name), None, visible(str(error))))
    return tuple(checkpoints)


def _next(seen: Overview) -> str:
    try:
        check_resumable(seen)
    except RunError as error:
        return str(error)
    return f"'nnplay resume {seen.run.argument}' " + ("goes on with it" if seen.history.started else "trains it")


def story_as_data(told: Story) -> dict[str, Any]:
    """Return what `show_story` prints as JSON can hold it."""
    history = told.overview.history
    started, epoch = history.started, history.epoch
    return {
        **as_data(told.overview),
        "why": why(told.overview),
        "next": told.next,
        "parent": started.parent or None if started else None,
        "loaded": started.loaded if started and loaded(started) else None,
        "device": started.device if started else None,
        "jit": started.jit if started else None,
        "step": history.progress.step if history.progress else started.step if started else 0,
        "last_epoch": epoch.model_dump(mode="json", include={"epoch", "train", "validation", "seconds"})
        if epoch
        else None,
        "test": history.finished.test if history.finished else {},
        "changes": [mark.change.model_dump(mode="json", exclude={"kind", "number"}) for mark in history.marks],
        "checkpoints": [_checkpoint_as_data(each) for each in told.checkpoints],
        "skipped_lines": told.skipped,
        "last_words": list(told.last_words),
        "problems": list(told.problems),
        "asked": report.as_data(told.asked) if told.asked else None,
    }


def _checkpoint_as_data(checkpoint: Checkpoint) -> dict[str, Any]:
    heading = checkpoint.heading
    return {
        "file": checkpoint.file,
        "damage": checkpoint.damage or None,
        "epoch": heading.standing.epoch if heading else None,
        "step": heading.step if heading else None,
        "between_epochs": heading.between_epochs if heading else None,
        "complete": heading.complete if heading else None,
    }


def show_story(told: Story) -> None:
    """Print all that can be told of a run."""
    seen, out = told.overview, report.console()
    out.print(
        Text.assemble((seen.run.name, "bold"), "  ", (state(seen), STYLES.get(seen.condition, ""))), soft_wrap=True
    )
    for words in (why(seen), told.next):
        out.print(Text(f"  {visible(words)}"), soft_wrap=True)
    out.print()
    out.print(report.lines(_facts(told)))
    for title, rows in (
        ("changes made while it trained", [_change(mark.change) for mark in seen.history.marks]),
        ("last lines of its log", told.last_words),
        ("problems of its experiment.toml", told.problems),
    ):
        _list(out, title, rows)
    if told.asked:
        out.print()
        report.show_asked(told.asked, out)


def _list(out: Console, title: str, rows: Sequence[str]) -> None:
    if rows:
        out.print(f"\n{title}", style="bold")
    for row in rows:
        out.print(Text(f"  {visible(row)}"), soft_wrap=True)


def _facts(told: Story) -> dict[str, str]:
    """Return what is known of a run by name, a line each."""
    seen, history = told.overview, told.overview.history
    started, epoch, best, finished = history.started, history.epoch, history.best, history.finished
    now = time.time()
    _, epochs, _, trained = figures(history)
    facts = {
        "path": str(seen.run.path),
        "note": seen.note,
        "forked from": started.parent if started else "",
        "began with": started.loaded if started and loaded(started) else "",
        "began": f"{ago(seen.began, now)}, changed {ago(seen.changed, now)}",
        "trained with": _machine(started) if started else "",
        "epochs": f"{epochs} in {trained}" if epoch else epochs,
        "best": f"accuracy {best.accuracy:.4f} after epoch {best.epoch}" if best and best.accuracy is not None else "",
        "last epoch": metrics_in_words(epoch.train) if epoch else "",
        "validation": metrics_in_words(epoch.validation) if epoch else "",
        "test set": metrics_in_words(finished.test) if finished else "",
        "events": _unread(told.skipped, seen.run) if told.skipped else "",
    }
    return {name: words for name, words in facts.items() if words} | {each.file: str(each) for each in told.checkpoints}


def _unread(lines: int, run: RunDirectory) -> str:
    return f"{lines:,} line{'s' * (lines != 1)} of {run.events.name} could not be read, and are left out"


def _machine(started: Started) -> str:
    return f"{started.device}, {'XLA' if started.jit else 'no XLA'}, {started.parameters:,} parameters"


def _change(change: Changed) -> str:
    before = "" if change.before is None else f"from {change.before:.3g} "
    return f"step {change.step:,} in epoch {change.epoch}: {change.place} {before}to {change.value:.3g}, {change.why}"
