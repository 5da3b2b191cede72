"""A binding that shall be pressed, the way to it, and the table of who presses which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.tui import made, runs
from tui.settings.bindings import Bound
from tui.widgets.editors import Row
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
