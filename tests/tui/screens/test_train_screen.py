"""Train: the keys that look at its charts in other ways, the cursor, the log, and what of the machine is used."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static

from engine.runs.events import Changed, Started, Validated
from engine.runs.history import History
from tests.tui import made, runs
from tui.content.machine import Gpu, Use
from tui.content.train_views import views
from tui.screens.train import TrainScreen
from tui.widgets.chart import Chart
from tui.widgets.frame import Keys
from tui.widgets.tail_log import MOST_LINES, TailLog
from tui.words.train import numbers_lines

CHANGED = Changed(
    time=2.0, step=3000, epoch=2, place="compile.optimizer.learning_rate", value=0.002, before=0.001, why="by hand"
)


def text(app, name: str) -> str:
    return str(app.screen.query_one(f"#{name}", Static).content)


def chart(app, name="loss") -> Chart:
    return app.screen.query_one(f"#{name}", Chart)


@pytest.fixture
async def training(app):
    """The app with a run that trains, in place 4, and its pilot."""
    async with app.run_test(size=(80, 24)) as pilot:
        app._session.tell(*runs.training(2.5), CHANGED)
        await pilot.press("4")
        await pilot.pause()
        yield app, pilot


async def test_the_axes_and_the_smoothing_have_keys_and_the_titles_say_it(training):
    app, pilot = training
    assert text(app, "looks").startswith("g log axis  z zoom y  e steps  m smooth  ← read  + zoom  v log")
    await pilot.press("g")
    assert "loss by epoch · log" in chart(app).border_title
    assert "log" not in chart(app, "accuracy").border_title
    assert text(app, "looks").startswith("g linear axis")
    await pilot.press("e")
    assert "accuracy by step" in chart(app, "accuracy").border_title
    assert "5,000" in str(chart(app).render()).splitlines()[-1]
    await pilot.press("m", "m")
    assert chart(app).border_title == "loss · log · smooth 0.9 · ↑ 2.31"
    for each in app.screen.query(Chart):  # it is seen whole, whatever is chosen
        top = each.render_lines(Region(0, 0, *each.outer_size))[0]
        assert f"─ {each.border_title} ─" in "".join(segment.text for segment in top)
    await pilot.press("g", "e", "m", "m")
    assert chart(app).border_title.startswith("loss by epoch · start ↑")


async def test_zooming_and_panning_move_both_charts(training):
    app, pilot = training
    await pilot.press("plus", "equals_sign")
    windows = {each.look.window for each in app.screen.query(Chart)}
    assert len(windows) == 1
    begin, end = windows.pop()
    assert end - begin == pytest.approx(5 / 4)
    assert "epoch 1." in chart(app).border_title
    await pilot.press("shift+left")
    assert chart(app).look.window[0] < begin
    await pilot.press("shift+right")
    assert chart(app).look.window[0] == pytest.approx(begin)
    await pilot.press("minus")
    assert chart(app).look.window[1] - chart(app).look.window[0] == pytest.approx(5 / 2)
    await pilot.press("0")
    assert chart(app).look.window is None
    assert "0 all" not in text(app, "looks")


async def test_the_cursor_reads_all_lines_and_what_happened_there(training):
    app, pilot = training
    await pilot.press("right", *["left"] * 6)
    at = app.screen.look.cursor
    assert 1 < at < 2
    loss, accuracy = text(app, "numbers").splitlines()
    assert loss.startswith("loss      ━ train 0.")
    assert "o val 0." in accuracy
    assert f"Cursor at epoch {at:.2f}, step {round(at * 1875):,}" in text(app, "remark")
    app.screen.look_at(app.screen.look.__class__(cursor=3000 / 1875))
    assert "learning rate went from 0.001 to 0.002" in text(app, "remark")
    app._session.tell(*runs.training(2.6), CHANGED)
    await pilot.pause()
    assert "Cursor" in text(app, "remark")  # what comes does not take it away
    await pilot.press("escape")
    assert text(app, "numbers").startswith("train  loss")
    assert app.screen.look.cursor is None


async def test_the_mouse_reads_where_it_is_and_a_click_stays(training):
    app, pilot = training
    await pilot.hover("#loss", offset=(20, 5))
    await pilot.pause()
    assert "Cursor" in text(app, "remark")
    await pilot.hover("#remark")
    await pilot.pause()
    assert "Cursor" not in text(app, "remark")
    await pilot.click("#loss", offset=(20, 5))
    await pilot.hover("#remark")
    await pilot.pause()
    assert "Cursor" in text(app, "remark")


async def test_the_loss_is_shown_as_its_parts(training):
    app, pilot = training
    await pilot.press("p")
    assert "This run has no penalty" in "".join(note.message for note in app._notifications)
    assert [line.name for line in chart(app).view.lines] == ["train", "val"]
    app._session.tell(*runs.training(2.5, penalty=0.02))
    await pilot.pause()
    assert "p parts" in text(app, "looks")
    await pilot.press("p")
    assert [line.name for line in chart(app).view.lines] == ["loss", "data", "penalty"]
    assert chart(app).border_title == "loss · start ↑ 2.31"  # the legend has the parts, where the title has no room
    await pilot.resize_terminal(120, 40)
    assert chart(app).border_title.startswith("loss = data + penalty by epoch")
    assert Content.from_markup(chart(app).border_subtitle).plain == "━ loss  + data  x penalty"
    await pilot.press("p")
    assert [line.name for line in chart(app).view.lines] == ["train", "val"]


async def test_another_run_is_looked_at_from_the_beginning(training):
    app, pilot = training
    await pilot.press("plus", "left", "g")
    app._session.tell(*runs.training(1), name="notes-baseline-2")
    await pilot.pause()
    assert (app.screen.look.window, app.screen.look.cursor) == (None, None)
    assert app.screen.look.log


async def test_before_the_first_run_there_is_nothing_to_look_at(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4", "g", "plus", "left", "p", "v", "m")
        assert text(app, "looks") == ""
        assert app.screen.look == TrainScreen().look
        assert not app.screen.has_class("-log")


async def test_checkpoints_and_points_within_an_epoch_are_seen(training):
    app, pilot = training
    validated = Validated(time=1.0, step=4000, epoch=3, validation={"loss": 0.5, "sparse_categorical_accuracy": 0.8})
    app._session.tell(*runs.training(2.5), validated)
    await pilot.pause(0.6)
    assert chart(app).view.lines[1].curve[-1] == (4000 / 1875, 0.5)
    bottom = str(chart(app).render()).splitlines()[-2]
    assert "▴" in bottom
    assert "◆" in bottom


def test_a_resumed_run_shows_each_point_once_and_takes_back_what_it_repeats():
    def point(step, loss):
        return Validated(time=1.0, step=step, validation={"loss": loss})

    again = runs.STARTED.model_copy(update={"step": 2500, "epochs_done": 1, "resumed": True})
    assert isinstance(again, Started)
    history = History().after([*runs.training(2), point(2500, 0.6), point(3000, 0.7), again, point(2500, 0.6)])
    losses = views(history, parts=False)[0].lines[1].curve
    assert losses.x == (1.0, 2500 / 1875)
    assert history.checkpoints.x == (1.0, 1.0)


async def test_the_log_tells_what_happened_and_what_was_printed(app):
    async with app.run_test(size=(80, 24)) as pilot:
        run = made.make(*runs.training(2.2), CHANGED)
        run.log.write_text("a warning \x1b[31m\n[bold]markup[/bold]\nlast words")
        app._session.tell(*runs.training(2.2), name=run.name)
        await pilot.press("4", "v")
        await pilot.pause(0.8)
        happened, printed = app.screen.query_one("#happened", TailLog), app.screen.query_one("#printed", TailLog)
        told = "\n".join(happened.lines)
        assert "101,770 parameters" in told
        assert "epoch 2/5  loss 0." in told
        assert "saved best.npz, epoch 2, the best so far" in told
        assert "learning rate is now 0.002" in told
        assert list(printed.lines) == ["a warning \\x1b[31m", "[bold]markup[/bold]", "last words"]
        assert text(app, "looks") == "v charts"
        made.append(run, runs.FAILED)
        await pilot.pause(0.8)
        assert "failed: the loss became nan" in happened.lines[-1]
        await pilot.press("v")
        assert not app.screen.has_class("-log")
        assert app.screen.focused is None


async def test_the_log_stays_where_one_reads_and_counts_what_came(app):
    async with app.run_test(size=(80, 24)) as pilot:
        run = made.make(*runs.training(1))
        app._session.tell(*runs.training(1), name=run.name)
        await pilot.press("4", "v")
        await pilot.pause(0.3)
        log = app.screen.query_one("#printed", TailLog)
        log.extend(f"line {number} {'long ' * (number % 9)}" for number in range(100))
        await pilot.pause()
        assert log.scroll_y == log.max_scroll_y
        log.focus()
        await pilot.press("pageup")
        await pilot.pause(0.5)
        before = log.scroll_y
        assert before < log.max_scroll_y
        log.extend(["new", "newer"])
        await pilot.pause()
        assert log.scroll_y == before
        assert log.border_subtitle == "+2 new, end shows them"
        await pilot.press("end")
        await pilot.pause(0.5)
        assert log.scroll_y == log.max_scroll_y
        assert log.border_subtitle == ""
        log.extend(str(number) for number in range(MOST_LINES + 5))
        assert log.lines[0] == "5"


async def test_keys_and_lines_fit_narrow_and_short_terminals(app):
    async with app.run_test(size=(40, 15)) as pilot:
        app._session.tell(*runs.training(2.5))
        await pilot.press("4", "left")
        await pilot.pause()
        for line in [*text(app, "numbers").splitlines(), text(app, "looks")]:
            assert len(line) <= 38
        assert "pause" in str(app.screen.query_one(Keys).render())


async def test_the_use_of_the_machine_is_said_while_it_trains(training, monkeypatch):
    app, pilot = training

    async def look(self, run, *, gpu):
        assert not gpu
        return Use(187.4, 912_000_000)

    monkeypatch.setattr("tui.content.machine.Meter.look", look)
    app.screen._measure()
    await pilot.pause()
    await pilot.pause()
    assert text(app, "numbers").splitlines()[0].endswith("CPU 187% 0.9 GB")
    app._session.tell(*runs.training(2.5), runs.PAUSED)
    await pilot.pause()
    assert "CPU" not in text(app, "numbers")


def test_where_there_is_little_room_the_gpu_comes_first():
    history = History().after(runs.training(2.5))
    words = Use(100.0, 10**9, (Gpu(97, 12 * 10**9, 80 * 10**9),)).words
    assert words == ("GPU 97% 12.0/80 GB", "CPU 100% 1.0 GB")
    assert "GPU 97%" in str(numbers_lines(history, words, 78))
    assert "CPU" not in str(numbers_lines(history, words, 78))
    wide = str(numbers_lines(history, words, 118))
    assert wide.splitlines()[0].endswith("GPU 97% 12.0/80 GB   CPU 100% 1.0 GB")
    assert "GB" not in str(numbers_lines(history, words, 38))


async def test_whose_weights_a_run_began_with_stands_where_its_start_is_told(app):
    before = "/home/me/runs/notes-baseline-2/checkpoints/last.npz"
    asked = made.experiment("checkpoint.load_if_exists=true")
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("checkpoint", "load_if_exists"), True)
        await pilot.press("4")
        assert "weights of the newest run of its name" in text(app, "remark")
        started, *others = runs.training(1.5)
        for loaded, words in (
            (before, "It began with the weights of notes-baseline-2's last.npz."),
            ("", "No other run of its name has a checkpoint: it began anew. The loss began at 2.31"),
        ):
            app._session.tell(started.model_copy(update={"loaded": loaded}), *others, asked=asked)
            await pilot.pause()
            assert text(app, "remark").startswith(words)
        fork = started.model_copy(update={"loaded": "parent.npz", "parent": "a-1@3"})
        app._session.tell(fork, *others, asked=asked)
        await pilot.pause()
        assert text(app, "remark") == "It went on from a-1@3."
