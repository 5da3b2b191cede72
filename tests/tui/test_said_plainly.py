"""What somebody asks who tries it all for the first time: what is the rate now, why does it not learn, where was I."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.widgets import Static

from engine.runs.curve import Curve
from engine.runs.directory import RunDirectory
from engine.runs.events import Changed, CheckpointSaved, Epoch, Progress
from engine.runs.history import History
from engine.runs.lock import Whereabouts
from engine.runs.words import knob_in_words, told
from engine.spec.document import load, with_settings
from engine.spec.draft import Draft
from engine.spec.schedules import Length
from tests.tui import made, runs
from tests.tui.widgets.test_chart import draw
from tui.content.run_log import RunLog
from tui.content.train_views import marks
from tui.settings.key_names import KeyNames
from tui.snapshot import Snapshot, Watched
from tui.widgets.view import Line, View
from tui.words.train import cursor_remark, numbers_lines, remark

LR = "compile.optimizer.learning_rate"


def key(name: str) -> str:
    return name


def lowered(step: int, value: float, number: int = 0) -> Changed:
    return Changed(
        time=1.0, step=step, epoch=1, place=LR, value=value, before=0.001, why="val_loss no better", number=number
    )


def with_rates(events):
    """Have the learning rate of a run fall from step to step, as a schedule does it."""
    return [
        each.model_copy(update={"learning_rate": 0.001 / (1 + each.step / 1875)})
        if isinstance(each, Progress)
        else each
        for each in events
    ]


def test_the_learning_rate_is_read_where_it_changes():
    history = History().after(with_rates(runs.training(2.0)))
    assert numbers_lines(history, ("CPU 97%",), 100).plain.splitlines()[0].endswith("lr 0.000333   CPU 97%")
    assert "step 1,875, learning rate 0.0005." in cursor_remark(history, 1.0, key).plain
    # Nothing is made up between two that were told: it is that of its chunk.
    there = 0.001 / (1 + 2000 / 1875)
    assert history.learning_rate_at(1.0 + 1 / 30) == history.learning_rate_at(1.0 + 1 / 15) == there
    assert "lr" not in numbers_lines(History().after(runs.training(2.0)), (), 100).plain


STEPS = ("compile.schedule={type='step', every=1, factor=0.5}",)


def scheduled(asked, chunk: int):
    """The events of a run whose schedule is that of an experiment, told in chunks of so many steps."""
    rate, length = asked.compile.schedule.rate, Length(5, 1875)
    for each in runs.training(3.0):
        if not isinstance(each, Progress):
            yield each
        elif each.step % chunk == 0:
            yield each.model_copy(update={"learning_rate": rate(asked.learning_rate, each.step - 1, length)})


@pytest.mark.parametrize("chunk", [125, 1250])
def test_the_rate_at_the_cursor_is_that_of_the_schedule(chunk):
    asked = made.experiment(*STEPS)
    history = History().after(scheduled(asked, chunk))
    rates = [history.learning_rate_at(at, asked) for at in (0.0, 0.9, 1.0, 1.001, 1.62, 2.0, 2.3, 9.0)]
    assert rates == [0.001, 0.001, 0.001, 0.0005, 0.0005, 0.0005, 0.00025, 0.00025]
    assert "learning rate 0.0005." in cursor_remark(history, 1.62, key, asked).plain
    cosine = made.experiment("compile.schedule={type='cosine'}")
    history = History().after(scheduled(cosine, chunk))
    expected = cosine.compile.schedule.rate(0.001, round(1.62 * 1875) - 1, Length(5, 1875))
    assert history.learning_rate_at(1.62, cosine) == expected


def test_the_rate_at_the_cursor_is_that_of_its_chunk_where_the_schedule_says_something_else():
    asked = made.experiment(*STEPS)
    events = [
        each.model_copy(update={"learning_rate": 0.02}) if isinstance(each, Progress) and each.step > 2000 else each
        for each in scheduled(asked, 125)
    ]
    history = History().after([*events, lowered(2000, 0.04, 1)])  # turned by hand
    assert [history.learning_rate_at(at, asked) for at in (0.5, 1.05, 1.2, 2.9)] == [0.001, 0.0005, 0.02, 0.02]


async def test_the_cursor_on_train_reads_the_schedule_of_the_run(app):
    asked = made.experiment(*STEPS)
    history = History().after(scheduled(asked, 1250))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        app.snapshot = Snapshot(watched=Watched(RunDirectory(Path("/r/a-1")), history, asked=asked))
        await pilot.pause()
        app.screen.look_at(replace(app.screen.look, cursor=1.9))
        await pilot.pause()
        assert "learning rate 0.0005." in str(app.screen.query_one("#remark", Static).content)


def test_weights_that_were_gone_back_to_are_called_by_their_epoch():
    back = CheckpointSaved(time=1.0, step=7500, epoch=4, file="restored.npz", back_to=3)
    before = History().after(runs.training(4.0))
    history = before.after([back])
    assert "✓ restored.npz, epoch 3" in numbers_lines(history, (), 100).plain
    assert told(back, 5) == ["went back to the weights of epoch 3, in restored.npz"]
    assert history.checkpoints == before.checkpoints  # nothing more was saved of epoch 4


def test_the_log_says_whose_weights_were_gone_back_to(tmp_path):
    run = RunDirectory(tmp_path / "a-1")
    run.path.mkdir()
    saved = [
        CheckpointSaved(time=1.0, step=7500, epoch=4, file="last.npz"),
        CheckpointSaved(time=1.0, step=7500, epoch=4, file="restored.npz", back_to=3),
    ]
    run.events.write_text("".join(each.model_dump_json() + "\n" for each in (runs.STARTED, *saved)))
    said = [line.partition("  ")[2] for line in RunLog(run).read().events][-2:]
    assert said == ["saved last.npz, epoch 4", "went back to the weights of epoch 3, in restored.npz"]


def test_changes_that_stand_close_do_not_hide_each_others_words():
    history = History().after([*runs.training(4.5), *(lowered(1875 * n, 0.001 * 0.3**n, n) for n in range(1, 5))])
    assert [words for _, words in marks(history)] == ["lr 0.0003", "lr 9e-05", "lr 2.7e-05", "lr 8.1e-06"]
    curve = Curve((0.0, 4.5), (0.3, 0.8))
    for width in (30, 48, 80):
        view = View((Line(curve, "x"),), 4.5, marks=marks(history))
        drawn = draw(view, width, 12)
        said = [words for _, words in marks(history) if words in drawn]
        assert "lr 8.1e-06" in said  # the newest first
        assert drawn.count("lr ") == len(said)  # none of them in part
    assert len(said) == 4


def test_a_learning_rate_that_was_lowered_at_once_is_never_between():
    late = [
        each.model_copy(update={"learning_rate": 0.0003}) if isinstance(each, Progress) and each.step > 1875 else each
        for each in runs.training(2.0)
    ]
    history = History().after([*late, lowered(1875, 0.0003)])
    assert [history.learning_rate_at(x) for x in (0.5, 0.999, 1.01, 1.5, 9.0)] == [0.001, 0.001, 0.0003, 0.0003, 0.0003]
    assert History().learning_rate_at(1.0) is None


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (LR, "learning rate"),
        ("model.layers[1].kernel_regularizer.strength", "layer 2, kernel regularizer strength"),
        ("model.layers[2].rate", "layer 3, rate"),
    ],
)
def test_a_knob_that_was_turned_is_called_as_one_speaks_of_it(place, words):
    assert knob_in_words(place) == words
    assert told(lowered(1, 0.5).model_copy(update={"place": place}), 5) == [f"{words} is now 0.5: val_loss no better"]


def test_the_last_validation_is_shown_while_newer_epochs_have_none():
    events = [
        each.model_copy(update={"validation": {}})
        if getattr(each, "epoch", 0) == 2 and hasattr(each, "confusion")
        else each
        for each in runs.training(2.0)
    ]
    line = numbers_lines(History().after(events), (), 100).plain.splitlines()[1]
    assert line.startswith("val    loss 0.")
    assert "points @ 1" in line


def guessing(epochs: float):
    """A run that learns nothing."""
    names = ("sparse_categorical_accuracy",)
    for each in runs.training(epochs):
        update = {}
        if hasattr(each, "best") and hasattr(each, "validation"):
            update = {"validation": {"loss": 2.303, names[0]: 0.1}}
            update["best"] = each.best.model_copy(update={"accuracy": 0.1})
        yield each.model_copy(update=update)


async def test_at_its_end_a_network_that_learnt_nothing_is_still_told_so(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        app._session.tell(*guessing(5), runs.DONE)
        await pilot.pause()
        said = str(app.screen.query_one("#remark", Static).content)
        assert "After 5 epochs it is no better than guessing among 10 classes" in said
        app._session.tell(*runs.training(5), runs.DONE)
        await pilot.pause()
        said = str(app.screen.query_one("#remark", Static).content)
        assert "guessing" not in said
        assert "t trains again" in said
        app.draft = app.draft.set(("fit", "epochs"), 7)
        app._session.tell(*runs.training(5), runs.DONE, asked=made.experiment("fit.epochs=6"))
        await pilot.pause()
        assert "t trains what you edit, notes-baseline" in str(app.screen.query_one("#remark", Static).content)
        app.draft = app.draft.set(("fit", "epochs"), "many")
        app._session.tell(*runs.training(5), runs.DONE, asked=None)
        await pilot.pause()
        assert "t trains" not in str(app.screen.query_one("#remark", Static).content)


async def test_a_network_that_learns_nothing_is_told_why_that_may_be(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        app._session.tell(*guessing(1.5))
        await pilot.pause()
        assert "guessing gives ln 10" in str(app.screen.query_one("#remark", Static).content)
        app._session.tell(*guessing(2.5))
        await pilot.pause()
        said = str(app.screen.query_one("#remark", Static).content)
        assert said.startswith(
            "After 2 epochs it is no better than guessing among 10 classes: look at the initial weights"
        )
        app._session.tell(*runs.training(2.5))
        await pilot.pause()
        assert "no better than guessing" not in str(app.screen.query_one("#remark", Static).content)


def remark_of(events, asked) -> str:
    app = KeyNames()
    watched = Watched(RunDirectory(Path("run-1")), History().after(events), where=Whereabouts.HERE, asked=asked)
    return str(remark(Draft.new(load("notes-baseline")), Snapshot(watched=watched), app.key))


def unseen(each, *epochs: int):
    """Have some epochs not be validated."""
    if isinstance(each, Epoch) and each.epoch in epochs:
        return each.model_copy(update={"validation": {}, "confusion": ()})
    return each


def test_guessing_is_judged_by_the_classes_that_there_are(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.full((30, 8, 8), 200, np.uint8), y_train=np.arange(30) % 5)
    own = made.experiment(
        f"data.source='{tmp_path / 'own.npz'}'", "data.validation=0.5", "data.limit=30", "model.layers[2].units=5"
    )
    of_ten = list(guessing(2.5))
    five = [
        each.model_copy(update={"confusion": ((2,) * 5,) * 5}) if isinstance(each, Epoch) else each for each in of_ten
    ]
    # An accuracy of 0.1 is that of guessing among ten, and among five, too.
    assert "among 5 classes" in remark_of([unseen(each, 2) for each in five], None)
    assert "among 5 classes" in remark_of([unseen(each, 1, 2) for each in five], own)
    assert "guessing gives ln 5 = 1.61" in remark_of(five[:10], own)
    assert "guessing" not in remark_of([unseen(each, 1, 2) for each in five], None)
    assert "guessing" not in remark_of(five[:10], None)
    (tmp_path / "own.npz").unlink()
    assert "guessing" not in remark_of(five[:10], own)


def test_a_run_that_began_with_weights_of_another_is_not_judged_by_its_first_loss_after_it_was_resumed():
    loading = made.experiment("checkpoint.load_if_exists=true")
    resumed = [runs.STARTED.model_copy(update={"resumed": True}), *runs.training(1.5)[1:]]
    assert "guessing gives" not in remark_of(resumed, loading)
    assert "guessing gives" in remark_of(resumed, made.experiment())
    anew = [runs.STARTED.model_copy(update={"loaded": None}), *runs.training(1.5)[1:]]
    assert "guessing gives" in remark_of(anew, loading)


async def test_a_penalty_is_no_bad_start(app):
    events = [
        each.model_copy(update={"loss": each.loss + 3, "penalty": 3.0}) if isinstance(each, Progress) else each
        for each in runs.training(0.5)
    ]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        app._session.tell(*events)
        await pilot.pause()
        said = str(app.screen.query_one("#remark", Static).content)
        assert said.startswith(
            "The loss began at 2.31 without its penalty; guessing gives ln 10 = 2.30: about the same."
        )


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ((), "lr 0.001 throughout"),
        (("fit.reduce_on_plateau={}",), "lr 0.001, and lower at each plateau"),
        (("compile.schedule={type='step'}",), "lr from 0.001 to 0.00025 in 5 epochs"),
        (("compile.schedule={type='cosine'}", "fit.epochs=1"), "lr from 0.001 to 0 in 1 epoch"),
        (("compile.schedule={type='one_cycle'}",), "lr from 4e-05 up to 0.001 and down to 0 in 5 epochs"),
    ],
)
async def test_what_the_learning_rate_does_is_said_in_words(app, settings, says):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        app.draft = app.draft.opened(with_settings(load("notes-baseline"), settings))
        await pilot.pause()
        lines = str(app.screen.query_one("#amounts", Static).content).splitlines()
        assert lines[1] == says  # below its curve


async def test_the_arrow_after_escape_comes_back_to_the_knob_that_was_left(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", *["down"] * 4)
        left = app.screen.row.place
        for arrow in ("down", "up", "tab"):
            await pilot.press("escape")
            assert app.screen.focused is None
            await pilot.press(arrow)
            assert app.screen.row.place == left
        await pilot.press("down")
        assert app.screen.row.place != left


async def test_several_names_stand_with_commas(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab")
        while app.screen.row.place != ("compile", "metrics"):
            await pilot.press("down")
        assert "1 to 3 values with commas between" in " ".join(app.screen._explained.split())
