"""The command line: ``nnplay``. Every command answers bad input with a message and exit status 2, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NoReturn

import click

from engine.spec.check import Check, check
from engine.spec.document import load, presets, replaced, with_settings
from engine.spec.problem import SpecError
from tui import kept

BASELINE = "notes-baseline"
BAD_INPUT = 2

SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change a knob, such as fit.epochs=3. Repeatable; a new type brings its defaults.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout and nothing else there.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nnplay", prog_name="nnplay")
@click.option("--open", "spec", metavar="SPEC", default=None, help="Open the screens on this file or preset.")
@click.option("--start", is_flag=True, help="Train at once; without a terminal, train headless.")
@click.pass_context
def main(context: click.Context, spec: str | None, start: bool) -> None:
    """Build a Keras model on screens, train it on Fashion-MNIST, and watch it live.

    Without a command, nnplay opens the screens.
    """
    if context.invoked_subcommand is not None:
        if spec or start:
            raise click.UsageError(f"--open and --start go without a command; you gave '{context.invoked_subcommand}'")
        return
    # The draft of the last visit is opened again, unless a person says what to open or to start.
    document = (None if spec or start else kept.load()) or _load(spec or BASELINE, ())
    if sys.stdin.isatty() and sys.stdout.isatty():
        from tui.app import NNPlay  # noqa: PLC0415 - commands without screens need no Textual

        NNPlay(document, start=start).run()
    elif start:
        click.echo(
            "There is no terminal here, so this trains headless ('nnplay train'); in a terminal it opens screens."
        )
        _train(check(document), as_json=False)
    else:
        _refuse("the screens need a terminal. Without one, use 'nnplay train', or see 'nnplay --help'")


@main.command()
@click.argument("spec")
@SETTINGS
@click.option("--epochs", type=int, default=None, help="Short for --set fit.epochs=N.")
@click.option("--name", default=None, help="Short for --set name=NAME: the run is called NAME-1, NAME-2, ...")
@AS_JSON
def train(spec: str, settings: tuple[str, ...], epochs: int | None, name: str | None, as_json: bool) -> None:
    """Train SPEC, a TOML file or a preset, without screens. Ctrl-C saves a checkpoint, then ends.

    Exit status: 0 done, 1 the run failed, 2 bad input, 130 interrupted after a checkpoint.
    """
    document = _load(spec, settings)
    for place, value in ((("fit", "epochs"), epochs), (("name",), name)):
        if value is not None:
            document = _or_refuse(partial(replaced, document, place, value))
    _train(check(document), as_json=as_json)


@main.command("check")
@click.argument("spec")
@SETTINGS
@AS_JSON
def check_command(spec: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Say whether SPEC can train, with its layers, shapes and parameters. Exit status 2 if it cannot."""
    from tui import report  # noqa: PLC0415 - draws with rich, which 'nnplay' itself does not need

    checked = check(_load(spec, settings))
    if as_json:
        click.echo(json.dumps(report.as_data(checked)))
    else:
        report.show_check(checked)
    if checked.problems:
        if not as_json:
            _complain(map(str, checked.problems))
        sys.exit(BAD_INPUT)


@main.command("presets")
@AS_JSON
def presets_command(as_json: bool) -> None:
    """List the experiments that come with nnplay. Each is a TOML file to copy and change."""
    from tui import report  # noqa: PLC0415

    found = {name: (path, check(load(name))) for name, path in presets().items()}
    if as_json:
        click.echo(
            json.dumps({name: {"path": str(path), **report.as_data(each)} for name, (path, each) in found.items()})
        )
    else:
        report.show_presets(found)


@main.command()
@AS_JSON
def doctor(as_json: bool) -> None:
    """Show versions, devices, terminal and paths, and whether they are in order. Exit status 1 if not."""
    from tui import doctor as examination  # noqa: PLC0415

    findings = examination.examine()
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings]))
    else:
        examination.show(findings)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def _train(checked: Check, *, as_json: bool) -> NoReturn:
    from engine.runs.directory import RunError  # noqa: PLC0415
    from engine.runs.making import create  # noqa: PLC0415

    if checked.problems:
        _complain(map(str, checked.problems))
        sys.exit(BAD_INPUT)
    _complain((str(advice) for advice in checked.advice), "advice")
    try:
        run = create(checked.experiment_or_raise())
    except RunError as error:
        _refuse(str(error))
    click.echo(f"run {run.name} in {run.path}", err=as_json)
    # Until the engine has its own handlers, Ctrl-C waits: exec hands this mask on, and what came is delivered there.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    # This process becomes the engine: the command line itself never imports TensorFlow.
    command = [sys.executable, "-P", "-m", "engine.worker.headless", str(run.path)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [*command, "--json"] if as_json else command)


def _load(spec: str, settings: Sequence[str]) -> dict[str, Any]:
    return _or_refuse(lambda: with_settings(load(spec), settings))


def _or_refuse(action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return action()
    except SpecError as error:
        _complain(map(str, error.problems))
        sys.exit(BAD_INPUT)


def _complain(messages: Iterable[str], kind: str = "error") -> None:
    for message in messages:
        click.echo(f"{kind}: {message}", err=True)


def _refuse(message: str) -> NoReturn:
    _complain([message])
    sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
