"""Every key of every place, dialog and widget is pressed, and does what it says.

A row a binding, by its id: the function brings about a situation in which the binding is meant to be used, presses,
and looks at what came of it. It is called once for each key that the binding has. Whoever adds a binding adds a row:
without one, its key fails here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, Markdown, OptionList

from engine.runs.directory import RunDirectory
from engine.runs.lock import Holder, held
from tests.tui import made, runs
from tui.bindings import Bound, every
from tui.messages import KnobsFound
from tui.screens.ask import Ask
from tui.screens.dialog import Dialog
from tui.screens.diff import DiffScreen
from tui.screens.help import HelpScreen
from tui.screens.open_draft import OpenDraft
from tui.screens.stacks import ChooseStack
from tui.screens.summary import Summary
from tui.screens.turn import TurnScreen
from tui.widgets.chart import Chart
from tui.widgets.code import CodePanel
from tui.widgets.editors import Choice, Row
from tui.widgets.gallery import Preview
from tui.widgets.image import GreyImage
from tui.widgets.layer_list import LayerList
from tui.widgets.run_list import RunList

NAME = "notes-baseline-1"
STOPPED = runs.DONE.model_copy(update={"reason": "stopped", "epoch": 2, "step": 3750})


@dataclass
class Case:
    """A binding that shall be pressed, in an app."""

    bound: Bound
    key: str
    app: Any
    pilot: Any
    pressed: bool = False

    async def press(self) -> None:
        """Press the key, where it is this binding's."""
        active = self.app.screen.active_bindings.get(self.key)
        assert active is not None, f"{self.key} does nothing here"
        # What a widget of Textual's would do with the key (scroll where there is nothing to scroll) may let it pass.
        assert active.binding.id in (self.bound.id, None), f"{self.key} is {active.binding.id} here"
        await self.pilot.press(self.key)
        await self.pilot.pause()
        self.pressed = True

    async def go(self, *keys: str) -> None:
        """Press keys on the way."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def layers(self) -> list[str]:
        return [row.label for row in self.app.draft.check.rows]

    @property
    def asked(self) -> Any:
        """What the session was asked last."""
        return self.app._session.asked[-1]

    @property
    def focused(self) -> Any:
        return self.app.screen.focused

    def knob(self, *place: str) -> None:
        """Put the focus at a knob."""
        (row,) = (row for row in self.app.screen.query(Row) if row.place == place)
        self.app.screen.set_focus(row.editor)

    async def tell(self, *events: object, place: str = "4") -> None:
        """Have this happen in the watched run, and look at it."""
        await self.go(place)
        self.app._session.tell(*events)
        await self.pilot.pause()

    async def runs(self, *histories: tuple[object, ...]) -> None:
        """Have these runs in the home, and look at them."""
        for events in histories:
            made.make(*events)
        await self.go("6")
        await self.until(lambda: self.app.screen.query_one(RunList).row is not None)

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(200):
            if condition():
                return
            await self.pilot.pause(0.02)
        raise AssertionError("it did not happen")


Pressing = Callable[[Case], Awaitable[None]]
ROWS: dict[str, Pressing] = {}


def row(*ids: str) -> Callable[[Pressing], Pressing]:
    """Name the bindings that a function presses."""

    def keep(function: Pressing) -> Pressing:
        for each in ids:
            assert each not in ROWS, each
            ROWS[each] = function
        return function

    return keep


def pairs() -> list[Any]:
    return [pytest.param(bound, key, id=f"{bound.id}-{key}") for bound in every() for key in sorted(bound.keys)]


@pytest.mark.parametrize(("bound", "key"), pairs())
async def test_every_key_is_pressed_and_does_what_it_says(app, bound, key):
    assert bound.id in ROWS, f"no row in {__name__} presses {bound.id}"
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        case = Case(bound, key, app, pilot)
        await ROWS[bound.id](case)
        assert case.pressed


def test_every_row_is_of_a_binding_that_there_is():
    assert ROWS.keys() <= {bound.id for bound in every()}


# Everywhere


@row("app.train")
async def _(case):
    await case.press()
    assert case.app.current_mode == "train"
    assert case.asked.name == "notes-baseline"


@row("app.undo", "app.redo")
async def _(case):
    await case.go("backspace")
    if case.bound.id == "app.redo":
        await case.go("u")
    before = len(case.layers)
    await case.press()
    assert {before, len(case.layers)} == {2, 3}


@row("draft.remove_unknown_key")
async def _(case):
    case.app.draft = case.app.draft.set(("fit", "foo"), 3)
    await case.press()
    assert "foo" not in case.app.draft.document["fit"]


@row("app.save")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, Ask)


@row("app.open")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, OpenDraft)


@row("go.data", "go.model", "go.compile", "go.train", "go.runs")
async def _(case):
    place = case.bound.id.partition(".")[2]
    await case.go("3" if place != "compile" else "2")
    await case.press()
    assert case.app.current_mode == place


@row("app.quit")
async def _(case):
    await case.press()
    assert case.app._leaving


@row("app.help")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, HelpScreen)


@row("app.palette")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, CommandPalette)


@row("small.quit")
async def _(case):
    await case.pilot.resize_terminal(30, 10)
    await case.pilot.pause(0.1)
    await case.press()
    assert case.app._leaving


# Forms


@row("form.next", "form.tab", "form.down")
async def _(case):
    await case.go("3")
    if case.bound.id != "form.next":
        case.knob("fit", "batch_size")
    before = case.focused
    await case.press()
    assert isinstance(case.focused.parent.parent, Row)
    assert case.focused is not before


@row("form.up")
async def _(case):
    await case.go("3")
    case.knob("fit", "batch_size")
    before = case.focused
    await case.press()
    case.app.screen.focus_next()
    assert case.focused is before


@row("form.leave")
async def _(case):
    await case.go("3", "tab")
    assert case.focused is not None
    await case.press()
    assert case.focused is None


@row("choice.open")
async def _(case):
    await case.go("3")
    case.knob("compile", "optimizer", "type")
    assert isinstance(case.focused, Choice)
    choice = case.focused
    await case.press()
    assert choice.expanded


# The code beside a form


def _code_is_open(case) -> bool:
    return any(each.display for each in case.app.screen.query(CodePanel))


@row("code.show")
async def _(case):
    await case.press()
    assert _code_is_open(case)
    await case.press()
    assert not _code_is_open(case)


@row("code.copy", "code.save_script", "code.close", "code.leave")
async def _(case):
    await case.go("3", "c")
    if case.bound.id == "code.leave":
        case.app.screen.set_focus(None)
    assert _code_is_open(case)
    await case.press()
    assert case.app.clipboard.startswith("# notes-baseline") == (case.bound.id == "code.copy")
    assert isinstance(case.app.screen, Ask) == (case.bound.id == "code.save_script")
    assert _code_is_open(case) == (case.bound.id == "code.copy")


# Data


@row("data.again")
async def _(case):
    await case.go("1")
    await case.until(lambda: len(case.app.screen.query(GreyImage)) == 10)
    before = [image._grey for image in case.app.screen.query(GreyImage)]
    await case.press()
    await case.until(lambda: [image._grey for image in case.app.screen.query(GreyImage)] not in (before, []))


@row("data.draw", "data.preview")
async def _(case):
    await case.go("1")
    assert not case.app.screen.query_one(Preview).display
    await case.press()
    assert case.app.screen.query_one(Preview).display


# Model


@row("model.add")
async def _(case):
    await case.press()
    await case.go(*"dense", "enter")
    assert len(case.layers) == 4


@row("model.edit")
async def _(case):
    await case.go("down")
    await case.press()
    assert isinstance(case.focused, Input)


@row("model.next")
async def _(case):
    await case.go("down")
    await case.press()
    assert not isinstance(case.focused, LayerList)


@row("model.leave")
async def _(case):
    await case.go("down", "enter")
    assert not isinstance(case.focused, LayerList)
    await case.press()
    assert isinstance(case.focused, LayerList)


@row("model.up", "model.up2")
async def _(case):
    await case.go("down")
    await case.press()
    assert case.layers[0] == "Dense 128 relu"


@row("model.down", "model.down2")
async def _(case):
    await case.press()
    assert case.layers[1] == "Flatten"


@row("model.duplicate")
async def _(case):
    await case.press()
    assert case.layers[:2] == ["Flatten", "Flatten"]


@row("model.remove")
async def _(case):
    await case.press()
    assert case.layers == ["Dense 128 relu", "Dense 10 softmax"]


@row("model.template")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, ChooseStack)
    await case.go(*"softmax", "enter")
    assert case.layers == ["Flatten", "Dense 10 softmax"]


@row("model.summary")
async def _(case):
    await case.press()
    assert isinstance(case.app.screen, Summary)


@row("summary.close", "summary.copy")
async def _(case):
    await case.go("s")
    await case.press()
    assert isinstance(case.app.screen, Summary) != (case.bound.id == "summary.close")
    assert ("dense (Dense)" in case.app.clipboard) == (case.bound.id == "summary.copy")


# Train


@row("train.pause", "train.stop", "train.save")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    assert case.asked == (case.bound.id.partition(".")[2], NAME)


@row("train.continue")
async def _(case):
    await case.tell(*runs.training(1.5), runs.PAUSED)
    await case.press()
    assert case.asked == ("continue", NAME)


@row("train.turn")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    assert case.asked == ("knobs", NAME)


@row("train.resume")
async def _(case):
    await case.tell(*runs.training(2), STOPPED)
    await case.press()
    assert case.asked == ("resume", NAME)


@row("train.fork")
async def _(case):
    await case.tell(*runs.training(2), STOPPED)
    await case.press()
    assert case.asked == ("forks", NAME)


@row("train.log")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    assert case.app.screen.has_class("-log")


@row("train.parts")
async def _(case):
    await case.tell(*runs.training(1.5, penalty=0.02))
    await case.press()
    assert [line.name for line in case.app.screen.query_one("#loss", Chart).view.lines] == ["loss", "data", "penalty"]


@row("chart.log_axis", "chart.steps", "chart.smoothing")
async def _(case):
    await case.tell(*runs.training(1.5))
    await case.press()
    look = case.app.screen.look
    assert {"log_axis": look.log, "steps": look.by_step, "smoothing": look.smoothing > 0}[case.bound.binding.action]


@row("chart.closer", "chart.wider", "chart.all", "chart.pan_left", "chart.pan_right")
async def _(case):
    await case.tell(*runs.training(2.5))
    await case.go("plus", "plus")
    (begin, end), name = case.app.screen.look.window, case.bound.id.partition(".")[2]
    await case.press()
    window = case.app.screen.look.window
    if name == "all":
        assert window is None
    elif name.startswith("pan"):
        assert window[0] - begin == window[1] - end
        assert (window[0] < begin) == (name == "pan_left")
    else:
        assert (window[1] - window[0]) / (end - begin) == {"closer": 0.5, "wider": 2.0}[name]


@row("chart.left", "chart.right", "chart.no_cursor")
async def _(case):
    await case.tell(*runs.training(2.5))
    await case.go("left", "left")
    before, name = case.app.screen.look.cursor, case.bound.id.partition(".")[2]
    await case.press()
    after = case.app.screen.look.cursor
    assert after is None if name == "no_cursor" else (after < before) == (name == "left")


async def _turning(case):
    await case.tell(*runs.training(1.5))
    case.app.post_message(KnobsFound(RunDirectory(case.app.runs / NAME), made.experiment()))
    await case.pilot.pause()
    assert isinstance(case.app.screen, TurnScreen)


@row("turn.apply")
async def _(case):
    await _turning(case)
    await case.go(*["backspace"] * 8, *"0.5")
    await case.press()
    await case.pilot.pause()
    assert case.asked == ("turn", NAME, "compile.optimizer.learning_rate", 0.5)


@row("turn.back")
async def _(case):
    await _turning(case)
    await case.press()
    assert not isinstance(case.app.screen, TurnScreen)
    assert case.asked == "engine"


@row("turn.up", "turn.down")
async def _(case):
    await _turning(case)
    before = case.focused
    await case.press()
    assert case.focused is not before or len(case.app.screen.query(Input)) == 1


# Runs


@row("runs.open")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.asked == ("watch", NAME)
    assert case.app.current_mode == "train"


@row("runs.fork")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.asked == ("forks", NAME)


@row("runs.resume")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.asked == ("resume", NAME)


@row("runs.stop")
async def _(case):
    run = made.make(*runs.training(1.5))
    with held(run, Holder.me(None)):
        await case.go("6")
        await case.until(lambda: case.app.screen.query_one(RunList).row is not None)
        await case.press()
    assert case.asked == ("stop", NAME)


@row("runs.mark")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert [run.name for run in case.app.screen._marks.runs] == [NAME]


@row("runs.mark_all", "runs.reset")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 3)
    marks_all = case.bound.id == "runs.mark_all"
    await case.go(*([] if marks_all else ["a"]))
    await case.press()
    assert len(case.app.screen._marks.runs) == (3 if marks_all else 0)


@row("runs.filter")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert isinstance(case.focused, Input)


@row("filter.done", "filter.down", "filter.clear")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.go("slash", *"zz", "backspace", "backspace", *"base")
    await case.press()
    assert isinstance(case.focused, RunList)
    assert case.app.screen._query.text == ("" if case.bound.id == "filter.clear" else "base")


@row("runs.diff")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 2)
    await case.go("a")
    await case.press()
    await case.until(lambda: isinstance(case.app.screen, DiffScreen))


@row("diff.back", "diff.copy")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 2)
    await case.go("a", "equals_sign")
    await case.until(lambda: isinstance(case.app.screen, DiffScreen))
    await case.press()
    if case.bound.id == "diff.copy":
        assert NAME in case.app.clipboard
    else:
        assert case.app.current_mode == "runs"
        assert not isinstance(case.app.screen, DiffScreen)


@row("runs.view")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert case.app.screen.has_class("-curves")


@row("runs.order", "runs.turn_order")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 2)
    before = case.app.screen._order
    await case.press()
    assert case.app.screen._order == (before.next if case.bound.id == "runs.order" else before.other_way)


@row("runs.export")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert "as code that trains it" in case.app.screen._text


@row("runs.delete")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    await case.until(lambda: isinstance(case.app.screen, Dialog))
    assert case.app.screen._title == f"Delete {NAME}?"


@row("runs.clone")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    await case.until(lambda: case.app.current_mode == "model")
    assert case.app.draft.past


@row("runs.note", "runs.rename")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.press()
    assert isinstance(case.app.screen, Ask)


@row("ask.take", "ask.back")
async def _(case):
    await case.runs((*runs.training(2), STOPPED))
    await case.go("n", *"good")
    await case.press()
    note = RunDirectory(case.app.runs / NAME).note
    if case.bound.id == "ask.take":
        await case.until(note.exists)
    assert note.exists() == (case.bound.id == "ask.take")


@row("runs.first_in_queue")
async def _(case):
    run = made.make()
    with held(run, Holder.me(None, queued=True)):
        await case.go("6")
        await case.until(lambda: case.app.screen.query_one(RunList).row is not None)
        await case.press()
    assert case.asked == ("first", NAME)


@row("runs.up", "runs.down", "runs.page_up", "runs.page_down", "runs.first", "runs.last")
async def _(case):
    await case.runs(*[(*runs.training(0.1), STOPPED)] * 3)
    towards_the_end = case.bound.id in ("runs.down", "runs.page_down", "runs.last")
    await case.go("home" if towards_the_end else "end")
    table = case.app.screen.query_one(RunList)
    before = table._at
    await case.press()
    assert table._at > before if towards_the_end else table._at < before


# Dialogs


async def _dialog(case):
    case.app.tell("Title", "the text")
    await case.pilot.pause()


@row("dialog.back", "dialog.enter")
async def _(case):
    await _dialog(case)
    await case.press()
    assert not isinstance(case.app.screen, Dialog)


@row("dialog.copy")
async def _(case):
    await _dialog(case)
    await case.press()
    assert case.app.clipboard == "Title\nthe text"


@row("help.close")
async def _(case):
    await case.go("f1")
    await case.press()
    assert not isinstance(case.app.screen, HelpScreen)


@row("help.walk")
async def _(case):
    await case.go("f1")
    await case.press()
    assert "Every idea of the notes" in case.app.screen.query_one(Markdown).source


@row("choose.take")
async def _(case):
    await case.go("a")
    await case.press()
    assert len(case.layers) == 4


@row("choose.cancel")
async def _(case):
    await case.go("a")
    await case.press()
    assert len(case.app.screen_stack) == 1


@row("choose.up", "choose.down")
async def _(case):
    await case.go("a", "down")
    before = case.app.screen.query_one(OptionList).highlighted
    await case.press()
    assert case.app.screen.query_one(OptionList).highlighted == before + (1 if case.key == "down" else -1)
