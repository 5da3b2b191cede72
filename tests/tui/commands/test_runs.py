"""The list of runs, as text, and the screens that open on one of them."""

from __future__ import annotations

import json
import time

import pytest

from engine.runs import library
from engine.runs.history import History
from engine.runs.lock import Holder, held
from tests.tui import made
from tests.tui.commands.asking import STOPPED, run
from tests.tui.runs import DONE, FAILED, PAUSED, STARTED, training
from tui.commands import command
from tui.settings.config import AS_IT_COMES
from tui.words.run import ago


def test_without_runs_one_learns_how_to_make_the_first():
    result = run("runs")
    assert result.exit_code == 0
    assert "nnplay train notes-baseline" in result.output
    assert json.loads(run("runs", "--json").output) == []


def test_runs_tells_how_each_is():
    made.make(*training(5), DONE)
    made.make(*training(2.5), STOPPED)
    made.make(*training(1.2), FAILED)
    made.make(*training(1.2))
    here = made.make(*training(2.5), PAUSED)
    made.lock(made.make(*training(2.5)), host="gpu-box", boot="another")
    made.make()
    made.lock(made.make(*training(1.2)))
    with held(here, Holder.me(None)):
        rows = {line.split()[0]: line for line in run("runs").output.splitlines()}
        data = {each["name"]: each for each in json.loads(run("runs", "--json").output)}
    signs = [
        ("✓ done", "done"), ("■ stopped", "stopped"), ("✗ failed", "failed"), ("! crashed", "crashed"),
        ("‖ paused", "paused"), ("▶ training on gpu-box", "training"), ("· not begun", "not begun"),
        ("! crashed", "crashed"),
    ]  # fmt: skip
    for number, (words, state) in enumerate(signs, 1):
        assert words in rows[f"notes-baseline-{number}"]
        assert data[f"notes-baseline-{number}"]["state"] == state
    assert "0.8733" in rows["notes-baseline-1"]
    assert "5/5" in rows["notes-baseline-1"]
    assert "2/5" in rows["notes-baseline-2"]
    assert "101,770" in rows["notes-baseline-2"]
    assert data["notes-baseline-6"]["host"] == "gpu-box"
    assert data["notes-baseline-2"]["best"]["epoch"] == 2
    assert data["notes-baseline-7"]["epochs"] is None


def test_the_run_that_changed_last_comes_first():
    now = time.time()
    for age in (7200, 130, 3):
        made.make(STARTED.model_copy(update={"time": now - age}), FAILED.model_copy(update={"time": now - age}))
    lines = run("runs").output.splitlines()[1:]
    assert [line.split()[0][-1] for line in lines] == ["3", "2", "1"]
    assert [line.rstrip()[-9:] for line in lines[1:]] == ["2 min ago", "  2 h ago"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "now"), (0.4, "now"), (59.9, "59 s ago"), (60, "1 min ago"), (7199, "1 h ago"), (200_000, "2 d ago")],
)
def test_how_long_ago_it_was(seconds, words):
    assert ago(1e9, 1e9 + seconds) == words


def test_a_run_that_cannot_be_read_changed_at_no_known_time():
    made.make().events.mkdir()
    (line,) = run("runs").output.splitlines()[1:]
    assert "? unreadable" in line
    assert line.rstrip().endswith("-")
    (data,) = json.loads(run("runs", "--json").output)
    assert (data["began"], data["changed"]) == (None, None)


def test_a_listing_in_a_pipe_is_as_wide_as_it_needs():
    name = "a" * 58
    made.make(*training(1), DONE, settings=(f"name={name}",))
    assert f"{name}-1" in run("runs").output


def test_long_runs_are_read_at_their_ends_and_finished_ones_once(monkeypatch):
    parsed = []
    monkeypatch.setattr(library, "parse", lambda line, parse=library.parse: parsed.append(line) or parse(line))
    made.make(*training(100), DONE)
    shelf = library.Library()
    assert shelf.look()[0].history.epoch.epoch == 100
    assert len(parsed) < 30
    parsed.clear()
    assert shelf.look()[0].history.epoch.epoch == 100
    assert parsed == []


def test_an_epoch_that_a_resumed_run_took_back_is_not_its_last():
    again = STARTED.model_copy(update={"step": 3750, "epochs_done": 2, "resumed": True})
    directory = made.make(*training(4.5), again)
    seen, told = library.overview(directory).history, History().after(directory.tail().read())
    assert seen.epoch == told.epoch
    assert (seen.epoch.epoch, seen.best.epoch) == (2, 2)
    assert "2/5" in run("runs").output


def test_attach_needs_a_terminal():
    made.make(*training(2.5))
    result = run("attach", "notes-baseline-1")
    assert result.exit_code == 2
    assert "the screens need one. 'nnplay show notes-baseline-1'" in result.stderr


def test_attach_opens_the_screens_on_the_run(monkeypatch):
    opened = []
    directory = made.make(*training(2.5))
    monkeypatch.setattr("tui.visit.visit", lambda draft, **options: opened.append((draft, options)))
    monkeypatch.setattr(command, "no_screens", lambda: "")
    assert run("attach", "notes-baseline-1").exit_code == 0
    assert opened == [(None, {"watch": directory, "preferences": AS_IT_COMES})]
