"""The runs of a home: found by name, and what each came to, read from the ends of their files."""

from __future__ import annotations

import math
import os
import re
import shutil

import pytest

from engine.runs import library
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import Failed, Finished, Paused
from engine.runs.journal import Journal
from engine.runs.library import Condition, Library, find, overview
from engine.runs.lock import Holder, Whereabouts, held
from engine.runs.making import create
from engine.runs.query import parse
from engine.runs.shelf import Shelf
from engine.spec.check import check
from engine.spec.document import load
from tests.tui import runs
from tui.commands import run_report
from tui.words.run import why


@pytest.fixture
def experiment():
    return check(load("notes-baseline")).experiment_or_raise()


def written(experiment, *events) -> RunDirectory:
    run = create(experiment)
    journal = Journal(run.events)
    for event in events:
        journal.append(event)
    journal.close()
    return run


@pytest.mark.parametrize(
    ("events", "condition"),
    [
        ((), Condition.EMPTY),
        (runs.training(2.5), Condition.CRASHED),
        ((*runs.training(5), runs.DONE), Condition.DONE),
        ((*runs.training(1), Finished(time=3.0, reason="stopped")), Condition.STOPPED),
        ((*runs.training(1), Finished(time=3.0, reason="interrupted")), Condition.STOPPED),
        ((*runs.training(1), runs.FAILED), Condition.FAILED),
        ((runs.FAILED,), Condition.FAILED),
        ((runs.FAILED, runs.FAILED), Condition.FAILED),
        ((runs.FAILED, *runs.training(5)), Condition.CRASHED),
        ((Finished(time=3.0, reason="interrupted"),), Condition.STOPPED),
    ],
)
def test_how_a_run_is_that_nobody_trains(experiment, events, condition):
    assert overview(written(experiment, *events)).condition is condition


@pytest.mark.parametrize(
    ("events", "condition"),
    [
        ((), Condition.WAITING),
        (runs.training(2.5), Condition.TRAINING),
        ((*runs.training(2.5), Paused(time=2.0)), Condition.PAUSED),
    ],
)
def test_how_a_run_is_that_someone_trains(experiment, events, condition):
    run = written(experiment, *events)
    with held(run, Holder.me(None)):
        assert overview(run).condition is condition
    assert not overview(run).condition.live


def test_a_run_that_a_process_goes_on_with_is_live_before_it_says_a_word(experiment):
    run, shelf = written(experiment, *runs.training(1), Finished(time=3.0, reason="stopped")), Library()
    with held(run, Holder.me(None)):
        for seen in (overview(run), *shelf.look(), *shelf.look(), run_report.story(run).overview):
            assert (seen.condition, seen.holder.pid) == (Condition.WAITING, os.getpid())
    assert overview(run).condition is shelf.look()[0].condition is Condition.STOPPED
    run.lock.write_text(Holder.me(None).model_copy(update={"boot": "", "pid": 2**22 + 1}).model_dump_json())
    assert overview(run).condition is Condition.CRASHED  # killed while it loaded
    with held(run, Holder.me(None).model_copy(update={"since": 2.0})):  # it told its end, and is just leaving
        assert overview(run).condition is Condition.STOPPED


def test_an_overview_reads_only_the_ends(experiment, monkeypatch):
    run = written(experiment, *runs.training(4.5))
    parsed = []
    monkeypatch.setattr(library, "parse", lambda line, parse=library.parse: parsed.append(line) or parse(line))
    seen = overview(run)
    assert (seen.history.best.epoch, seen.history.epoch.epoch, seen.history.started.parameters) == (4, 4, 101_770)
    assert seen.history.progress.step > 4.4 * 1875
    assert len(parsed) < 20


def test_a_long_epoch_is_looked_for_further_back(experiment, monkeypatch):
    monkeypatch.setattr(library, "BLOCK", 64)
    seen = overview(written(experiment, *runs.training(2.9)))
    assert seen.history.epoch.epoch == 2


def test_a_run_that_failed_before_its_first_step_is_found_and_told_as_one(experiment):
    run = written(experiment, runs.FAILED)
    (known,) = Shelf().read(Shelf().look())
    assert known.matches(parse("state:failed"))
    assert not known.matches(parse("state:not_begun"))
    assert (known.overview.history.failed, known.overview.began) == (runs.FAILED, runs.FAILED.time)
    journal = Journal(run.events)
    for event in runs.training(4):  # it went on when the reason was gone
        journal.append(event)
    journal.close()
    seen = overview(run)
    assert (seen.history.failed, seen.history.epoch.epoch, seen.history.started.parameters) == (None, 4, 101_770)
    assert seen.first == seen.history.started


def test_torn_and_damaged_lines_hide_nothing_else(experiment):
    run = written(experiment, *runs.training(2))
    content = run.events.read_bytes()
    lines = content.splitlines(keepends=True)
    lines[-1] = b"\x00\xff{]\n"
    run.events.write_bytes(b"".join(lines) + b'{"kind": "prog')
    seen = overview(run)
    assert seen.history.epoch.epoch == 2
    assert seen.condition is Condition.CRASHED


def test_what_did_not_change_is_not_read_again(experiment, monkeypatch):
    run, other = written(experiment, *runs.training(5), runs.DONE), written(experiment, *runs.training(1))
    shelf = Library()
    first = shelf.look()
    assert {each.run for each in first} == {run, other}
    read = []
    monkeypatch.setattr(library, "overview", lambda each, real=overview: read.append(each) or real(each))
    assert shelf.look() == first
    with held(other, Holder.me(None)):  # which is not in its events
        assert {each.run for each in shelf.look() if each.condition is Condition.TRAINING} == {other}
    assert read == []
    journal = Journal(other.events)
    journal.append(Failed(time=9.0, why="x"))
    journal.close()
    changed = shelf.look()
    assert changed[0].condition is Condition.FAILED
    assert changed[0].run == other


def test_a_run_that_ends_while_it_is_looked_at_is_not_taken_for_one_that_crashed(experiment, monkeypatch):
    run = written(experiment, *runs.training(5))

    def ending(each):
        journal = Journal(each.events)
        journal.append(runs.DONE)
        journal.close()
        return Whereabouts.GONE, None

    monkeypatch.setattr(library, "whereabouts", ending)
    assert overview(run).condition is Condition.DONE
    assert Library().look()[0].condition is Condition.DONE


def test_a_run_that_cannot_be_read_is_listed_with_the_reason(experiment):
    whole, broken, pipe = (create(experiment) for _ in range(3))
    broken.events.mkdir()
    os.mkfifo(pipe.events)
    seen = {each.run: each for each in Library().look()}
    assert seen[whole].condition is Condition.EMPTY
    for run in (broken, pipe):
        assert seen[run].condition is Condition.UNREADABLE
        assert str(run.events) in seen[run].problem


def test_a_link_that_leads_nowhere_hides_no_run(experiment, home):
    run = create(experiment)
    (home / "runs" / "loop").symlink_to("loop")
    assert [each.run for each in Library().look()] == [run]


NUMBERS = ["0", "-1", "1e400", "1e308", "1" * 400, "null"]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_in_a_line_can_stop_the_others(experiment, number):
    events = [*runs.training(1), *runs.training(2)[-5:], runs.DONE]
    for index, event in enumerate(events):
        for name, value in event.model_dump().items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                lines = [each.model_dump_json() for each in events]
                lines[index] = re.sub(rf'"{name}":[^,}}]+', f'"{name}":{number}', lines[index], count=1)
                run = create(experiment)
                run.events.write_text("".join(f"{line}\n" for line in lines))
                words = run_report.story(run)
                assert why(overview(run)) is not None
                assert run_report._row(overview(run), 5.0)
                history = words.overview.history
                assert history.seconds_left is None or math.isfinite(history.seconds_left)
                shutil.rmtree(run.path)


def test_a_folder_without_runs_is_no_error(home):
    assert Library().look() == []


def test_runs_are_found_by_name_or_path(experiment, tmp_path):
    run = create(experiment)
    assert find("notes-baseline-1") == run
    assert find(str(run.path)) == run


@pytest.mark.parametrize("name", ["", ".", "..", "nothing", "\x1b[31m", "x\x00y"])
def test_what_is_no_run_is_said_with_what_there_is(experiment, name):
    create(experiment)
    with pytest.raises(RunError, match="there is no run .*notes-baseline-1") as error:
        find(name)
    assert "\x1b" not in str(error.value)
    assert "\x00" not in str(error.value)


def test_a_folder_that_is_no_run_is_not_taken_for_a_misspelt_name(experiment, home):
    create(experiment)
    (home / "runs" / "old").mkdir()
    with pytest.raises(RunError, match="old is no run: it has no experiment.toml"):
        find("old")


def test_a_name_never_leads_out_of_the_runs(experiment, home, tmp_path):
    create(experiment)
    (home / "experiment.toml").write_text("")
    with pytest.raises(RunError, match="there is no run"):
        find("..")
