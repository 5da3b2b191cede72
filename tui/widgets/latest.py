"""The newest of what is wanted is brought about to its end, one at a time: a widget is never left half rebuilt.

An exclusive worker would be cancelled at any of its awaits, with some children gone and others not yet there. Here only
the end of the owner cancels; whoever wants something else meanwhile has it brought about next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from textual.widget import Widget
from textual.worker import Worker, WorkerError

from tui.terminal.typing_ahead import HOLDS_KEYS

Wanted = TypeVar("Wanted")


class Latest(Generic[Wanted]):
    """Brings about what was wanted last. What was wanted before and has not begun is left out."""

    def __init__(
        self, owner: Widget, bring_about: Callable[[Wanted], Awaitable[None]], group: str = HOLDS_KEYS
    ) -> None:
        """Take whose state it is.

        Args:
            owner: a widget; when it goes, all ends.
            bring_about: may await; called with one wanted state at a time.
            group: of the worker.
        """
        self._owner = owner
        self._bring_about = bring_about
        self._group = group
        self._waiting: tuple[Wanted, ...] = ()
        self._worker: Worker[None] | None = None
        self.newest: Wanted | None = None
        """What was wanted last, whether it stands already or not."""

    @property
    def busy(self) -> bool:
        """Something is being brought about."""
        return self._worker is not None

    @property
    def outdated(self) -> bool:
        """Something newer is wanted than what is being brought about, which need not show any more what it has read."""
        return bool(self._waiting)

    def want(self, wanted: Wanted) -> None:
        """Have this brought about, in the place of all that has not begun."""
        self.newest = wanted
        self._waiting = (wanted,)
        if self._worker is None and self._owner.is_attached:
            self._worker = self._owner.run_worker(self._run, group=self._group, name=f"latest of {self._owner}")

    async def stands(self) -> None:
        """Wait until all that is wanted is brought about. Whoever waits may be cancelled; what it waits for is not."""
        while (worker := self._worker) is not None:
            with suppress(WorkerError):  # the app ends with what it failed of; or its owner is gone
                await asyncio.shield(worker.wait())
            if self._worker is worker:  # cancelled before it began
                return

    async def _run(self) -> None:
        try:
            while self._waiting:
                (wanted,), self._waiting = self._waiting, ()
                await self._bring_about(wanted)
        finally:
            self._worker = None
