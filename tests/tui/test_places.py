"""The other places, and the keys that work everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from textual.css.query import NoMatches
from textual.widgets import Static
from textual.worker import WorkerFailed

from engine.runs.history import State
from engine.runs.lock import Whereabouts
from engine.spec.draft import Draft
from engine.worker.protocol import Status
from tests.tui import runs
from tests.tui.conftest import followed
from tui.content.knob_places import knob_places
from tui.drafts import kept
from tui.messages import EngineLost, EngineReported, Refused
from tui.screens.dialog import Dialog
from tui.screens.help import HelpScreen
from tui.widgets.chart import Chart
from tui.widgets.editors import KindRow, Row
from tui.widgets.frame import Keys, Places, Subject
from tui.widgets.image import Picture


def text(app, name: str) -> str:
    return str(app.screen.query_one(f"#{name}", Static).content)


def keys(app) -> str:
    return str(app.screen.query_one(Keys).render())


async def test_one_key_goes_to_each_place(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for key, mode in (("1", "data"), ("3", "compile"), ("4", "train"), ("6", "runs"), ("2", "model")):
            await pilot.press(key)
            assert app.current_mode == mode
            assert f"[{key}" in str(app.screen.query_one(Places).render())


async def test_the_optimizer_and_its_learning_rate_are_chosen(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab", "enter", "home", "enter")
        await pilot.pause()
        assert app.draft.document["compile"]["optimizer"] == {"type": "sgd"}
        await pilot.press("tab", *"0.1", "escape")
        optimizer = app.draft.check.experiment.compile.optimizer
        assert (type(optimizer).__name__, optimizer.learning_rate) == ("SGD", 0.1)
        assert "momentum" in text(app, "rule")


async def test_a_learning_rate_of_zero_is_an_error_at_the_knob(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab", "down", "0")
        (row,) = (row for row in app.screen.query(Row) if row.place[-1] == "learning_rate")
        assert row.has_class("-wrong")
        assert "greater than 0" in text(app, "amounts")
        await pilot.press("escape", "t")
        assert isinstance(app.screen, Dialog)
        assert "3 Compile · optimizer · learning rate: must be greater than 0" in app.screen._text


async def test_epochs_and_batch_change_the_amounts(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        assert "1,875 steps per epoch, 9,375 in 5 epochs" in text(app, "amounts")
        (batch,) = (row for row in app.screen.query(Row) if row.place == ("fit", "batch_size"))
        batch.editor.focus()
        await pilot.press(*"128")
        assert "469 steps per epoch" in text(app, "amounts")
        assert "batch size" in text(app, "explain")


async def test_the_data_are_shown_and_limited(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.name == "_draw"])
        first = [image.dots for image in app.screen.query(Picture)]
        assert len(first) == 10
        await pilot.press("n")
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.name == "_draw"])
        assert [image.dots for image in app.screen.query(Picture)] != first
        await pilot.press("tab", "down", "down", *"1000")
        assert app.draft.check.experiment.data.limit == 1000
        assert "1,000 images to train on" in text(app, "sizes")
        await pilot.press("backspace", "backspace", "backspace", "backspace")
        assert app.draft.check.experiment.data.limit is None


async def test_before_the_first_run_train_says_what_it_will_do(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        assert "t trains Flatten → Dense 128 relu → Dense 10 softmax" in text(app, "remark")
        assert "1,875 steps" in text(app, "remark")
        assert "pause" not in keys(app)


async def test_training_shows_curves_numbers_and_keys(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("t")
        await pilot.pause()
        assert app.current_mode == "train"
        assert app._session.asked[-1].name == "notes-baseline"
        app._session.tell(*runs.training(2.5))
        await pilot.pause(0.7)
        assert "epoch 3/5" in text(app, "progress")
        assert "150,000 img/s" in text(app, "progress")
        assert "best 0." in text(app, "numbers")
        assert text(app, "remark") == "Validation loss still falls."
        for chart in app.screen.query(Chart):
            drawn = str(chart.render())
            assert "⠉" in drawn or "⠤" in drawn or "⣀" in drawn
            assert "o" in drawn
        assert "pause" in keys(app)
        await pilot.press("space")
        assert app._session.asked[-1] == ("pause", "notes-baseline-1")
        app._session.tell(*runs.training(2.5), runs.PAUSED)
        await pilot.pause()
        assert "continue" in keys(app)
        assert "Paused" in text(app, "remark")
        await pilot.press("space")
        assert app._session.asked[-1] == ("continue", "notes-baseline-1")
        await pilot.press("s")
        assert app._session.asked[-1] == ("stop", "notes-baseline-1")
        app._session.tell(*runs.training(5), runs.DONE)
        await pilot.pause()
        assert "✓ Done" in text(app, "remark")
        assert "pause" not in keys(app)
        assert "notes-baseline-1 · ✓ done" in str(app.screen.query_one(Subject).render())


async def test_a_second_t_while_training_starts_nothing(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1))
        await pilot.pause()
        await pilot.press("t")
        assert app.current_mode == "train"
        assert app._session.asked == ["engine"]


async def test_a_failed_run_keeps_its_curves_and_says_why(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        app._session.tell(*runs.training(1), runs.FAILED)
        await pilot.pause()
        assert "the loss became nan" in text(app, "remark")
        assert "Lower the learning rate" in text(app, "remark")
        assert app.snapshot.history.state is State.FAILED
        assert app.screen.query_one("#loss", Chart).view.lines[0].curve.y


async def test_while_tensorflow_loads_the_seconds_are_shown(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell()
        await pilot.pause()
        app.post_message(EngineReported(Status(phase="loading", pid=1, seconds=4.2)))
        await pilot.pause()
        assert "TensorFlow loads 4 s" in str(app.screen.query_one(Places).render())
        await pilot.press("4")
        assert "TensorFlow loads (4 s); training begins by itself" in text(app, "remark")


async def test_a_lost_engine_is_said_and_t_starts_another(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(1), where=Whereabouts.GONE, words=("[bold]Killed[/bold] [/]",))
        app.post_message(EngineLost("the engine has ended."))
        await pilot.press("4")
        assert "engine gone" in str(app.screen.query_one(Places).render())
        assert "[bold]Killed[/bold] [/]" in text(app, "remark")  # shown, never interpreted
        await pilot.press("t")
        await pilot.pause()
        assert "restart" in app._session.asked
        assert app._session.asked.count("engine") == 2


async def test_a_refusal_is_a_dialog_with_the_text_as_it_is(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(Refused("Cannot train", "cannot write to /x/[red]: Permission denied"))
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        assert "/x/[red]" in str(app.screen.query_one("VerticalScroll Static", Static).render())
        await pilot.press("ctrl+y")
        assert "[red]" in app.clipboard
        await pilot.press("enter")
        assert not isinstance(app.screen, Dialog)


@pytest.mark.parametrize(("key", "asked"), [("k", ["engine", "close"]), ("s", ["engine", "stop", "close"])])
async def test_leaving_while_a_run_trains_asks_first(app, key, asked):
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(1))
        await pilot.pause()
        await pilot.press("q")
        assert isinstance(app.screen, Dialog)
        await pilot.press("enter", "escape")
        assert app.is_running
        await pilot.press("q", key)
        await pilot.pause()
    assert app._session.asked == asked


async def test_leaving_an_idle_playground_just_leaves(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert not app.is_running


@pytest.mark.parametrize("mode", ["data", "model", "compile", "train"])
async def test_every_place_has_help(app, mode):
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode(mode)
        await pilot.pause()
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        assert "Train this experiment" in str(app.screen.query_one("#keys", Static).content)
        await pilot.press("escape")
        assert app.current_mode == mode
        assert not isinstance(app.screen, HelpScreen)


async def test_an_edited_draft_is_kept_for_the_next_visit(app, home):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "q")
    assert kept.load().document == app.draft.document
    assert len(kept.load().layers) == 2


async def test_screens_that_are_taken_apart_may_miss_their_parts_and_nothing_else(app):
    async def leave_and_fail():
        async with app.run_test(size=(80, 24)):
            app.hurry()
            app.fail(NoMatches("its form"))
            app.fail(WorkerFailed(NoMatches("the palette's list")))
            assert app.failure is None
            app.fail(ValueError("a fault"))
            assert isinstance(app.failure, ValueError)

    with pytest.raises(ValueError, match="a fault"):
        await leave_and_fail()


async def test_a_draft_that_cannot_be_kept_does_not_keep_one_from_leaving(app, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "file"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "q")
    assert not app.is_running
    assert kept.load() is None


async def test_presets_open_from_the_palette_and_undo_brings_the_draft_back(app):
    async with app.run_test(size=(80, 24)) as pilot:
        commands = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        commands["open: cnn-small"]()
        await pilot.pause()
        assert app.draft.name == "cnn-small"
        await pilot.press("u")
        assert app.draft.name == "notes-baseline"


async def test_the_palette_leads_to_every_knob_from_every_place(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for title, mode, found in (
            ("knob: 1 Data · rescale", "data", ("data", "rescale")),
            ("knob: layer 2 (Dense) · units", "model", ("model", "layers", 1, "units")),
            ("knob: layer 3 (Dense) · activation", "model", ("model", "layers", 2, "activation")),
            ("knob: 3 Compile · optimizer · learning rate", "compile", ("compile", "optimizer", "learning_rate")),
        ):
            commands = {each.title: each.callback for each in app.get_system_commands(app.screen)}
            commands[title]()
            await pilot.pause(0.2)
            await followed(pilot)
            assert app.current_mode == mode
            assert app.screen.row.place == found
        await pilot.press("escape", "ctrl+p", *"knob seed")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert app.screen.row.place == ("seed",)


async def test_each_knob_of_the_forms_is_in_the_palette_once(app):
    async with app.run_test(size=(80, 24)) as pilot:
        titles = [each.title for each in app.get_system_commands(app.screen) if each.title.startswith("knob: ")]
        assert len(titles) == len(set(titles))
        known = [place for place, _ in knob_places(app.draft)]
        for mode in "132":
            await pilot.press(mode, "tab")
            for row in app.screen.query(Row):
                assert (row.place[:-1] if isinstance(row, KindRow) else row.place) in known
            await pilot.press("escape")


@pytest.mark.parametrize("model", [None, 3, {"layers": 3}, {"layers": [3, {"type": "odd"}, {"type": []}]}])
def test_a_draft_that_is_all_wrong_still_has_the_knobs_of_no_layer(model):
    places = [place for place, _ in knob_places(Draft({"model": model, "compile": 7, "data": []}))]
    assert ("seed",) in places
    assert not any(place[0] == "model" for place in places)


async def test_keys_after_the_leave_harm_nobody(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        app.exit()
        for mode in ("compile", "train", "data"):
            app.switch_mode(mode)
        await pilot.press("t")
    assert app.return_code == 0
    assert not any(hasattr(asked, "model") for asked in app._session.asked)


async def test_the_schedule_is_drawn(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.choose(("compile", "schedule"), "one_cycle")
        await pilot.press("3")
        await pilot.pause()
        assert "▁▁▂▃▄▆▇███" in text(app, "amounts")
        assert "from 4e-05 up to 0.001 and down to 0 in" in text(app, "amounts")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert "▁" not in text(app, "amounts")
        assert app.screen.query_one(Chart).view.lines[0].curve.y[0] == pytest.approx(4e-05)


async def test_own_data_show_their_images_and_sizes(app, tmp_path):
    labels = np.arange(20) % 2
    np.savez(tmp_path / "own.npz", x_train=np.full((20, 8, 8, 3), 200, np.uint8), y_train=labels)
    async with app.run_test(size=(120, 40)) as pilot:
        app.draft = app.draft.set(("data", "source"), str(tmp_path / "own.npz")).set(("data", "validation"), 0.5)
        app.draft = app.draft.set(("model", "layers", 2, "units"), 2)
        await pilot.press("1")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "10 images to train on" in text(app, "sizes")
        assert "8×8×3" in text(app, "sizes")
        assert len(app.screen.query("Classes Picture")) == 2


async def test_an_early_stop_says_why(app):
    async with app.run_test(size=(120, 40)) as pilot:
        why = "val_loss no better for 3 epochs than 0.3500 in epoch 2"
        early = runs.DONE.model_copy(update={"reason": "early_stopped", "why": why})
        app._session.tell(*runs.training(5), early)
        await pilot.press("4")
        await pilot.pause()
        assert why in text(app, "remark")
        assert "✓ early stopped" in str(app.screen.query_one(Subject).render())


@pytest.mark.parametrize("shape", [(1, 1), (1, 28), (28, 1), (64, 3), (29, 31, 3)])
async def test_images_of_any_shape_are_drawn(app, shape):
    async with app.run_test(size=(80, 24)) as pilot:
        image = Picture(np.full(shape, 255, np.uint8))
        await app.screen.mount(image)
        await pilot.pause()
        assert image.size.width <= 16
        assert {value for row in image.dots for value in row} == {(255, 255, 255)}


async def test_own_images_are_shown_while_the_model_does_not_fit_them(app, tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.full((30, 8, 8), 200, np.uint8), y_train=np.arange(30) % 3)
    async with app.run_test(size=(120, 40)) as pilot:
        app.draft = app.draft.set(("data", "source"), str(tmp_path / "own.npz"))
        await pilot.press("1")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.draft.check.experiment is None
        assert len(app.screen.query("Classes Picture")) == 3
