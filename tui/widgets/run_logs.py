"""What a run has to say, side by side: what happened, in words, and its process' log. Followed while it is shown."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.containers import Container
from textual.worker import Worker

from engine.runs.directory import RunDirectory
from engine.shown import visible
from tui.content.run_log import RunLog
from tui.messages import Refused
from tui.widgets.tail_log import TailLog

LOOK_SECONDS = 0.5
"""How often it is looked at, while it is shown."""


class RunLogs(Container):
    """Two panels that follow one run, or none."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._following: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield TailLog("what happened", "Nothing yet.", id="happened")
        yield TailLog("engine.log", "Its process has printed nothing.", id="printed")

    def follow(self, run: RunDirectory | None) -> None:
        """Read what this run says, from its beginning; read nothing where it is None."""
        if self._following is not None:
            self._following.cancel()
            self._following = None
        if run is not None:
            for panel in self.query(TailLog):
                panel.clear()
            self._following = self.run_worker(self._read(RunLog(run)), name="log")

    async def _read(self, log: RunLog) -> None:
        happened, printed = self.query_one("#happened", TailLog), self.query_one("#printed", TailLog)
        while True:
            try:
                news = await asyncio.to_thread(log.read)
            except OSError as error:
                self.app.post_message(Refused("Cannot read the log", visible(f"{log.run.events}: {error.strerror}")))
                return
            if news.anew:
                happened.clear()
            happened.extend(news.events)
            printed.extend(news.log)
            await asyncio.sleep(LOOK_SECONDS)
