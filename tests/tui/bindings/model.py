"""The keys of Model, and of the summary that it opens."""

from __future__ import annotations

from textual.widgets import Input

from tests.tui.bindings.case import row
from tui.screens.stacks import ChooseStack
from tui.screens.summary import Summary
from tui.widgets.layer_list import LayerList


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
