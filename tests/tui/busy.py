"""A machine on which others work, and somebody who types on it without looking."""

from __future__ import annotations

import asyncio
import contextlib
import time

from textual.events import Key

from tests.tui.conftest import followed

NAMES = {"enter": "\r", "escape": "\x1b", "space": " ", "tab": "\t"}
SIGNS = {".": "full_stop", " ": "space", "/": "slash", "_": "underscore", ":": "colon", "-": "minus"}


def key(name):
    """A key as a terminal's is read: by its name, or the sign that it types."""
    sign = NAMES.get(name, name if len(name) == 1 else None)
    return Key(SIGNS.get(name, name), sign)


@contextlib.asynccontextmanager
async def a_busy_machine(hold=0.015, turns=3):
    """Have somebody else take the event loop again and again, so that the screens follow late."""

    async def take():
        while True:
            time.sleep(hold)
            for _ in range(turns):
                await asyncio.sleep(0)

    task = asyncio.create_task(take())
    try:
        yield
    finally:
        task.cancel()


async def typed(app, pilot, *events, pause):
    """Type with a pause between two keys, whether the screens follow or not."""
    for event in events:
        app.post_message(key(event))
        await asyncio.sleep(pause() if callable(pause) else pause)
    await followed(pilot)
