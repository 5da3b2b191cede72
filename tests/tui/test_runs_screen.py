"""Place 6: all runs of the home, what is said of each, what can be done with it, and a thousand of them."""

from __future__ import annotations

import asyncio
import gc
import shutil
import time
from types import SimpleNamespace

import pytest
from textual.widgets import Static

from engine.runs.directory import RunDirectory
from engine.runs.library import Library
from engine.runs.lock import Holder, held
from engine.runs.shelf import Shelf
from tests.tui import made, runs
from tests.tui.at_runs import (
    HOUR,
    NOW,
    arrive,
    done,
    epoch,
    keys,
    lines,
    make,
    names,
    put,
    table,
    until,
    until_seen,
    words,
)
from tui.run_table import HEADINGS
from tui.screens.ask import Ask
from tui.screens.dialog import Dialog
from tui.screens.diff import DiffScreen
from tui.screens.help import HelpScreen
from tui.screens.runs import RunsScreen
from tui.widgets.query_line import QueryLine
from tui.widgets.run_list import RunList
from tui.words.clock import lasted, moment

EARLY = runs.DONE.model_copy(update={"reason": "early_stopped", "why": "val_loss no better for 3 epochs"})
STOPPED = runs.DONE.model_copy(update={"reason": "stopped", "epoch": 2, "step": 3750})


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """It is 14:03 on the 4th of March 2025, wherever the tests run."""
    monkeypatch.setattr("tui.screens.runs.time", SimpleNamespace(time=lambda: NOW))


@pytest.fixture
def asked(app, monkeypatch):
    """What the app was asked to do with which run."""
    asked = []
    for action in ("open", "fork", "resume", "stop"):
        monkeypatch.setattr(app, f"{action}_run", lambda run, action=action: asked.append((action, run.name)))
    return asked


async def test_a_run_is_a_line_with_what_it_came_to(app):
    done("dense-adam", accuracy=0.8821)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 1)
        heading, line = lines(app)[:2]
        assert heading.split() == " ".join(HEADINGS).split()
        assert line.split() == ["▸", "dense-adam-1", "✓", "done", "0.8821", "5/5", "101,770", "0:20", "13:03"]
        assert app.screen.query_one("#all").border_title == "1 run"
        assert app.screen.query_one("#about").border_title == "dense-adam-1"


async def test_what_is_in_progress_comes_first_then_the_newest(app):
    make("old", runs.STARTED, before=100 * HOUR)
    done("new", before=HOUR)
    make("failed", runs.STARTED, runs.FAILED, before=2 * HOUR)
    first, second = (make(name, runs.STARTED, before=hours * HOUR) for name, hours in (("a", 9), ("b", 8)))
    with held(first, Holder.me(None)), held(second, Holder.me(None)):
        async with app.run_test(size=(80, 24)) as pilot:
            await arrive(pilot, 5)
            assert names(app) == ["b-1", "a-1", "new-1", "failed-1", "old-1"]
            assert app.screen.query_one("#all").border_title == "5 runs"


@pytest.mark.parametrize(
    ("events", "lock", "state", "said", "actions"),
    [
        ([], "", "· not begun", "nothing has happened", {"resume"}),
        ([], "here", "○ waiting", "⏎ watches it; s saves its state", {"open", "stop"}),
        ([runs.STARTED], "here", "▶ training", "⏎ watches it", {"open", "stop"}),
        ([runs.STARTED, epoch(1), runs.PAUSED], "here", "‖ paused", "as a person asked", {"open", "stop", "fork"}),
        ([runs.STARTED, epoch(1)], "elsewhere", "▶ on gpu-box", "Only gpu-box can stop it", {"open", "fork"}),
        ([runs.STARTED, runs.PAUSED], "elsewhere", "‖ paused on gpu-box", "remove ", {"open"}),
        ([runs.STARTED, epoch(5), runs.DONE], "", "✓ done", "all epochs are done. Best: 0.8000", {"open", "fork"}),
        ([runs.STARTED, epoch(3), EARLY], "", "✓ done", "val_loss no better for 3 epochs", {"open", "fork"}),
        ([runs.STARTED, epoch(2), STOPPED], "", "■ stopped", "in epoch 2", {"open", "fork", "resume"}),
        ([runs.STARTED, runs.FAILED], "", "✗ failed", "nan at step 12 of epoch 1. Lower the", {"open", "resume"}),
        ([runs.STARTED, epoch(1)], "gone", "crashed", "without a word", {"open", "fork", "resume"}),
    ],
)  # fmt: skip
async def test_how_a_run_is_and_what_can_be_done(app, asked, events, lock, state, said, actions):
    run = make("it", *events)
    if lock == "elsewhere":
        made.lock(run, host="gpu-box", boot="another")
    elif lock == "gone":
        made.lock(run)
    holding = held(run, Holder.me(None)) if lock == "here" else None
    if holding:
        holding.__enter__()
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await arrive(pilot, 1)
            assert state in lines(app)[1]
            assert said in words(app)
            for key, action in (("enter", "open"), ("f", "fork"), ("r", "resume"), ("s", "stop")):
                assert (f" {action}" in keys(app)) == (action in actions)
                asked.clear()
                await pilot.press(key)
                assert asked == ([(action, "it-1")] if action in actions else [])
    finally:
        if holding:
            holding.__exit__(None, None, None)


async def test_a_fork_names_its_parent_and_how_it_began(app):
    notes = ("last.npz is damaged",)
    make("it", runs.STARTED.model_copy(update={"parent": "dense-adam-1@3", "notes": notes}), epoch(4), runs.DONE)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 1)
        assert "A fork of dense-adam-1@3. last.npz is damaged." in words(app)


async def test_r_never_redoes_an_edit_that_is_not_seen_here(app, asked):
    done("it")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "u")
        await arrive(pilot, 1)
        draft = app.draft
        await pilot.press("r")
        assert app.draft == draft
        assert asked == []


async def test_the_cursor_moves_by_keys_and_the_text_follows(app):
    for number in range(40):
        done(f"run{number:02}", before=HOUR + number)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 40)
        page = table(app).size.height - 2
        for key, at in (
            ("down", 1), ("up", 0), ("up", 0), ("pagedown", page), ("end", 39), ("down", 39), ("pageup", 39 - page),
            ("home", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert table(app).row.run.name == f"run{at:02}-1"
            assert app.screen.query_one("#about").border_title == f"run{at:02}-1"
            (shown,) = (line for line in lines(app) if line.startswith("▸"))
            assert f"run{at:02}-1" in shown
            assert lines(app)[0].startswith("   name")


async def test_a_click_chooses_and_another_opens(app, asked):
    for name in ("a", "b", "c"):
        done(name)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        chosen = names(app)[2]
        await pilot.click(RunList, offset=(10, 3))
        assert (table(app).row.run.name, asked) == (chosen, [])
        await pilot.click(RunList, offset=(10, 3))
        assert asked == [("open", chosen)]
        await pilot.click(RunList, offset=(10, 0))
        await pilot.click(RunList, offset=(10, 6))
        assert (table(app).row.run.name, asked) == (chosen, [("open", chosen)])
        await pilot.double_click(RunList, offset=(10, 2))
        assert asked[1:] == [("open", names(app)[1])]


async def test_a_click_at_a_run_that_only_just_began_opens_nothing(app, asked):
    make("it")
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 1)
        await pilot.click(RunList, offset=(10, 1))
        assert asked == []


@pytest.mark.parametrize("width", [40, 80, 200])
async def test_what_stands_in_a_name_is_shown_and_never_obeyed(app, width):
    for name in ("[red]a", "\x1b[31mb", "[/]".replace("/", "!") + "名前" * 30):
        run = done("it")
        run.path.rename(run.path.with_name(name))
    async with app.run_test(size=(width, 24)) as pilot:
        await arrive(pilot, 3)
        drawn = "\n".join(lines(app))
        assert "[red]a" in drawn
        assert "\\x1b[31mb" in drawn
        assert "\x1b" not in drawn
        assert all(table(app).render_line(y).cell_length <= width for y in range(5))
        for _ in range(3):
            assert app.screen.query_one("#about")._border_title.plain == table(app).row.run.name
            await pilot.press("down")


async def test_a_long_name_keeps_its_number(app):
    for _ in range(2):
        done("an-experiment-with-a-long-name")
    async with app.run_test(size=(40, 15)) as pilot:
        await arrive(pilot, 2)
        assert {line.split()[-4][-4:] for line in lines(app)[1:3]} == {"me-1", "me-2"}


@pytest.mark.parametrize(
    ("size", "headings"),
    [((40, 15), "name state val acc"), ((80, 24), "name state val acc epochs params time differs"), ((200, 60), None)],
)
async def test_the_columns_fit_the_screen(app, size, headings):
    for number in range(100):
        done("notes-baseline", before=number * 12 * HOUR)
    async with app.run_test(size=size) as pilot:
        await arrive(pilot, 100)
        assert " ".join(lines(app)[0].split()) == (headings or " ".join(HEADINGS))
        assert all("…" not in line for line in lines(app))
        assert len(lines(app)) >= 6
        about = app.screen.query_one("#about")
        assert about.region.bottom <= size[1] - 1
        assert (about.region.x > 0) == (size[0] >= 110)


async def test_before_the_first_run_it_says_how_to_train_one(app, asked):
    async with app.run_test(size=(40, 15)) as pilot:
        await arrive(pilot, 0)
        await until(pilot, lambda: "No runs yet. t trains" in str(app.screen.query_one("#none", Static).content))
        await pilot.press("enter", "f", "r", "s", "up", "down", "pageup", "pagedown", "home", "end")
        assert asked == []
        assert "open" not in keys(app)
        done("first")
        await until_seen(pilot, lambda: names(app) == ["first-1"])
        await pilot.press("enter")
        assert asked == [("open", "first-1")]
        assert not app.screen.query_one("#none").display
        shutil.rmtree(app.runs / "first-1")
        await until_seen(pilot, lambda: not names(app))
        assert app.screen.query_one("#none").display
        assert "open" not in keys(app)


async def test_a_refresh_leaves_the_cursor_at_its_run_and_that_where_it_is(app):
    for number in range(40):
        done(f"run{number:02}", before=HOUR + number)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 40)
        put(app, "run20-1")
        await pilot.press("up", "up", "up")
        await pilot.pause()
        line = next(y for y, text in enumerate(lines(app)) if text.startswith("▸"))
        assert 1 < line < table(app).size.height - 1
        made.append(RunDirectory(app.runs / "run30-1"), runs.DONE.model_copy(update={"time": NOW}))
        done("another", before=1)
        await until_seen(pilot, lambda: len(names(app)) == 41)
        assert names(app)[:2] == ["run30-1", "another-1"]
        assert table(app).row.run.name == "run17-1"
        assert "run17-1" in lines(app)[line]
        shutil.rmtree(app.runs / "another-1")
        await until_seen(pilot, lambda: len(names(app)) == 40)
        assert table(app).row.run.name == "run17-1"
        assert "run17-1" in lines(app)[line]
        shutil.rmtree(app.runs / "run17-1")
        await until_seen(pilot, lambda: len(names(app)) == 39)
        assert table(app).row.run.name == "run18-1"


async def test_at_the_top_a_new_run_is_seen_to_come(app):
    for number in range(40):
        done(f"run{number:02}", before=HOUR + number)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 40)
        done("another", before=1)
        await until_seen(pilot, lambda: len(names(app)) == 41)
        assert "another-1" in lines(app)[1]
        assert lines(app)[2].startswith("▸  run00-1")


async def test_a_run_that_trains_changes_its_line_and_the_keys(app):
    run = make("it", runs.STARTED)
    async with app.run_test(size=(80, 24)) as pilot:
        with held(run, Holder.me(None)):
            await arrive(pilot, 1)
            assert "stop" in keys(app)
            made.append(run, epoch(1, 0.8123))
            await until_seen(pilot, lambda: "0.8123" in lines(app)[1])
            assert "Best: 0.8123 after epoch 1" in words(app)
            made.append(run, STOPPED)
        await until_seen(pilot, lambda: "stopped" in lines(app)[1])
        assert "resume" in keys(app)
        assert "stop" not in keys(app)


async def test_it_looks_only_while_it_is_in_front_and_sends_only_what_changed(app, monkeypatch):
    looks, sent = [], []
    monkeypatch.setattr("tui.screens.runs.LOOK_SECONDS", 0.05)
    monkeypatch.setattr(Library, "look", lambda self, look=Library.look: looks.append(1) or look(self))
    for number in range(20):
        done(f"run{number:02}")
    run = make("zz", runs.STARTED, before=1)
    with held(run, Holder.me(None)):
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.1)
            assert not looks
            await arrive(pilot, 21)
            monkeypatch.setattr(
                app, "_display", lambda _, drawn: drawn and sent.append(drawn.render_segments(app.console))
            )
            await pilot.press("down")
            assert names(app)[1] in "".join(sent)
            sent.clear()
            before = len(looks)
            await until(pilot, lambda: len(looks) > before + 5)
            assert sent == []
            made.append(run, epoch(1, 0.8123))
            await until(pilot, lambda: "0.8123" in lines(app)[1])
            assert "0.8123" in "".join(sent)
            assert "run01" not in "".join(sent)  # its line is the same
            app.push_screen(Dialog("x", "y"))
            await pilot.pause(0.1)
            before = len(looks)
            await pilot.pause(0.2)
            assert len(looks) == before
            app.pop_screen()
            await until(pilot, lambda: len(looks) > before)
            await pilot.press("2")
            await pilot.pause(0.1)
            before = len(looks)
            await pilot.pause(0.2)
            assert len(looks) == before


@pytest.fixture
def frozen_garbage():
    """What exists already is not looked through for garbage: in a test that is far more than in the program."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


async def test_a_thousand_runs_come_without_holding_anything_up(app, frozen_garbage):
    """A ratio: the longest time that the loop stood still, to that which reading the runs takes."""
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 0)
        first = done("it")
        for number in range(2, 1001):
            folder = first.path.with_name(f"it-{number}")
            folder.mkdir()
            for name in ("experiment.toml", "events.jsonl"):
                (folder / name).write_bytes((first.path / name).read_bytes())
        ratios = []
        while not ratios or (min(ratios) > 0.5 and len(ratios) < 4):  # this machine does other things, too
            began = time.perf_counter()
            Library().look()
            reading = time.perf_counter() - began
            app.screen._shelf, app.screen._rows = Shelf(), ()
            app.screen._show()
            ratios.append(await longest_gap(app) / reading)
        assert min(ratios) < 0.5
        assert len(names(app)) == 1000
        assert names(app)[0] == "it-999"


async def longest_gap(app) -> float:
    """Have the runs looked at, and measure how long the loop did nothing else at a time until they were drawn."""
    longest, drawn = 0.0, 0
    began = before = time.perf_counter()
    app.screen.look()
    while drawn < 50 and before - began < 20:
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before, drawn = max(longest, now - before), now, drawn + bool(names(app))
    return longest


async def test_the_help_explains_this_place(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 0)
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert "The run below" in str(app.screen.query_one("#keys", Static).content)


@pytest.mark.parametrize("owner", [RunsScreen, RunList, QueryLine, Ask, DiffScreen])
def test_every_binding_has_an_id_and_a_tooltip(owner):
    for binding in owner.BINDINGS:
        assert binding.id, binding
        assert binding.tooltip, binding


async def test_tab_goes_to_the_text_and_back_and_the_keys_work_there(app, asked):
    make("it", runs.STARTED, runs.FAILED)
    async with app.run_test(size=(40, 15)) as pilot:
        await arrive(pilot, 1)
        await pilot.press("tab")
        assert app.focused.id == "about"
        await pilot.press("down", "down", "r")
        assert app.screen.query_one("#about").scroll_offset.y
        assert asked == [("resume", "it-1")]
        await pilot.press("tab")
        assert app.focused is table(app)


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0:01"), (59.5, "1:00"), (61, "1:01"), (3661, "1:01:01")])
def test_how_long_something_took(seconds, text):
    assert lasted(seconds) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [(60, "14:02"), (15 * HOUR, "03-03 23:03"), (400 * 24 * HOUR, "2024-01-29"), (1e30, "-"), (NOW, "-")],
)
def test_when_something_was(before, text):
    assert moment(NOW - before, NOW) == text
