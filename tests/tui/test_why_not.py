"""No key of Runs and Train is silent: in whatever state a run is, it does something, or says why it does not."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from textual.widgets import Static

from engine.runs.lock import Holder, Whereabouts, held
from tests.tui import made, runs
from tests.tui.at_runs import arrive
from tui.screens.dialog import Dialog
from tui.screens.runs import RunsScreen
from tui.screens.train import TrainScreen

NAME = "notes-baseline-1"
STOPPED = runs.DONE.model_copy(update={"reason": "stopped", "epoch": 2, "step": 3750})
QUIET = "escape"
"""It takes something away, and where there is nothing no one expects a word."""


def actions_of(place):
    """Return the actions of a place by their keys, those with the same key together."""
    found = {}
    for kind in place.__mro__:
        for each in kind.__dict__.get("BINDINGS", ()):
            for key in each.key.split(",") if getattr(each, "id", None) else ():
                if key != QUIET:
                    found.setdefault(key, []).append(each.action.partition("(")[0])
    return found


async def said(app, pilot, key) -> str:
    """Press a key that cannot be used, and return what is said."""
    asked, screen = list(app._session.asked), app.screen
    app.clear_notifications()
    app._explained = "", 0.0
    await pilot.press(key)
    assert (app._session.asked, app.screen) == (asked, screen), key
    notes = [note.message for note in app._notifications]
    assert len(notes) == 1, f"{key}: {notes}"
    return notes[0]


async def all_said(app, pilot) -> dict[str, str]:
    """Press all keys of the place that are not offered, and return what is said of each action."""
    found = {}
    for key, actions in actions_of(type(app.screen)).items():
        if not any(app.screen.check_action(action, ()) for action in actions):
            found[actions[0]] = await said(app, pilot, key)
    return found


RUNS = {
    "not begun": (
        (),
        {},
        {"open": "r trains it", "fork": "no whole epoch", "stop": "nothing to stop", "first": "queue"},
    ),
    "queued": (
        (),
        {"queued": True},
        {"rename": "Take it out with s", "resume": "in its turn", "open": "when it is its turn"},
    ),
    "waiting": ((), {"here": True}, {"rename": "s stops it", "resume": "already", "fork": "no whole epoch"}),
    "training": (runs.training(1.5), {"here": True}, {"rename": "s stops it", "resume": "in progress already"}),
    "paused": ((*runs.training(1.5), runs.PAUSED), {"here": True}, {"rename": "s stops it", "first": "not wait"}),
    "done": ((*runs.training(5), runs.DONE), {}, {"resume": "all of it is trained", "stop": "not in progress"}),
    "stopped": ((*runs.training(2), STOPPED), {}, {"stop": "nothing to stop", "first": "does not wait"}),
    "failed": ((*runs.training(0.5), runs.FAILED), {}, {"stop": "nothing to stop", "fork": "no whole epoch"}),
    "crashed": (runs.training(1.5), {}, {"stop": "nothing to stop"}),
    "elsewhere": (runs.training(1.5), {"host": "gpu-box"}, {"stop": "Only gpu-box can stop", "rename": "on gpu-box"}),
}


@pytest.mark.parametrize("state", RUNS)
async def test_in_runs_every_key_that_is_not_offered_says_why(app, state):
    events, holder, expected = RUNS[state]
    run = made.make(*events)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        with ExitStack() as stack:
            if holder.get("here") or holder.get("queued"):
                stack.enter_context(held(run, Holder.me(None, queued=holder.get("queued", False))))
            if "host" in holder:
                made.lock(run, host=holder["host"], boot="another")
            await arrive(pilot, 1)
            told = await all_said(app, pilot)
    assert {action for action in told if NAME not in told[action]} == set()
    for action, words in expected.items():
        assert words in told[action]


async def test_in_runs_without_runs_the_keys_say_how_to_make_one(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrive(pilot, 0)
        await pilot.pause(0.2)
        told = await all_said(app, pilot)
        assert told.keys() == {actions[0] for actions in actions_of(RunsScreen).values()}
        assert all("No runs yet. t trains" in words for words in told.values())
        assert "in 1 to 4" in await said(app, pilot, "c")
        assert "nothing to undo" in await said(app, pilot, "u")
        await pilot.press("ctrl+c")
        assert app._leaving  # Textual's own keys go their way


async def test_one_that_is_on_another_host_is_not_deleted_and_that_is_said(app):
    made.lock(made.make(*runs.training(1.5)), host="gpu-box", boot="another")
    async with app.run_test(size=(80, 24)) as pilot:
        await arrive(pilot, 1)
        await pilot.press("backspace")
        assert isinstance(app.screen, Dialog)
        assert "Only gpu-box can stop it" in app.screen._text


ELSEWHERE = {"where": Whereabouts.ELSEWHERE, "host": "gpu-box"}
QUEUED = {"where": Whereabouts.QUEUED}
GONE = {"where": Whereabouts.GONE}
TRAIN = {
    "starting": (
        (),
        {},
        {"turn": "being prepared", "save": "being prepared", "resume": "already", "steps": "no curves"},
    ),
    "training": (runs.training(0.5), {}, {"fork": "no whole epoch", "parts": "no penalty", "wider": "+ zooms in"}),
    "paused": ((*runs.training(1.5), runs.PAUSED), {}, {"resume": "already"}),
    "done": ((*runs.training(5), runs.DONE), {}, {"pause": "is done", "resume": "is done", "save": "t trains"}),
    "stopped": ((*runs.training(2), STOPPED), {}, {"pause": "r goes on", "stop": "was stopped"}),
    "failed": ((*runs.training(0.5), runs.FAILED), {}, {"pause": "r tries the same again"}),
    "crashed": (runs.training(1.5), GONE, {"stop": "ended without a word. r goes on"}),
    "queued": ((), QUEUED, {"pause": "in the queue", "resume": "in the queue", "closer": "no curves"}),
    "elsewhere": (runs.training(1.5), ELSEWHERE, {"pause": "on gpu-box", "stop": "only there"}),
}


@pytest.mark.parametrize("state", TRAIN)
async def test_on_train_every_key_that_is_not_offered_says_why(app, state):
    events, known, expected = TRAIN[state]
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._session.tell(*events, **known)
        await pilot.press("4")
        await pilot.pause()
        told = await all_said(app, pilot)
        for action, words in expected.items():
            assert words in told[action], action
        if state == "training":
            assert "trains already" in await said(app, pilot, "t")
            await pilot.press("v")
            assert "v shows the charts again" in await said(app, pilot, "e")


async def test_on_train_without_a_run_the_keys_say_so(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("4")
        told = await all_said(app, pilot)
        assert set(told.values()) == {"There is no run here yet: t trains the experiment."}
        assert told.keys() == {actions[0] for actions in actions_of(TrainScreen).values()}


async def test_what_is_prepared_is_paused_later_which_is_said_once(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._session.tell()
        await pilot.press("4", "space", "space")
        assert app._session.asked[-2:] == [("pause", NAME)] * 2
        assert [note.message for note in app._notifications] == [
            "It pauses as soon as it is prepared, before its first step."
        ]
        app._session.tell(runs.STARTED, runs.PAUSED)
        await pilot.pause()
        assert "‖ Paused" in str(app.screen.query_one("#remark", Static).content)


async def test_redo_is_a_key_of_its_own_on_train_too(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("backspace", "4", "u", "r")
        assert len(app.draft.layers) == 3
        await pilot.press("U")
        assert len(app.draft.layers) == 2


async def test_zooming_in_ends_and_says_so(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._session.tell(*runs.training(1.5))
        await pilot.press("4", *["plus"] * 12)
        assert any("the least that can be seen" in note.message for note in app._notifications)


async def test_where_no_error_that_is_left_says_what_to_do_the_key_that_fixes_says_so(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("2")
        assert await said(app, pilot, "x") == "There is nothing to fix."
        app.draft = app.draft.set(("fit", "epochs"), "many")
        assert app.draft.check.problems
        assert "the choice is yours" in await said(app, pilot, "x")
