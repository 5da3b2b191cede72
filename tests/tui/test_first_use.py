"""What somebody meets who uses it for the first time: keys in haste, paths half typed, warnings in a small terminal."""

from __future__ import annotations

from textual.events import Key
from textual.widgets import Input, Select, Static

from engine.runs.events import CheckpointSaved
from engine.runs.history import History
from tests.tui import runs
from tests.tui.screens.test_code import panel, rows, waits
from tests.tui.screens.test_data_screen import row, settle, text
from tests.tui.widgets.test_forms import row_at
from tui.screens.ask import Ask, a_line
from tui.screens.compile import CompileScreen
from tui.widgets.chart import Chart
from tui.widgets.frame import Keys, Subject
from tui.widgets.gallery import Preview
from tui.words.train import numbers_lines


async def test_the_key_behind_enter_is_for_the_form_of_the_layer_that_the_cursor_has_just_reached(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("down", "enter", "down"):  # all at once, as over a slow line
            app.post_message(Key(key, None))
        await settle(app, pilot)
        assert app.screen.row.place == ("model", "layers", 1, "activation")


async def test_the_reason_beside_the_images_follows_the_path_that_is_typed(app, tmp_path):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        for path, reason in ((str(tmp_path), "needs one IDX file"), (str(tmp_path / "nothing"), "write fashion-mnist")):
            app.draft = app.draft.set(("data", "source"), path)
            await settle(app, pilot)
            assert reason in text(app, "reading")


async def test_a_terminal_that_grows_gets_as_many_images_as_have_room(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        assert not app.screen.query_one(Preview).display
        await pilot.resize_terminal(120, 40)
        await settle(app, pilot)
        assert len(row(app, "before")) == len(row(app, "after")) == 5


async def test_code_that_is_opened_on_a_wrong_draft_is_not_that_of_an_older_one(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "c")
        app.draft = app.draft.set(("model", "layers", 1, "units"), "many")
        await pilot.press("c")
        await pilot.pause()
        assert panel(app)
        assert rows(app) == [""]
        assert "must be a whole number, got 'many'" in waits(app)
        app.draft = app.draft.set(("model", "layers", 1, "units"), 64)
        await pilot.pause()
        assert "model = keras.Sequential([" in " ".join(rows(app))


async def test_a_warning_is_read_in_full_in_a_small_terminal(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("compile", "loss", "from_logits"), True)
        await pilot.press("3")
        await pilot.pause()
        assert isinstance(app.screen, CompileScreen)
        amounts = app.screen.query_one("#amounts", Static)
        seen = (amounts.render_line(line).text for line in range(amounts.content_region.height))
        said = " ".join(" ".join(seen).split())
        assert "which slows learning: set from_logits = false" in said
        assert said.endswith("validated on 10,000 images.")


async def test_a_menu_is_not_cut_at_the_edge(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("model", "layers", 1, "kernel_initializer"), {"type": "he_normal"})
        await pilot.press("down", "enter")
        row_at(app, "kernel_initializer", "type").query_one(Select).expanded = True
        await pilot.pause()
        menu = app.screen.query_one("SelectOverlay:focus")
        assert menu.region.right <= 80
        assert menu.region.width >= len("VarianceScaling")
        assert "esc close" in str(app.screen.query_one(Keys).render())


async def test_what_is_typed_takes_the_place_of_what_is_offered(app):
    answers: list = []
    async with app.run_test(size=(80, 24)) as pilot:
        for keys in ("new", ["end", "2"]):  # an arrow, and one goes on with what is offered
            app.push_screen(Ask("rename it", "old", a_line("")), answers.append)
            await pilot.pause()
            assert app.screen.query_one(Input).selected_text == "old"
            await pilot.press(*keys, "enter")
        await pilot.pause()
    assert answers == ["new", "old2"]


async def test_a_wrong_draft_is_told_of_also_while_a_run_trains(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(1.5))
        app.draft = app.draft.set(("fit", "epochs"), "many")
        await pilot.press("t")
        await pilot.pause()
        assert "3 Compile · epochs: must be a whole number" in app.screen._text


async def test_a_fork_with_nothing_left_to_train_is_seen_in_a_small_terminal_before_it_is_asked_for(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(5), runs.DONE)
        app.draft = app.draft.set(("fork",), {"run": "notes-baseline-1", "epoch": 5})
        await pilot.press("3")
        await settle(app, pilot)
        assert "notes-baseline * · fork @5 · ✗ 1 to fix" in str(app.screen.query_one(Subject).render())
        assert "nothing is left to train after epoch 5" in row_at(app, "fit", "epochs").wrong
        app.draft = app.draft.set(("fit", "epochs"), 6)
        await settle(app, pilot)
        assert not row_at(app, "fit", "epochs").wrong


async def test_over_a_slow_line_charts_wait_neither_for_their_first_points_nor_at_a_pause_or_the_end(app):
    app.pace = 1000
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        chart = app.screen.query_one("#loss", Chart)
        for events, waits in (
            (runs.training(1.5), False),
            (runs.training(2.5), True),
            ([*runs.training(2.5), runs.PAUSED], False),
            (runs.training(3.5), True),
        ):
            app._session.tell(*events)
            await settle(app, pilot)
            assert (chart._later is not None) is waits
        assert "appears here" not in chart.render().plain
        app._session.tell(*runs.training(5), runs.DONE)
        await settle(app, pilot)
        assert chart._later is None


def test_which_epoch_is_saved_is_not_cut_off():
    history = History().after(runs.training(2.5))
    assert "last.npz, epoch 2" in str(numbers_lines(history, (), 78))
    assert str(numbers_lines(history, (), 70)).endswith("points   ✓ epoch 2")
    stopped = CheckpointSaved(time=2.0, step=4000, epoch=3, file="last.npz")
    assert "last.npz, in epoch 3" in str(numbers_lines(History().after([*runs.training(2.5), stopped]), (), 78))
