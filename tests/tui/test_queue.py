"""The queue on the screens: what is asked while a run trains, what is said of those that wait, what leaving means."""

from __future__ import annotations

from click.testing import CliRunner

from engine.runs.directory import RunDirectory
from engine.runs.library import Condition, overview
from engine.runs.lock import Holder, Whereabouts, held
from engine.worker.protocol import Reply, Status
from tests.tui import made, runs
from tui.commands import runs as run_commands
from tui.messages import NextBegan, Queued
from tui.screens.dialog import Dialog
from tui.session import Session
from tui.widgets.frame import Keys, Places


def notes(app) -> str:
    return " ".join(note.message for note in app._notifications)


async def test_another_experiment_waits_for_its_turn(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(1.5))
        await pilot.pause()
        await pilot.press("4")
        assert "t train" not in str(app.screen.query_one(Keys).render())
        await pilot.press("2")
        app.draft = app.draft.set(("fit", "epochs"), 9)
        await pilot.press("t")
        assert isinstance(app.screen, Dialog)
        assert "notes-baseline, can be added to the queue" in app.screen._text
        await pilot.press("escape")
        assert app._session.asked == ["engine"]
        await pilot.press("t", "a")
        await pilot.pause()
        command, experiment = app._session.asked[-1]
        assert (command, experiment.fit.epochs) == ("queue", 9)
        app.post_message(Queued(RunDirectory(app.runs / "notes-baseline-2"), 0))
        app._session.tell(*runs.training(1.5), asked=None, queue=["notes-baseline-2", "notes-baseline-3"])
        await pilot.pause()
        assert "notes-baseline-2 begins when the run in progress has ended." in notes(app)
        assert "● CPU ×2 · 2 queued" in str(app.screen.query_one(Places).render())
        await pilot.press("t")
        assert "after the 2 that wait already" in app.screen._text
        await pilot.press("escape")
        app.post_message(NextBegan(RunDirectory(app.runs / "notes-baseline-2")))
        await pilot.pause()
        assert "notes-baseline-2: it trains now" in notes(app)


async def test_between_two_runs_of_a_queue_nothing_is_started_out_of_turn(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(5), runs.DONE, queue=["notes-baseline-2"])
        await pilot.pause()
        await pilot.press("t")
        assert isinstance(app.screen, Dialog)


async def test_a_run_that_is_to_go_on_waits_for_its_turn_too(app):
    stopped = RunDirectory(app.runs / "it-1")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(1.5))
        await pilot.pause()
        app.resume_run(stopped)
        await pilot.pause()
        assert "it-1 can be added to the queue" in app.screen._text
        await pilot.press("a")
        await pilot.pause()
        assert app._session.asked[-1] == ("queue", "it-1")


async def test_one_who_leaves_is_told_of_the_queue(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._session.tell(*runs.training(1.5), queue=["notes-baseline-2"])
        await pilot.pause()
        await pilot.press("q")
        assert "goes on with the run that waits in the queue" in app.screen._text
        assert "nothing of the queue begins" in app.screen._text
        await pilot.press("k")
    assert "stop" not in app._session.asked


class Client:
    """An engine whose state is set."""

    def __init__(self):
        self.asked = []
        self.status = Status(phase="idle", pid=1, seconds=1.0, device="CPU")

    def ask(self, command, run=None):
        self.asked.append(command)
        if command == "queue":
            self.status = self.status.model_copy(update={"queue": (*self.status.queue, str(run))})
        return Reply(ok=True, status=self.status)


class Owner:
    def __init__(self):
        self.posted = []

    def post_message(self, message):
        self.posted.append(message)


async def test_the_session_follows_the_queue_where_the_run_before_was_watched():
    session = Session(Owner())
    session._client = client = Client()
    session._answered.set()
    first, second = made.make(), made.make()
    client.status = client.status.model_copy(update={"phase": "training", "run": str(first.path)})
    session._report(client.status)
    await session.train(made.experiment(), later=True)
    third = RunDirectory(first.path.with_name("notes-baseline-3"))
    (queued,) = (each for each in session._owner.posted if isinstance(each, Queued))
    assert (queued.run, queued.before) == (third, 0)
    assert session._follower.seen.run == first
    session._report(client.status.model_copy(update={"run": None}))
    session._report(client.status.model_copy(update={"run": str(third.path), "queue": ()}))
    assert session._follower.seen.run == third
    assert isinstance(session._owner.posted[-2], NextBegan)
    session.watch(second)
    session._report(client.status.model_copy(update={"run": str(first.path), "queue": (str(second.path),)}))
    assert session._follower.seen.run == second
    await session.stop_engine()
    assert client.asked[-2:] == ["clear", "stop"]


def test_stop_on_the_command_line_takes_a_run_out_of_the_queue(monkeypatch):
    run, asked = made.make(), []
    reply = Reply(ok=True, status=Status(phase="idle", pid=1, seconds=1.0))
    monkeypatch.setattr(run_commands, "tell", lambda *given: asked.append(given) or reply)
    with held(run, Holder.me(None, queued=True)):
        assert overview(run).where is Whereabouts.QUEUED
        done = CliRunner().invoke(run_commands.stop, [run.name])
    assert (done.exit_code, asked) == (0, [(run, "stop")])
    assert f"{run.name} is out of the queue" in done.output
    assert overview(run).condition is Condition.EMPTY
