"""Place 6 shows all runs of the home, and says of each what it came to and what can be done with it."""

from __future__ import annotations

import pytest

from engine.runs.lock import Holder, held
from tests.tui import made, runs
from tests.tui.at_runs import (
    EARLY,
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
    table,
    words,
)
from tui.content.run_table import HEADINGS
from tui.words.clock import lasted, moment


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


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0:01"), (59.5, "1:00"), (61, "1:01"), (3661, "1:01:01")])
def test_how_long_something_took(seconds, text):
    assert lasted(seconds) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [(60, "14:02"), (15 * HOUR, "03-03 23:03"), (400 * 24 * HOUR, "2024-01-29"), (1e30, "-"), (NOW, "-")],
)
def test_when_something_was(before, text):
    assert moment(NOW - before, NOW) == text
