"""What the commands share: options, experiments as asked for, refusals, and becoming the engine."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from engine.runs.directory import RunDirectory, RunError
from engine.shown import visible
from engine.spec.check import Check, Document, check
from engine.spec.document import applied, load, presets
from engine.spec.draft import Draft
from engine.spec.experiment import Experiment
from engine.spec.mending import settings as settings_of
from engine.spec.problem import Problem, SpecError
from engine.spec.tree import replaced

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
POOR_TERMINALS = ("dumb", "unknown", "")
"""Values of TERM that say that a terminal moves no cursor."""

SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change a knob, such as fit.epochs=3; PATH+=VALUE inserts a layer. Repeatable; a new type has its defaults.",
)
EPOCHS = click.option("--epochs", type=int, default=None, help="Short for --set fit.epochs=N.")
NAME = click.option("--name", default=None, help="Short for --set name=NAME: the run is called NAME-1, NAME-2, ...")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout and nothing else there.")


def asked(spec: str, settings: Sequence[str], *, epochs: int | None = None, name: str | None = None) -> Check:
    """Return the experiment of a file or a preset, changed as the options say, and checked.

    Raises:
        SpecError: there is no such file, or an option leads nowhere.
    """
    return check(changed(load(spec), settings, epochs=epochs, name=name))


def changed(
    document: Document, settings: Sequence[str], *, epochs: int | None = None, name: str | None = None
) -> dict[str, Any]:
    """Return a document with the knobs as the options say; what follows from them by itself is told.

    Raises:
        SpecError: an option leads nowhere.
    """
    document, followed = applied(document, settings)
    complain(followed, "note")
    for place, value in ((("fit", "epochs"), epochs), (("name",), name)):
        if value is not None:
            document = replaced(document, place, value)
    return dict(document)


def opened(spec: str) -> Draft:
    """Return a draft of a person's own file, or of a preset.

    Raises:
        SpecError: there is no such file or preset.
    """
    document = load(spec)
    own = None if spec in presets() else Path(os.path.expanduser(spec)).absolute()  # noqa: PTH111 - it was read
    return Draft(document, files=((own, document),))


def no_screens() -> str:
    """Say why the screens cannot be shown; empty where they can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "there is no terminal here"
    kind = os.environ.get("TERM")
    if kind in POOR_TERMINALS:
        return f"TERM is '{kind}': this terminal only prints lines (where that is wrong, set TERM=xterm-256color)"
    return ""


@contextmanager
def refusing() -> Iterator[None]:
    """Answer a wish that cannot be fulfilled with messages and exit status 2."""
    try:
        yield
    except SpecError as error:
        complain_of(error.problems)
        sys.exit(BAD_INPUT)
    except RunError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def with_origin(checked: Check) -> Check:
    """Return a check that knows whether there is the checkpoint that a fork goes on from."""
    from engine.runs.making import fork_point  # noqa: PLC0415 - brings NumPy, which the first screen does not need

    if checked.experiment is None or checked.experiment.fork is None:
        return checked
    try:
        fork_point(checked.experiment)
    except RunError as error:
        missing = Problem(("fork",), str(error))
        return replace(checked, experiment=None, problems=(missing,))
    return checked


def experiment_of(checked: Check) -> Experiment:
    """Return what a check found fit to train, and give its advice.

    Raises:
        SpecError: it is not.
    """
    experiment = checked.experiment_or_raise()
    complain_of(checked.advice, "advice")
    return experiment


def complain_of(problems: Iterable[Problem], kind: str = "error") -> None:
    """Print problems for a person, each with the options that fix it, where such are known."""
    for problem in problems:
        complain([str(problem)], kind)
        options = [f"--set {shlex.quote(each)}" for each in settings_of(problem.remedy)] if problem.remedy else []
        if options:
            click.echo(f"  fix it with: {visible(' '.join(options))}", err=True)


def complain(messages: Iterable[str], kind: str = "error") -> None:
    """Print messages for a person, a line each."""
    for message in messages:
        click.echo(f"{kind}: {visible(message)}", err=True)


def refuse(message: str, status: int = BAD_INPUT) -> NoReturn:
    """Say why not, and exit."""
    complain([message])
    sys.exit(status)


def train_new(checked: Check, *, as_json: bool) -> NoReturn:
    """Make the run of an experiment, and train it headless in this process; or say what prevents it."""
    from engine.runs.making import create  # noqa: PLC0415 - brings NumPy, which the first screen does not need

    with refusing():
        run = create(experiment_of(checked))
    become_engine(run, as_json=as_json)


def become_engine(run: RunDirectory, *, resume: bool = False, as_json: bool = False) -> NoReturn:
    """Turn this process into the engine that trains a run: the command line itself never imports TensorFlow."""
    click.echo(f"run {run.name} in {visible(str(run.path))}", err=as_json)
    # Until the engine has its own handlers, Ctrl-C waits: exec hands this mask on, and what came is delivered there.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, headless(run, resume=resume, as_json=as_json))


def headless(run: RunDirectory, *, resume: bool = False, as_json: bool = False) -> list[str]:
    """Return the command that trains a run without screens."""
    # -P: a folder named engine in the user's working directory must not be taken for ours.
    command = [sys.executable, "-P", "-m", "engine.worker.headless", str(run.path)]
    return [*command, *["--resume"] * resume, *["--json"] * as_json]
