"""What ``nnplay check`` and ``nnplay presets`` print: tables for a person, plain data for a program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.spec.check import Check
from engine.spec.problem import Problem, show_place
from engine.spec.shape import show_shape


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
        "problems": [_problem(problem) for problem in checked.problems],
        "advice": [_problem(problem) for problem in checked.advice],
    }


def show_check(checked: Check) -> None:
    """Print the summary table, and what training it would mean."""
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (("", "right"), ("layer", "left"), ("output", "right"), ("parameters", "right")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    table.add_row("", "input", show_shape(checked.facts.image_shape), "")
    for index, row in enumerate(checked.rows):
        shape = "?" if row.shape is None else show_shape(row.shape)
        parameters = "?" if row.parameters is None else f"{row.parameters:,}"
        table.add_row(f"{'✗ ' if row.problems else ''}[{index}]", Text(row.label), shape, parameters)
    console.print(table)
    experiment = checked.experiment
    if experiment is None:
        return
    optimizer = experiment.compile.optimizer
    console.print(
        f"\n{checked.parameters:,} parameters, {4 * (checked.parameters or 0) / 1e6:.1f} MB\n"
        f"{type(optimizer).__name__}, learning rate {getattr(optimizer, 'learning_rate', '?'):g}\n"
        f"{experiment.amounts}",
        markup=False,
    )
    for advice in checked.advice:
        console.print(f"advice: {advice}", markup=False, style="yellow")
    console.print("✓ it can train", style="green")


def show_presets(found: Mapping[str, tuple[Path, Check]]) -> None:
    """Print the presets with their layers."""
    console = Console(highlight=False, soft_wrap=True)
    for name, (path, checked) in found.items():
        console.print(f"[bold]{name}[/bold]  {checked.parameters or 0:,} parameters")
        console.print("  " + " → ".join(row.label for row in checked.rows), markup=False)
        console.print(f"  {path}", markup=False, style="dim")


def _problem(problem: Problem) -> dict[str, str]:
    return {"place": show_place(problem.place), "message": problem.message}
