"""Place 6 follows what becomes of the runs, a thousand of them, too, and leaves the cursor at its run."""

from __future__ import annotations

import asyncio
import gc
import shutil
import time

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
    STOPPED,
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
from tui.screens.dialog import Dialog


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
