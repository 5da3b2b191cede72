"""The commands about runs that are kept: lay them beside each other, rename, note, delete."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from engine.runs import keeping, library
from engine.runs.comparison import Comparison
from engine.runs.comparison import compare as beside_each_other
from engine.runs.note import as_note, read_note, write_note
from engine.shown import visible
from engine.spec.knob import Spec, document
from engine.spec.problem import show_place
from tui.commands import report, run_report
from tui.commands.command import AS_JSON, refuse, refusing
from tui.words.amounts import room
from tui.words.run import SAME, began_with, compared


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@AS_JSON
def compare(runs: tuple[str, ...], as_json: bool) -> None:
    """Lay RUNs beside each other: what each came to, and only those of their knobs that differ."""
    if len(runs) < 2:
        refuse("to compare takes two runs or more: nnplay compare RUN RUN")
    with refusing():
        comparison = beside_each_other([library.overview(library.find(run)) for run in runs])
    if as_json:
        click.echo(json.dumps(_as_data(comparison)))
        return
    heading, *rows = compared(comparison)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for title in heading:
        table.add_column(Text(title), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    out = report.console()
    out.print(table)
    if not comparison.differences:
        out.print(SAME)


def _as_data(comparison: Comparison) -> dict[str, Any]:
    return {
        "runs": [run_report.as_data(seen) for seen in comparison.runs],
        "differences": [
            {"place": show_place(each.place), "name": each.name, "values": list(map(_plain, each.values))}
            for each in comparison.differences
        ],
        "began_with": [began_with(*each) for each in zip(comparison.runs, comparison.forks, strict=True)],
        "changed_while_training": list(comparison.turned),
    }


def _plain(value: Any) -> Any:
    return document(value) if isinstance(value, Spec) else value


@click.command()
@click.argument("run")
@click.argument("name")
def rename(run: str, name: str) -> None:
    """Give a RUN that nobody trains another NAME. Its forks go on as they were."""
    with refusing():
        found = library.find(run)
        after = keeping.rename(found, name)
    click.echo(f"{found.name} is {after.name} now, in {visible(str(after.path))}")


@click.command()
@click.argument("run")
@click.argument("text", required=False)
def note(run: str, text: str | None) -> None:
    """Note a line of TEXT about a RUN, instead of what was noted before; "" takes it away. Without TEXT, print it."""
    with refusing():
        found = library.find(run)
        if text is None:
            click.echo(read_note(found))
        else:
            write_note(found, text)
            click.echo(f"{found.name}: {as_note(text) or 'no note'}")


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(runs: tuple[str, ...], yes: bool) -> None:
    """Delete RUNs that nobody trains, with all that they came to. Nothing brings them back.

    Exit status: 0 deleted, 1 you said no, 2 one could not be deleted; those before it are gone.
    """
    with refusing():
        found = [library.find(run) for run in runs]
        for run in found:
            keeping.check_still(library.overview(run))
        total = sum(keeping.size(run) for run in found)
    if not yes:
        names = ", ".join(run.name for run in found)
        click.confirm(f"Delete {names} ({room(total)}) for good?", abort=True)
    for run in found:
        with refusing():
            keeping.remove(run)
        click.echo(f"{run.name} is gone")


ALL = {each.name: each for each in (compare, delete, note, rename)}
