"""What is rebuilt stands whole, wherever who asked for it is cancelled, and whatever is wanted meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import numpy as np
import pytest
from textual.app import App
from textual.containers import Vertical
from textual.widgets import Static

from engine.spec.document import load
from engine.spec.experiment import Compile
from tui.widgets.editors import Row
from tui.widgets.form import Form, Section
from tui.widgets.gallery import Classes, Sample
from tui.widgets.image import Picture
from tui.widgets.latest import Latest

TURNS = range(1, 40)
"""Turns of the event loop after which it is cancelled."""


def app_of(widget):
    class Holder(App):
        def compose(self):
            yield widget

    return Holder()


def samples(count):
    return [Sample(f"class {number}", np.zeros((28, 28), np.uint8), "") for number in range(count)]


async def cancelled_after(turns, drawing):
    task = asyncio.create_task(drawing)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_classes_stand_whole_wherever_their_drawing_is_cancelled():
    classes = Classes()
    async with app_of(classes).run_test(size=(80, 24)):
        for turns in TURNS:
            await cancelled_after(turns, classes.show(samples(10)))
            await cancelled_after(turns, classes.show(samples(3)))
            count = 3 if turns % 2 else 10
            await classes.show(samples(count))
            assert len(classes.query(Picture)) == count


async def test_what_is_wanted_while_something_is_brought_about_comes_next_and_what_was_between_is_left_out():
    owner, begun, go_on = Static(), [], asyncio.Event()

    async def bring_about(wanted):
        begun.append(wanted)
        await go_on.wait()

    async with app_of(owner).run_test():
        latest = Latest(owner, bring_about)
        latest.want(1)
        await asyncio.sleep(0.01)
        assert latest.busy
        assert not latest.outdated
        for wanted in (2, 3, 4):
            latest.want(wanted)
        assert latest.outdated
        assert latest.newest == 4
        go_on.set()
        await latest.stands()
        assert begun == [1, 4]
        assert not latest.busy


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
async def test_nothing_is_brought_about_for_a_widget_that_is_gone_and_nobody_waits_for_it(turns):
    owner, ended = Vertical(), []

    async def bring_about(_):
        await asyncio.sleep(3600)
        ended.append(True)

    async with app_of(owner).run_test():
        latest = Latest(owner, bring_about)
        latest.want(1)
        for _ in range(turns):
            await asyncio.sleep(0)
        await owner.remove()
        latest.want(2)
        await asyncio.wait_for(latest.stands(), 5)
        assert not ended


async def test_a_form_shows_what_it_was_last_asked_to_however_fast_the_optimizers_come(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        form = app.screen.query_one(Form)
        given = load("notes-baseline")["compile"]
        for kind in ("sgd", "adam", "adadelta", "rmsprop", "sgd", "adam"):
            form.show([Section(("compile",), Compile, {**given, "optimizer": {"type": kind}})], [])
            await asyncio.sleep(0)
        await form.stands()
        fresh = Form()
        await app.screen.mount(fresh)
        fresh.show([Section(("compile",), Compile, {**given, "optimizer": {"type": "adam"}})], [])
        await fresh.stands()
        assert [row.place for row in form.query(Row)] == [row.place for row in fresh.query(Row)]


async def test_classes_that_go_while_they_are_rebuilt_take_nothing_along():
    holder = Vertical()
    async with app_of(holder).run_test(size=(80, 24)):
        for turns in TURNS:
            classes = Classes()
            await holder.mount(classes)
            await classes.show(samples(10))
            drawing = asyncio.create_task(classes.show(samples(3)))
            for _ in range(turns):
                await asyncio.sleep(0)
            await classes.remove()
            await drawing
            assert not holder.query(Picture)
