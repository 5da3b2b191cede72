"""What a person does with a run on the screens: turn its knobs, save, stop, resume, fork; what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from engine.runs.directory import RunDirectory
from engine.runs.events import Changed, Finished, Progress, Started
from engine.runs.history import History
from engine.runs.lock import Whereabouts
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.schedules import Length
from tests.tui import made, runs
from tui.messages import ForksFound, KnobsFound
from tui.screens.dialog import Dialog
from tui.screens.turn import TurnScreen
from tui.snapshot import Snapshot, Watched
from tui.widgets.chart import Chart
from tui.widgets.frame import Keys, Subject
from tui.words.train import remark

STOPPED = Finished(time=3.0, step=4000, epoch=3, reason="stopped")
NAME = "notes-baseline-1"


def text(app, name: str) -> str:
    return str(app.screen.query_one(f"#{name}", Static).content)


def keys(app) -> str:
    return str(app.screen.query_one(Keys).render())


def subject(app) -> str:
    return str(app.screen.query_one(Subject).render())


@pytest.fixture
def experiment():
    document = with_settings(load("mlp-regularized"), ["name=mlp"])
    return check(document).experiment_or_raise()


async def shown(app, pilot, *events, **known):
    await pilot.pause()
    await pilot.press("4")
    app._session.tell(*events, **known)
    await pilot.pause()


async def test_the_keys_of_a_run_that_trains(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(app, pilot, *runs.training(2.5))
        for word in ("pause", "stop", "lr …", "checkpoint", "fork"):
            assert word in keys(app)
        assert "resume" not in keys(app)
        await pilot.press("k", "l", "f", "r")
        assert app._session.asked[-3:] == [("save", NAME), ("knobs", NAME), ("forks", NAME)]


async def test_a_knob_is_turned(app, experiment):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5))
        app.post_message(KnobsFound(RunDirectory(app.runs / NAME), experiment))
        await pilot.pause()
        assert isinstance(app.screen, TurnScreen)
        assert "size of each step" in text(app, "explain")
        await pilot.press("ctrl+u", *"0.5", "enter")
        await pilot.pause()
        assert not isinstance(app.screen, TurnScreen)
        assert app._session.asked[-1] == ("turn", NAME, "compile.optimizer.learning_rate", 0.5)


COSINE = "compile.schedule={type='cosine', warmup_epochs=0.0}"


async def test_under_a_schedule_the_present_rate_is_shown_beside_the_base_rate_that_is_changed(app):
    asked = made.experiment(COSINE)
    length = Length(asked.fit.epochs, asked.steps_per_epoch)

    def scheduled(each):
        if not isinstance(each, Progress):
            return each
        return each.model_copy(update={"learning_rate": asked.compile.schedule.rate(0.001, each.step - 1, length)})

    events = [scheduled(each) for each in runs.training(2.5)]
    history = History().after(events)
    now = asked.compile.schedule.rate(0.001, history.progress.step - 1, length)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *events)
        watched = Watched(RunDirectory(app.runs / NAME), history, asked=asked)
        app.post_message(KnobsFound(watched.run, asked, history.scheduled_share(asked)))
        await pilot.pause()
        titles = [str(each.content) for each in app.screen.query("Horizontal Static").results(Static)]
        assert titles[0] == f"learning rate: base rate (now {now:.3g})"
        assert f"The cosine schedule makes {now:.3g} of it now" in text(app, "explain")
        await pilot.press("ctrl+u", *"0.002")
        assert f"makes {2 * now:.3g} of it now" in text(app, "explain")
    assert history.scheduled_share(made.experiment()) is None
    # A base rate that was changed just now is not that of the last step.
    changed = Changed(time=9.0, step=history.progress.step, epoch=3, place="compile.optimizer.learning_rate",
                      value=0.01, before=0.001, why="by hand", number=1)  # fmt: skip
    turned = made.experiment(COSINE, "compile.optimizer.learning_rate=0.01")
    assert history.after([changed]).scheduled_share(turned) == pytest.approx(now / 0.001)
    watched = Watched(RunDirectory(Path("x-1")), history.after([changed]), asked=asked, where=Whereabouts.HERE)
    said = remark(app.draft, Snapshot(watched=watched), app.key).plain
    assert said == "┆ base learning rate went from 0.001 to 0.01, by hand."


async def test_only_what_was_changed_is_turned_and_what_cannot_be_is_said(app, experiment):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5))
        app.post_message(KnobsFound(RunDirectory(app.runs / NAME), experiment))
        await pilot.pause()
        asked = len(app._session.asked)
        for wrong, why in (("-1", "greater than 0"), ("x", "'x' is no number"), ("", "'' is no number")):
            await pilot.press("ctrl+u", *wrong)
            assert why in text(app, "explain")
            await pilot.press("enter")
            assert isinstance(app.screen, TurnScreen)
        await pilot.press("ctrl+u", *f"{experiment.learning_rate:g}", "enter")
        await pilot.pause()
        assert len(app._session.asked) == asked
        app.post_message(KnobsFound(RunDirectory(app.runs / NAME), experiment))
        await pilot.pause()
        titles = [str(each.content) for each in app.screen.query("Horizontal Static").results(Static)]
        assert any("Dropout: rate" in title for title in titles)
        while "Dropout" not in titles[int(app.screen.focused.id.removeprefix("knob-"))]:
            await pilot.press("down")
        await pilot.press("ctrl+u", *"0.75", "up", "down", "enter")
        await pilot.pause()
        command, _, place, value = app._session.asked[-1]
        assert (command, value) == ("turn", 0.75)
        assert place.endswith(".rate")


async def test_nothing_is_turned_by_leaving(app, experiment):
    async with app.run_test(size=(40, 15)) as pilot:
        await shown(app, pilot, *runs.training(2.5))
        app.post_message(KnobsFound(RunDirectory(app.runs / NAME), experiment))
        await pilot.pause()
        assert isinstance(app.focused, Input)
        asked = list(app._session.asked)
        await pilot.press("9", "escape")
        assert not isinstance(app.screen, TurnScreen)
        assert app._session.asked == asked


async def test_what_was_turned_is_marked_and_said(app):
    changed = Changed(time=1.0, step=4600, epoch=3, place="compile.optimizer.learning_rate", value=0.01, before=0.001,
                      why="by hand", number=1)  # fmt: skip
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5), changed)
        assert "learning rate went from 0.001 to 0.01, by hand" in text(app, "remark")
        for chart in app.screen.query(Chart):
            assert chart.view.marks == ((4600 / 1875, "lr 0.01"),)


async def test_a_stopped_run_is_resumed(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5), STOPPED)
        assert "r goes on" in text(app, "remark")
        assert "resume" in keys(app)
        await pilot.press("r")
        await pilot.pause()
        assert app._session.asked[-1] == ("resume", NAME)


async def test_a_run_that_is_done_has_nothing_to_resume(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(5), runs.DONE)
        assert "resume" not in keys(app)
        assert "fork" in keys(app)


@pytest.mark.parametrize("where", [Whereabouts.GONE, Whereabouts.NOBODY])
async def test_a_run_that_ended_without_a_word_shows_its_log_and_the_way_on(app, where):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5), where=where, words=("I0000 port.cc", "Killed [red]"))
        assert "ended without a word" in text(app, "remark")
        assert "r goes on from the last checkpoint" in text(app, "remark")
        assert "Killed [red]" in text(app, "remark")
        assert "✗ ended without a word" in subject(app)
        assert "pause" not in keys(app)
        await pilot.press("r")
        await pilot.pause()
        assert app._session.asked[-1] == ("resume", NAME)


async def test_a_run_on_another_machine_is_only_watched(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5), where=Whereabouts.ELSEWHERE, host="gpu-7")
        assert "trains on gpu-7: here it can only be watched" in text(app, "remark")
        assert f"{NAME} on gpu-7 · ▶" in subject(app)
        for word in ("pause", "stop", "lr …", "checkpoint", "resume"):
            assert word not in keys(app)
        asked = list(app._session.asked)
        await pilot.press("space", "s", "l", "k", "r")
        assert app._session.asked == asked


async def test_a_full_disk_is_said_while_it_lasts(app):
    trouble = "the disk is full: make room, and it goes on by itself"
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(2.5), trouble=trouble)
        assert trouble in text(app, "remark")
        assert "‖ waits for the disk" in subject(app)
        assert "stop" in keys(app)
        app._session.tell(*runs.training(2.6))
        await pilot.pause()
        assert "disk" not in text(app, "remark")


async def test_what_a_person_should_know_of_a_resume_and_of_its_file_is_said(app):
    note = "passed over: last.npz is damaged"
    started = runs.STARTED.model_copy(update={"resumed": True, "notes": (note,)})
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, started, *runs.training(1)[1:])
        assert note in text(app, "remark")
        app._session.tell(*runs.training(1), skipped=3)
        await pilot.pause()
        assert "3 lines of its events could not be read" in text(app, "remark")


async def test_a_fork_becomes_the_draft_and_trains_from_there(app, experiment):
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(app, pilot, *runs.training(5), runs.DONE)
        await pilot.press("f")
        app.post_message(ForksFound(RunDirectory(app.runs / NAME), {3: experiment, 2: experiment}, best=2))
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        assert app.screen._answers == {"1": "epoch 3", "2": "epoch 2 (best)"}
        await pilot.press("2")
        await pilot.pause()
        assert app.current_mode == "compile"
        assert app.draft.document["fork"] == {"run": NAME, "epoch": 2}
        assert app.draft.name == "mlp"
        assert f"fork of {NAME}@2" in subject(app)
        await pilot.press("4")
        assert f"It goes on from {NAME}@2" in text(app, "remark")
        await pilot.press("t")
        await pilot.pause()
        assert app._session.asked[-1].fork.epoch == 2
        await pilot.press("2", "u")
        assert "fork" not in app.draft.document
        assert app.draft.name == "notes-baseline"


async def test_the_only_checkpoint_is_taken_without_a_question(app, experiment):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(1), STOPPED)
        app.post_message(ForksFound(RunDirectory(app.runs / NAME), {1: experiment}, best=1))
        await pilot.pause()
        assert app.draft.document["fork"]["epoch"] == 1


async def test_a_fork_waits_for_the_run_that_trains(app, experiment):
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, *runs.training(1.5))
        app.post_message(ForksFound(RunDirectory(app.runs / NAME), {1: experiment}, best=1))
        await pilot.pause()
        await pilot.press("t")
        assert isinstance(app.screen, Dialog)
        assert f"mlp, a fork of {NAME}@1, can be added to the queue" in app.screen._text
        assert not any(hasattr(asked, "model") for asked in app._session.asked)
        await pilot.press("a")
        await pilot.pause()
        command, asked = app._session.asked[-1]
        assert (command, asked.fork.epoch) == ("queue", 1)


async def test_the_charts_of_a_fork_begin_where_it_was_forked(app):
    started = Started(**{**runs.STARTED.model_dump(), "step": 3750, "epoch": 2, "epochs_done": 2, "parent": "x-1@2"})
    later = [event for event in runs.training(3) if event.step > 3750]
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, started, *later)
        view = app.screen.query_one("#loss", Chart).view
        assert (view.begin, view.end) == (2.0, 5.0)
        assert "It went on from x-1@2" in text(app, "remark")
