"""What ``nnplay check`` and ``nnplay presets`` print: tables for a person, plain data for a program."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.shown import visible
from engine.spec.check import Check, LayerRow
from engine.spec.experiment import Experiment
from engine.spec.fit import Fit
from engine.spec.knob import document, in_words
from engine.spec.mending import settings
from engine.spec.problem import Problem, show_place
from engine.spec.shape import show_shape
from tui.words.amounts import memory
from tui.words.sparkline import sparkline

CURVE_POINTS = 32
LONGEST_LINE = 1000
"""Characters of a line that goes to a file or a pipe: nothing is broken or cut there."""


def as_data(checked: Check) -> dict[str, Any]:
    """Return a check as JSON can hold it."""
    experiment = checked.experiment
    return {
        "ok": experiment is not None,
        "name": experiment.name if experiment else None,
        "layers": [
            {
                "label": row.label,
                "output_shape": None if row.shape is None else list(row.shape),
                "parameters": row.parameters,
            }
            for row in checked.rows
        ],
        "parameters": checked.parameters,
        "experiment": document(experiment) if experiment else None,
        "problems": [_problem(problem) for problem in checked.problems],
        "advice": [_problem(problem) for problem in checked.advice],
    }


def console() -> Console:
    """Return where tables are printed: on a terminal as wide as that is, elsewhere as wide as they need."""
    terminal = Console(highlight=False, emoji=False)
    return terminal if terminal.is_terminal else Console(highlight=False, emoji=False, width=LONGEST_LINE)


def show_check(checked: Check) -> None:
    """Print the summary table, what training it would mean, and advice; what is wrong is told as any error is."""
    out = console()
    show_asked(checked, out)
    for advice in checked.advice:
        out.print(f"advice: {advice}", markup=False, style="yellow")
        for setting in settings(advice.remedy) if advice.remedy else ():
            out.print(f"  fix it with: --set {shlex.quote(setting)}", markup=False)
    if checked.experiment is not None:
        out.print("✓ it can train", style="green")


def show_asked(checked: Check, out: Console) -> None:
    """Print the layers and, where it is an experiment, what is chosen besides them."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (("", "right"), ("layer", "left"), ("output", "right"), ("parameters", "right")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    table.add_row("", "input", show_shape(checked.facts.image_shape) if checked.known else "?", "")
    for index, row in enumerate(checked.rows):
        shape = "?" if row.shape is None else show_shape(row.shape)
        parameters = "?" if row.parameters is None else f"{row.parameters:,}"
        table.add_row(f"{'✗ ' if row.problems else ''}[{index}]", _layer(row), shape, parameters)
    out.print(table)
    if checked.experiment is not None:
        out.print()
        out.print(lines(_settings(checked.experiment, checked)))
        out.print(f"\n{checked.experiment.amounts}", markup=False)


def lines(named: Mapping[str, str]) -> Table:
    """Return a table of words, each with its name before it. What would steer a terminal is written out."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column()
    for name, words in named.items():
        table.add_row(Text(visible(name)), Text(visible(words)))
    return table


def _layer(row: LayerRow) -> Text:
    """Return a layer's label, and below it the knobs that are not as usual."""
    text = Text(visible(row.label))
    if row.layer is not None:
        words = in_words(row.layer, changed_only=True).partition(" · ")[2]
        if words:
            text.append(f"\n  {words}", style="dim")
    return text


def _settings(experiment: Experiment, checked: Check) -> dict[str, str]:
    """Return what is chosen besides the layers, by name."""
    chosen, fit = experiment.compile, experiment.fit
    learnt = sum((row.parameters or 0) - row.statistics for row in checked.rows)
    parameters = checked.parameters or 0
    size = f"{parameters:,}, {memory(parameters)}" + f", {learnt:,} of them learnt" * (learnt < parameters)
    curve = experiment.rates(CURVE_POINTS)
    return {
        "parameters": size,
        "data": in_words(experiment.data.model_copy(update={"augment": None})),
        "augmentation": in_words(experiment.data.augment) if experiment.data.augment.active else "none",
        "optimizer": in_words(chosen.optimizer),
        "schedule": f"{in_words(chosen.schedule)}  {sparkline(curve)}  lr from {curve[0]:.3g} to {curve[-1]:.3g}",
        "loss": in_words(chosen.loss),
        "metrics": ", ".join(chosen.metrics),
        "precision, XLA": f"{chosen.precision}, {chosen.jit_compile}",
        "validation": _validation(fit),
        "early stopping": in_words(fit.early_stopping) if fit.early_stopping else "none",
        "plateau": in_words(fit.reduce_on_plateau) if fit.reduce_on_plateau else "none",
        "checkpoint": in_words(experiment.checkpoint),
    }


def _validation(fit: Fit) -> str:
    every = f"every {fit.validation_freq} epochs" if fit.validation_freq > 1 else "every epoch"
    return f"{every}, and {fit.validations_within} times within each" if fit.validations_within else every


def show_presets(found: Mapping[str, tuple[Path, Check]]) -> None:
    """Print the presets with their layers."""
    console = Console(highlight=False, soft_wrap=True)
    for name, (path, checked) in found.items():
        console.print(f"[bold]{name}[/bold]  {checked.parameters or 0:,} parameters")
        console.print("  " + " → ".join(row.label for row in checked.rows), markup=False)
        console.print(f"  {path}", markup=False, style="dim")


def _problem(problem: Problem) -> dict[str, Any]:
    said: dict[str, Any] = {"place": show_place(problem.place), "message": problem.message}
    if problem.remedy:
        said["remedy"] = {"words": problem.remedy.words, "set": settings(problem.remedy)}
    return said
