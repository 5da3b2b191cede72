"""The commands about runs: list, show, watch, stop, resume and fork them, and verify that resuming is exact."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import click

from engine.runs import library, saved
from engine.runs.directory import RunDirectory, RunError
from engine.runs.library import Condition, Overview
from engine.runs.making import after_epoch, check_forkable
from engine.runs.query import QueryError, parse
from engine.runs.resuming import check_resumable
from engine.runs.saved import CheckpointError, Heading
from engine.runs.shelf import Shelf
from engine.shown import visible
from engine.spec.check import check
from engine.spec.experiment import Fork
from engine.spec.knob import document
from engine.worker.client import EngineGone, EngineSilentError, tell
from tui.commands import command, run_report, verify
from tui.commands.command import AS_JSON, EPOCHS, FAILED, INTERRUPTED, NAME, SETTINGS, refuse, refusing
from tui.content.run_table import SORTS, Order, rows_of
from tui.content.trouble import with_trouble
from tui.settings import config
from tui.words.run import SIGNS, why

STOP_SECONDS = 10.0
"""How long 'nnplay stop' waits: a chunk of steps takes a tenth of a second, compiling and saving may take longer."""
LOOK_SECONDS = 0.05


@click.command("runs")
@click.option("--filter", "text", metavar="QUERY", default="", help="Only some, such as 'acc>0.88 optimizer:adam'.")
@click.option("--sort", "column", type=click.Choice(list(SORTS)), default=None, help="Order them by this.")
@click.option("--reverse", is_flag=True, help="Turn the order round.")
@AS_JSON
def runs(text: str, column: str | None, reverse: bool, as_json: bool) -> None:
    """List all runs, the one that changed last first.

    QUERY is what / takes in place 6: words in name or note; acc, val_loss, epochs, params, time with < > <= >= : !=;
    state:done; any knob by the last part of its place, such as units:128. All must hold.
    """
    try:
        query = parse(text)
    except QueryError as error:
        refuse(f"--filter: {error}")
    with refusing():
        library.check_readable()
    shelf = Shelf()
    overviews = [with_trouble(each) for each in shelf.look()]
    whole = query.tests or column == run_report.DIFFERS or as_json or run_report.room_for_differs(overviews)
    known = shelf.read(overviews) if whole else shelf.remembered(overviews)
    known = [each for each in known if each.matches(query)]
    if column:
        known = [row.known for row in Order(SORTS[column]).of(rows_of(known, time.time()))]
    if reverse:
        known.reverse()
    if as_json:
        click.echo(json.dumps([run_report.known_as_data(each) for each in known]))
    elif query.tests and not known:
        click.echo("no run fulfils the filter")
    else:
        run_report.show_runs(known)


@click.command()
@click.argument("run")
@AS_JSON
def show(run: str, as_json: bool) -> None:
    """Show one RUN: how it is and why, how good it became, its checkpoints, its experiment."""
    with refusing():
        told = run_report.story(library.find(run))
    if as_json:
        click.echo(json.dumps(run_report.story_as_data(told)))
    else:
        run_report.show_story(told)


@click.command()
@click.argument("run")
@click.option("--slow", is_flag=True, help="Send little to the terminal: for a slow line.")
def attach(run: str, slow: bool) -> None:
    """Open the screens on a RUN: watch it while it trains, or look at what it came to."""
    with refusing():
        found = library.find(run)
    if why_not := command.no_screens():
        refuse(f"{why_not}, and the screens need one. 'nnplay show {found.argument}' tells how the run is")
    from tui.visit import visit  # noqa: PLC0415 - the other commands need no Textual

    visit(None, watch=found, preferences=config.read().slower(slow))


@click.command()
@click.argument("run")
def stop(run: str) -> None:
    """Save the state of a RUN that is being trained on this machine, and end it; take one that waits out of its queue.

    Exit status: 0 stopped, 1 it has not stopped yet or failed, 2 it is not being trained here.
    """
    with refusing():
        found = library.find(run)
        before = library.overview(found)
    queued = before.condition is Condition.QUEUED
    if not before.condition.live and not queued:
        refuse(f"{found.name} is not being trained: it is {before.condition.value}")
    try:
        reply = tell(found, "stop")
    except EngineSilentError as error:
        refuse(str(error), FAILED)
    except EngineGone as error:
        refuse(str(error))
    if not reply.ok:
        refuse(reply.error)
    if queued:
        click.echo(f"{found.name} is out of the queue. 'nnplay resume {found.argument}' trains it.")
        return
    with refusing():
        after = _over(found)
    if after.condition.live:
        trouble = f". It waits: {reply.status.trouble}" if reply.status.trouble else ""
        refuse(
            f"{found.name} was told to stop, but has not within {STOP_SECONDS:.0f} s{trouble}. It will as soon as it "
            f"can: 'nnplay show {found.argument}' tells",
            FAILED,
        )
    if after.condition is Condition.CRASHED and reply.status.trouble:
        refuse(
            f"{found.name} has ended, but its state could not be saved: {reply.status.trouble}. 'nnplay resume "
            f"{found.argument}' goes on from its last checkpoint",
            FAILED,
        )
    click.echo(f"{SIGNS[after.condition]} {found.name}: {why(after)}")
    if after.condition is Condition.STOPPED:
        click.echo(f"Its state is in {visible(str(found.last))}. 'nnplay resume {found.argument}' goes on from there.")
    if after.condition in (Condition.FAILED, Condition.CRASHED):
        sys.exit(FAILED)


def _over(run: RunDirectory) -> Overview:
    """Wait until nobody trains a run any more, but not for ever; return how it is then."""
    deadline = time.monotonic() + STOP_SECONDS
    while (seen := library.overview(run)).condition.live and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return seen


@click.command()
@click.argument("run")
@AS_JSON
def resume(run: str, as_json: bool) -> None:
    """Train on a RUN that was stopped, failed or crashed, as if nothing had happened.

    Exit status: as for 'nnplay train'; 2 with the reason for a run that cannot go on.
    """
    with refusing():
        found = library.find(run)
        check_resumable(library.overview(found))
        found.experiment()
    command.become_engine(found, resume=True, as_json=as_json)


@click.command()
@click.argument("origin", metavar="RUN[@EPOCH]")
@SETTINGS
@EPOCHS
@NAME
@AS_JSON
def fork(origin: str, settings: tuple[str, ...], epochs: int | None, name: str | None, as_json: bool) -> None:
    """Train a new run that goes on from another one's checkpoint, with other knobs if you like.

    RUN@3 goes on from the end of epoch 3, RUN@best from the best epoch, RUN from the newest. The number of epochs
    counts from the beginning of RUN.

    Exit status: as for 'nnplay train'.
    """
    with refusing():
        parent, epoch = _origin(origin)
        experiment = after_epoch(parent, epoch).heading.experiment
        asked = command.changed(document(experiment), settings, epochs=epochs, name=name)
        asked["fork"] = document(Fork(run=parent.address, epoch=epoch))
    command.train_new(check(asked), as_json=as_json)


def _origin(text: str) -> tuple[RunDirectory, int]:
    """Return the run and the epoch that are meant by ``RUN``, ``RUN@3`` or ``RUN@best``.

    Raises:
        RunError: there is no such run, or it has no such checkpoint.
    """
    named = re.fullmatch(r"(.+)@(\d{1,9}|best)", text)
    run = library.find(named[1] if named else text)
    if named:
        return run, _heading(run.best).epoch if named[2] == "best" else int(named[2])
    return run, max(check_forkable(run))


def _heading(path: Path) -> Heading:
    try:
        return saved.read_heading(path)
    except CheckpointError as error:
        raise RunError(str(error)) from None


@click.command("verify-resume")
@click.argument("spec")
@SETTINGS
@EPOCHS
def verify_resume(spec: str, settings: tuple[str, ...], epochs: int | None) -> None:
    """Show that resuming is exact: train SPEC straight, and interrupted and resumed, and compare all state.

    It trains twice, in a temporary folder; your runs stay as they are. Exit status: 0 both came to the same weights
    and optimizer state, bit for bit; 1 they did not, or a training failed; 2 bad input.
    """
    with refusing():
        experiment = command.experiment_of(command.asked(spec, settings, epochs=epochs))
        try:
            proof = verify.prove(experiment, lambda words: click.echo(words, err=True))
        except verify.Unproven as error:
            refuse(str(error), FAILED)
        except KeyboardInterrupt:
            refuse("interrupted; nothing is left behind", INTERRUPTED)
    click.echo(f"straight                 {proof.straight}")
    click.echo(f"interrupted and resumed  {proof.resumed}")
    if not proof.equal:
        refuse("the two are not equal: resuming this experiment is not exact here. Please report it", FAILED)
    click.echo(f"✓ equal: interrupted {proof.interruption}, it came to the same state, bit for bit")


ALL = {each.name: each for each in (attach, fork, resume, runs, show, stop, verify_resume)}
