"""The command that exports: an experiment as a Keras script or notebook, a run's best weights as a Keras file."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from engine import disk
from engine.data.facts import DataError
from engine.export.notebook import notebook
from engine.export.of_run import trained
from engine.export.script import script
from engine.runs import library, saved
from engine.runs.directory import RunDirectory, RunError
from engine.runs.saved import CheckpointError
from engine.shown import visible
from engine.spec.calls import optimizer_call
from engine.spec.check import check
from engine.spec.document import load, presets
from engine.spec.experiment import Experiment
from engine.spec.knob import suggest
from tui.commands.command import FAILED, refuse, refusing

ENDINGS = {"script": ".py", "notebook": ".ipynb", "keras": ".keras"}


@dataclass(frozen=True)
class Asked:
    """What is exported.

    Attributes:
        name: what its file is called, without an ending.
        notes: what a person should know of it, a sentence each.
        run: the run that trained it, if one did.
    """

    experiment: Experiment
    name: str
    notes: tuple[str, ...] = ()
    run: RunDirectory | None = None


@click.command()
@click.argument("origin", metavar="RUN|SPEC")
@click.option("--to", "kind", type=click.Choice(list(ENDINGS)), default="script", show_default=True)
@click.option("-o", "--output", metavar="FILE", default=None, help="Where to; by default named after RUN or SPEC.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def export(origin: str, kind: str, output: str | None, force: bool) -> None:
    """Write an experiment as the code that trains it in plain Keras, without nnplay.

    A script goes to stdout, unless -o names a file. --to keras writes the weights of a RUN's best epoch, for
    keras.models.load_model.

    Exit status: 0 done, 1 Keras could not write the file, 2 bad input.
    """
    with refusing():
        asked = _asked(origin)
        if kind == "script" and output is None:
            click.echo(_code(asked, kind), nl=False)
            return
        path = _path(output or f"{asked.name}{ENDINGS[kind]}")
        if path.exists() and not force:
            refuse(f"{path} exists: --force replaces it, -o FILE writes another")
        if kind == "keras":
            _keras(asked, path)
        else:
            code = _code(asked, kind)
            # Without --force, a file that appears in this moment is not replaced, either.
            with disk.replaced(path, through_link=True) if force else path.open("xb") as file:
                file.write(code.encode())
    click.echo(f"wrote {visible(str(path))}")


def _asked(origin: str) -> Asked:
    """Find what is meant: a preset, a file, or else a run.

    Raises:
        SpecError: it cannot be trained.
        RunError: there is nothing of this name.
    """
    if origin in presets() or _path(origin).is_file():
        experiment = check(load(origin)).experiment_or_raise()
        return Asked(experiment, experiment.name)
    try:
        run = library.find(origin)
    except RunError as error:
        known = suggest(origin, presets()).replace("allowed: ", "presets: ")
        raise RunError(f"{error}. Nor is it a file or a preset; {known}") from None
    found = trained(run)
    return Asked(found.experiment, run.name, found.notes, run)


def _path(text: str) -> Path:
    # Not Path.expanduser: it raises for an unknown user.
    return Path(os.path.expanduser(text))  # noqa: PTH111


def _code(asked: Asked, kind: str) -> str:
    try:
        return (script if kind == "script" else notebook)(asked.experiment, asked.notes)
    except DataError as error:  # they were there when it was checked
        refuse(str(error))


def _keras(asked: Asked, path: Path) -> None:
    """Have a process write it that knows TensorFlow."""
    run = asked.run
    if run is None:
        refuse(f"a .keras file holds weights, so it needs a run: 'nnplay train {asked.name}' makes one")
    if path.suffix != ".keras":
        refuse(f"{path}: Keras wants a name that ends in .keras")
    if not path.absolute().parent.is_dir():
        refuse(f"there is no folder {path.absolute().parent}")
    if not run.best.exists():
        refuse(f"{run.name} has no best epoch yet: let it train until it is validated")
    try:
        heading = saved.read_heading(run.best)
    except CheckpointError as error:
        refuse(str(error))
    # -P: a folder named engine in the user's working directory must not be taken for ours.
    command = [sys.executable, "-P", "-m", "engine.worker.keras_file", str(run.path), str(path.absolute())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    if done.returncode:
        _explain(done)
    best = heading.standing.best
    accuracy = f", validation accuracy {best.accuracy:.4f}" if best and best.accuracy is not None else ""
    click.echo(f"the weights of {run.name} after epoch {heading.epoch}{accuracy}")
    if ours := optimizer_call(heading.experiment).ours:
        click.echo(
            f"Keras has no {' and no '.join(ours)}: keras.models.load_model(FILE, compile=False) opens the file "
            "without its optimizer"
        )


def _explain(done: subprocess.CompletedProcess[str]) -> NoReturn:
    """Say why there is no file."""
    said = done.stdout.strip() if done.returncode == 2 else ""
    if said:
        refuse(said.splitlines()[-1])
    noise = [line for line in done.stderr.splitlines() if line.strip()]
    refuse(f"Keras could not write it: {noise[-1] if noise else f'exit status {done.returncode}'}", FAILED)


ALL = {"export": export}
