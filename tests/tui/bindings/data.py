"""The keys of Data."""

from __future__ import annotations

from tests.tui.bindings.case import row
from tui.widgets.gallery import Preview
from tui.widgets.image import Picture


@row("data.again")
async def _(case):
    await case.go("1")
    await case.until(lambda: len(case.app.screen.query(Picture)) == 10)
    before = [image.dots for image in case.app.screen.query(Picture)]
    await case.press()
    await case.until(lambda: [image.dots for image in case.app.screen.query(Picture)] not in (before, []))


@row("data.draw", "data.preview")
async def _(case):
    await case.go("1")
    assert not case.app.screen.query_one(Preview).display
    await case.press()
    assert case.app.screen.query_one(Preview).display
