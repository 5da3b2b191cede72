"""Place 6: finding runs, laying them beside each other, and keeping them or not."""

from __future__ import annotations

import json

import pytest
from textual.widgets import DataTable, Input, Static

from engine.runs.directory import RunDirectory
from engine.runs.lock import Holder, held
from engine.runs.note import read_note
from tests.tui import made, runs
from tests.tui.at_runs import HOUR, arrive, done, keys, lines, make, names, put, table, until, until_seen, words
from tui.screens.ask import Ask
from tui.screens.dialog import Dialog
from tui.screens.diff import DiffScreen
from tui.widgets.overlay import Overlay
from tui.widgets.query_line import QueryLine


def title(app) -> str:
    return app.screen.query_one("#all").border_title


def dialog(app) -> str:
    return app.screen._text


def overlay(app) -> Overlay:
    return app.screen.query_one(Overlay)


def chart(app):
    (shown,) = (chart for chart in overlay(app).query("Chart") if chart.display)
    return shown


@pytest.fixture
def three(home):
    """Three runs with curves: b is the best, c was made with another rate."""
    for name, epochs, settings in (("a", 1, ()), ("b", 3, ()), ("c", 2, ("compile.optimizer.learning_rate=0.01",))):
        made.make(*runs.training(epochs), runs.DONE, settings=(f"name={name}", *settings))


async def test_what_sets_a_run_apart_stands_in_its_line_and_below(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        await until(pilot, lambda: "adam 0.01" in "".join(lines(app)))
        put(app, "c-1")
        await pilot.pause()
        assert "Other than notes-baseline: adam 0.01." in words(app)
        put(app, "a-1")
        await pilot.pause()
        assert "Every knob as notes-baseline has it." in words(app)


async def test_the_list_is_ordered_by_keys_and_by_its_headings(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        usual = names(app)
        await pilot.press("o")
        assert (names(app), "name↑" in lines(app)[0]) == (["a-1", "b-1", "c-1"], True)
        await pilot.press("O")
        assert (names(app), "name↓" in lines(app)[0]) == (["c-1", "b-1", "a-1"], True)
        await pilot.press("o", "o")
        assert (names(app), "val acc↓" in lines(app)[0]) == (["b-1", "c-1", "a-1"], True)
        at = lines(app)[0].index("epochs")
        await pilot.click(table(app), offset=(at, 0))
        assert (names(app), "epochs↓" in lines(app)[0]) == (["b-1", "c-1", "a-1"], True)
        await pilot.click(table(app), offset=(at, 0))
        assert (names(app), "epochs↑" in lines(app)[0]) == (["a-1", "c-1", "b-1"], True)
        await pilot.press("o", "o", "o", "o")
        assert "differs↑" in lines(app)[0]
        assert names(app)[0] == "c-1"  # nothing sets the others apart: they stand last
        await pilot.press("o")
        assert names(app) == usual


async def test_a_filter_shows_some_and_says_which(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        await until(pilot, lambda: "adam 0.01" in "".join(lines(app)))
        await pilot.press("slash", *"epochs>1 learning_rate:")
        assert "learning_rate: lacks a value" in str(app.screen.query_one("QueryLine Static", Static).content)
        assert set(names(app)) == {"b-1", "c-1"}
        await pilot.press(*"0.01")
        assert names(app) == ["c-1"]
        await pilot.press("enter")
        assert (app.focused, app.screen.query_one(QueryLine).display) == (table(app), False)
        assert title(app) == "1 of 3 runs · epochs>1 learning_rate:0.01"
        await pilot.press("slash", *"99", "down")
        assert names(app) == []
        assert "No run fulfils the filter" in str(app.screen.query_one("#none", Static).content)
        assert "mark" not in keys(app)
        await pilot.press("escape")
        assert (len(names(app)), title(app)) == (3, "3 runs")
        await pilot.press("slash", "x", "escape")
        assert (len(names(app)), app.screen.query_one(Input).value) == (3, "")


async def test_in_a_small_terminal_the_list_has_all_room_while_one_filters(app, three):
    async with app.run_test(size=(40, 15)) as pilot:
        await arrive(pilot, 3)
        await pilot.press("space", "slash", *"epochs>1")
        assert not overlay(app).display or not overlay(app).region
        assert table(app).size.height >= 6
        assert len(names(app)) == 2
        await pilot.press("enter")
        await pilot.pause()
        assert overlay(app).region


async def test_marked_runs_are_drawn_and_keep_their_colours(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        assert not overlay(app).display
        put(app, "a-1")
        await pilot.press("space")
        put(app, "b-1")
        await pilot.press("space")
        await until(pilot, lambda: len(chart(app).view.lines) == 2)
        assert [(line.style, line.glyph) for line in chart(app).view.lines] == [("chart--1", "o"), ("chart--2", "x")]
        assert [len(line.curve.x) for line in chart(app).view.lines] == [1, 3]
        legend = app.screen.query_one("#legend", Static)
        assert str(legend.content) == "o a-1   x b-1"
        assert any(line.startswith("▸x b-1") for line in lines(app))
        assert title(app) == "3 runs · 2 marked"
        put(app, "a-1")
        await pilot.press("space")
        await until(pilot, lambda: str(legend.content) == "x b-1")
        assert [(line.style, line.glyph) for line in chart(app).view.lines] == [("chart--2", "x")]
        put(app, "c-1")
        await pilot.click(table(app), offset=(1, names(app).index("c-1") + 1))
        await until(pilot, lambda: str(legend.content) == "x b-1   o c-1")
        await pilot.press("v")
        assert chart(app).id == "overlay-loss"
        await pilot.press("v")
        assert not overlay(app).display
        await pilot.press("v", "escape")
        await until(pilot, lambda: "━ train  o validation  c-1" in str(legend.content))
        put(app, "b-1")
        await until(pilot, lambda: "b-1" in str(legend.content) and len(chart(app).view.lines[1].curve.x) == 3)


async def test_more_runs_than_lines_are_said(app):
    for number in range(8):
        done(f"r{number}", before=HOUR + number)
    async with app.run_test(size=(120, 40)) as pilot:
        await arrive(pilot, 8)
        await pilot.press("a")
        await until(
            pilot, lambda: "and 2 more: a chart holds 6" in str(app.screen.query_one("#legend", Static).content)
        )
        assert sum(line[1:2] == "-" for line in lines(app)) == 2
        await pilot.press("a")
        assert title(app) == "8 runs"


async def test_the_diff_has_only_what_differs(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        put(app, "a-1")
        await pilot.press("equals_sign")
        assert "space marks a run" in dialog(app)
        await pilot.press("escape", "space")
        put(app, "c-1")
        await pilot.press("equals_sign")
        await until(pilot, lambda: isinstance(app.screen, DiffScreen))
        grid = app.screen.query_one(DataTable)
        rows = [[str(cell) for cell in grid.get_row_at(row)] for row in range(grid.row_count)]
        assert [str(column.label) for column in grid.columns.values()] == ["", "a-1", "c-1"]
        assert ["epochs", "1/5", "2/5"] in rows
        assert rows[-1] == ["compile.optimizer.learning_rate", "0.001", "0.01"]
        assert len(rows) == 7
        await pilot.press("ctrl+y")
        assert "compile.optimizer.learning_rate\t0.001\t0.01" in app.clipboard
        await pilot.press("escape")
        await arrive(pilot, 3)


async def diff_of_all(pilot, count):
    await arrive(pilot, count)
    await pilot.press("a", "equals_sign")
    await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))


def screen_text(app) -> list[str]:
    return ["".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 15), (120, 40)])
async def test_the_diff_fits_its_room_and_never_hides_the_way_out(app, size):
    for number, kind in enumerate(("he_normal", "random_normal", "glorot_uniform")):
        settings = (f"model.layers[1].kernel_initializer.type={kind}", "compile.optimizer.type=sgd")[: 2 - number % 2]
        made.make(runs.STARTED, runs.DONE, settings=settings)
    async with app.run_test(size=size) as pilot:
        await diff_of_all(pilot, 3)
        shown = screen_text(app)
        assert any("esc back" in line for line in shown)
        grid = app.screen.query_one(DataTable)
        label, *others = [column.get_render_width(grid) for column in grid.ordered_columns]
        if size[0] >= 80:
            assert label + sum(others) <= grid.size.width  # all are in sight
        if size[0] == 80:
            assert label <= grid.size.width * 0.4
            assert any("kernel_initializer.type" in line for line in shown)


async def test_the_diff_of_many_runs_scrolls_by_whole_columns(app):
    for number in range(6):
        made.make(runs.STARTED, runs.DONE, settings=(f"seed={number}",))
    async with app.run_test(size=(80, 24)) as pilot:
        await diff_of_all(pilot, 6)
        grid = app.screen.query_one(DataTable)
        width = grid.ordered_columns[1].get_render_width(grid)
        await pilot.press("right")
        assert grid.scroll_offset.x == width
        await pilot.press("right", "right")
        assert grid.scroll_offset.x == min(3 * width, grid.max_scroll_x)
        await pilot.press(*["left"] * 3)
        assert grid.scroll_offset.x == 0
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert grid.max_scroll_x == 0
        await pilot.press("escape")
        await arrive(pilot, 6)


async def test_equal_runs_are_said_to_be_so_and_the_way_out_stays(app):
    for _ in range(2):
        made.make(runs.STARTED, runs.DONE)
    async with app.run_test(size=(80, 24)) as pilot:
        await diff_of_all(pilot, 2)
        shown = screen_text(app)
        assert any("the same in every knob" in line for line in shown)
        assert any("esc back" in line for line in shown)


async def test_a_run_gets_another_name_also_while_it_is_watched(app, three):
    make("fork", runs.STARTED.model_copy(update={"parent": "a-1@1"}), runs.DONE)
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1), runs.DONE, name="a-1")
        app.draft = app.draft.set(("fork",), {"run": "a-1", "epoch": 1})
        await arrive(pilot, 4)
        put(app, "a-1")
        await pilot.press("space", "e")
        assert isinstance(app.screen, Ask)
        await pilot.press("end", *([*["backspace"] * 3]), *"b-1", "enter")
        assert "there is a run b-1 already" in str(app.screen.query_one("#explain", Static).content)
        await pilot.press("backspace", *"2", "enter")
        await until(pilot, lambda: "b-2" in names(app))
        assert "a-1" not in names(app)
        assert ("watch", "b-2") in app._session.asked
        assert app.draft.value(("fork", "run")) == "b-2"
        assert "still name a-1: fork-1" in " ".join(note.message for note in app._notifications)
        assert [run.name for run in app.screen._marks.runs] == ["b-2"]


async def test_a_note_stands_in_the_list_and_is_found(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        put(app, "b-1")
        await pilot.press("n", *"[red]best", "enter")
        await until_seen(pilot, lambda: '"[red]best"' in "".join(lines(app)))
        assert read_note(RunDirectory(app.runs / "b-1")) == "[red]best"
        assert "Note: [red]best" in words(app)
        await pilot.press("slash", *"BEST", "enter")
        assert names(app) == ["b-1"]
        await pilot.press("escape", "n", "escape")
        assert read_note(RunDirectory(app.runs / "b-1")) == "[red]best"


async def test_deleting_asks_and_spares_what_trains(app, three):
    live = make("live", runs.STARTED)
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1), runs.DONE, name="a-1")
        with held(live, Holder.me(None)):
            await arrive(pilot, 4)
            put(app, "live-1")
            await pilot.press("backspace")
            assert "live-1 is in progress: it can be deleted when that has ended. s stops it." in dialog(app)
            await pilot.press("enter")
            put(app, "a-1")
            await pilot.press("backspace")
            await until(pilot, lambda: isinstance(app.screen, Dialog))
            assert app.screen._title == "Delete a-1?"
            assert "kB on the disk" in dialog(app)
            await pilot.press("escape")
            assert (app.runs / "a-1").is_dir()
            await pilot.press("a", "delete")
            await until(pilot, lambda: isinstance(app.screen, Dialog))
            assert app.screen._title == "Delete 3 runs?"
            assert "1 in progress stay" in dialog(app)
            await pilot.press("d")
            await until(pilot, lambda: names(app) == ["live-1"])
        assert [path.name for path in app.runs.iterdir() if path.is_dir()] == ["live-1"]
        assert app.snapshot.watched is None


async def test_what_cannot_be_deleted_is_said_and_stays(app, three, monkeypatch):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        put(app, "a-1")
        await pilot.press("backspace")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        with held(RunDirectory(app.runs / "a-1"), Holder.me(None)):
            await pilot.press("d")
            await until(pilot, lambda: isinstance(app.screen, Dialog) and app.screen._title == "Not deleted")
        assert "✗ a-1 is waiting: stop it first" in dialog(app)
        assert (app.runs / "a-1").is_dir()


async def test_a_clone_becomes_the_draft_and_undo_brings_the_old_one_back(app, three):
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        put(app, "c-1")
        await pilot.press("y")
        await until(pilot, lambda: app.current_mode == "model")
        assert (app.draft.name, app.draft.check.experiment.learning_rate) == ("c", 0.01)
        await pilot.press("u")
        assert app.draft.name == "notes-baseline"


@pytest.mark.parametrize(("key", "suffix"), [("s", ".py"), ("n", ".ipynb")])
async def test_a_run_is_exported_where_a_person_says(app, three, tmp_path, monkeypatch, key, suffix):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 3)
        put(app, "c-1")
        await pilot.press("x", key, "enter")
        written = tmp_path / f"c-1{suffix}"
        await until(pilot, written.exists)
        text = written.read_text()
        if suffix == ".ipynb":
            text = "".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        assert "learning_rate=0.01" in text


async def test_a_run_in_the_queue_is_taken_out_and_moved_to_the_front(app):
    first, second = make("q"), make("q")
    with held(first, Holder.me(None, queued=True)), held(second, Holder.me(None, queued=True)):
        async with app.run_test(size=(120, 40)) as pilot:
            app._session.tell(*runs.training(1), queue=["q-1", "q-2"])
            await arrive(pilot, 2)
            assert names(app) == ["q-1", "q-2"]
            assert "… queued 1" in lines(app)[1]
            assert "… queued 2" in lines(app)[2]
            assert title(app) == "2 runs · 2 queued"
            assert "s takes it out of the queue.\n" in words(app)  # it is the next one already
            await pilot.press("down")
            await pilot.pause()
            assert "s takes it out of the queue; m has it begin before the others." in words(app)
            await pilot.press("m", "s")
            assert app._session.asked[-2:] == [("first", "q-2"), ("stop", "q-2")]
            app._session.tell(*runs.training(1), queue=[str(second.path), str(first.path)])
            await until(pilot, lambda: names(app) == ["q-2", "q-1"])
            assert "… queued 1" in lines(app)[1]


async def test_what_was_queued_when_the_engine_died_is_begun_by_r(app):
    made.lock(make("q"), queued=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await arrive(pilot, 1)
        assert "· not begun" in lines(app)[1]
        assert "r trains it" in words(app)
        await pilot.press("r")
        await pilot.pause()
        assert app._session.asked[-1] == ("resume", "q-1")
