"""The command line: ``nnplay``. Every command answers bad input with a message and exit status 2, never a traceback.

Here are the commands that need no run. Those about runs are in `tui.commands.runs`, exporting in `tui.commands.export`.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

import click

from engine.spec.check import check
from engine.spec.document import BASELINE, load, presets
from tui.commands import command
from tui.commands.command import AS_JSON, BAD_INPUT, EPOCHS, NAME, SETTINGS, complain_of, refuse, refusing
from tui.settings import config

ELSEWHERE = {
    "export": "export",
    **dict.fromkeys(("attach", "fork", "resume", "runs", "show", "stop", "verify-resume"), "runs"),
    **dict.fromkeys(("compare", "delete", "note", "rename"), "keeping"),
}
"""Commands in rooms of their own, by name."""


class Commands(click.Group):
    """The commands; those elsewhere are imported when one is asked for: the first screen needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module(f"tui.commands.{ELSEWHERE[cmd_name]}").ALL[cmd_name]
        return found


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nnplay", prog_name="nnplay")
@click.option("--open", "spec", metavar="SPEC", default=None, help="Open the screens on this file or preset.")
@click.option("--start", is_flag=True, help="Train at once; without a terminal, train headless.")
@click.option("--slow", is_flag=True, help="Send little to the terminal: for a slow line.")
@click.pass_context
def main(context: click.Context, spec: str | None, start: bool, slow: bool) -> None:
    """Build a Keras model on screens, train it on Fashion-MNIST, and watch it live.

    Without a command, nnplay opens the screens.
    """
    if context.invoked_subcommand is not None:
        if spec or start or slow:
            given = context.invoked_subcommand
            raise click.UsageError(f"--open, --start and --slow go without a command; you gave '{given}'")
        return
    with refusing():
        # The draft of the last visit is opened again, unless a person says what to open or to start.
        draft = command.opened(spec or BASELINE) if spec or start else None
    why_not = command.no_screens()
    if not why_not:
        from tui.visit import visit  # noqa: PLC0415 - commands without screens need no Textual

        visit(draft, start=start, preferences=config.read().slower(slow))
    elif draft is not None and start:
        click.echo(f"{why_not[0].upper()}{why_not[1:]}, so this trains headless, as 'nnplay train' does.")
        command.train_new(draft.check, as_json=False)
    else:
        refuse(f"{why_not}, and the screens need one. Use 'nnplay train', or see 'nnplay --help'")


@main.command()
@click.argument("spec")
@SETTINGS
@EPOCHS
@NAME
@AS_JSON
def train(spec: str, settings: tuple[str, ...], epochs: int | None, name: str | None, as_json: bool) -> None:
    """Train SPEC, a TOML file or a preset, without screens. Ctrl-C saves a checkpoint, then ends.

    Training goes on if the output can no longer be written or read; 'nnplay stop RUN' ends it.

    Exit status: 0 done, 1 the run failed, 2 bad input, 130 interrupted after a checkpoint.
    """
    with refusing():
        checked = command.asked(spec, settings, epochs=epochs, name=name)
    command.train_new(checked, as_json=as_json)


@main.command("check")
@click.argument("spec")
@SETTINGS
@AS_JSON
def check_command(spec: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Say whether SPEC can train, with its layers, shapes and parameters. Exit status 2 if it cannot."""
    from tui.commands import report  # noqa: PLC0415 - draws with rich, which 'nnplay' itself does not need

    with refusing():
        checked = command.with_origin(command.asked(spec, settings))
    if as_json:
        click.echo(json.dumps(report.as_data(checked)))
    else:
        report.show_check(checked)
    if checked.problems:
        if not as_json:
            complain_of(checked.problems)
        sys.exit(BAD_INPUT)


@main.command("presets")
@AS_JSON
def presets_command(as_json: bool) -> None:
    """List the experiments that come with nnplay. Each is a TOML file to copy and change."""
    from tui.commands import report  # noqa: PLC0415

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
    from tui.commands import doctor as examination  # noqa: PLC0415

    findings = examination.examine()
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings]))
    else:
        examination.show(findings)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


if __name__ == "__main__":
    main()
