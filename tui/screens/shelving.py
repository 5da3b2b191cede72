"""How runs are kept: their names, notes, and whether they are kept at all.

A part of the Runs screen, as `tui.screens.taking` and `tui.screens.finding` are. All that reads or writes a disk does
so on another thread, and says how it went by a message.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from textual import on, work
from textual.message import Message

from engine.runs import keeping
from engine.runs.directory import RunDirectory, RunError
from engine.runs.library import Condition, Overview
from engine.runs.note import LONGEST, as_note, write_note
from engine.shown import visible
from engine.worker.client import EngineGone, tell
from tui.messages import Refused
from tui.screens.ask import Ask, a_line
from tui.screens.dialog import Dialog
from tui.screens.place import Place
from tui.terminal.typing_ahead import HOLDS_KEYS
from tui.words.amounts import room
from tui.words.why_not import of_run

MOST_NAMES = 8
"""So many names a question lists; of more it says how many."""


class Shelving(Place):
    """Renames, notes and deletes."""

    class Weighed(Message):
        """What would be lost is known, in bytes."""

        def __init__(self, runs: Sequence[Overview], bytes_: int) -> None:
            super().__init__()
            self.runs = runs
            self.bytes = bytes_

    class Moved(Message):
        """A run has another name; or the old one still, where that could not be."""

        def __init__(self, before: RunDirectory, after: RunDirectory) -> None:
            super().__init__()
            self.before = before
            self.after = after

    class Gone(Message):
        """Runs were removed; others could not be, and why."""

        def __init__(self, runs: Sequence[RunDirectory], kept: Mapping[RunDirectory, str]) -> None:
            super().__init__()
            self.runs = runs
            self.kept = kept

    class Done(Message):
        """Something was written that the next look will show; what is worth saying of it."""

        def __init__(self, words: str = "") -> None:
            super().__init__()
            self.words = words

    def __init__(self) -> None:
        super().__init__()
        self.renaming = set[RunDirectory]()  # a look between may miss them, or find them under the other name already

    @property
    @abstractmethod
    def here(self) -> Overview | None:
        """The run under the cursor."""

    @property
    @abstractmethod
    def chosen(self) -> tuple[Overview, ...]:
        """The marked runs, or else the one under the cursor."""

    @abstractmethod
    def look(self) -> None:
        """Look at all runs once more."""

    @abstractmethod
    def moved(self, before: RunDirectory, after: RunDirectory | None) -> None:
        """Take note that a run has another name, or is gone."""

    @abstractmethod
    def forks_of(self, run: RunDirectory) -> list[str]:
        """Return the names of the forks of a run."""

    # Renaming

    def action_rename(self) -> None:
        """Ask for another name of the run under the cursor."""
        seen = self.here
        if seen is None:
            return
        run = seen.run

        def named(name: str | None) -> None:
            if name is not None and name != run.path.name:
                self.playground.let_go(run)
                self.renaming.add(run)
                self._rename(run, name)

        explain = "Its folder gets this name. It cannot be that of another run."
        judge = a_line(explain, lambda name: keeping.name_problem(run, name))
        self.app.push_screen(Ask(f"rename {run.name}", run.name, judge), named)

    @work(thread=True)
    def _rename(self, run: RunDirectory, name: str) -> None:
        after = run
        try:
            after = keeping.rename(run, name)
        except RunError as error:
            self.post_message(Refused("Cannot rename", str(error)))
        self.post_message(self.Moved(run, after))

    @on(Moved)
    def _renamed(self, event: Moved) -> None:
        self.renaming.discard(event.before)
        self.moved(event.before, event.after)
        self.playground.moved(event.before, event.after)
        forks = self.forks_of(event.before) if event.before != event.after else []
        if forks:
            names = ", ".join(forks[:MOST_NAMES])
            self.notify(
                f"Its forks go on as they were, and still name {event.before.name}: {names}.",
                title="Renamed",
                markup=False,
            )
        self.look()

    # Notes

    def action_note(self) -> None:
        """Ask for a note on the run under the cursor."""
        seen = self.here
        if seen is None:
            return

        def noted(text: str | None) -> None:
            if text is not None and as_note(text) != seen.note:
                self._note(seen.run, text)

        explain = (
            f"One line, at most {LONGEST} characters; it stands in the list, and {self.playground.key('runs.filter')} "
            "finds it. Empty: no note."
        )
        self.app.push_screen(Ask(f"note on {seen.run.name}", seen.note, a_line(explain)), noted)

    @work(thread=True)
    def _note(self, run: RunDirectory, text: str) -> None:
        try:
            write_note(run, text)
        except OSError as error:
            self.post_message(Refused("Cannot note this", visible(f"{run.note}: {error.strerror or error}")))
        self.post_message(self.Done())

    # Deleting

    def action_remove(self) -> None:
        """Ask whether the marked runs, or the one under the cursor, shall be removed."""
        still = [seen for seen in self.chosen if not seen.condition.live]
        if still:
            self._weigh(still)
        elif self.chosen:
            self.playground.tell(
                "Cannot delete",
                "\n".join(of_run(seen, self.playground.key)["remove"] for seen in self.chosen[:MOST_NAMES]),
            )

    @work(thread=True, group=HOLDS_KEYS)
    def _weigh(self, runs: Sequence[Overview]) -> None:
        try:
            total = sum(keeping.size(seen.run) for seen in runs)
        except OSError:
            total = 0  # removing them will say what is wrong
        self.post_message(self.Weighed(runs, total))

    @on(Weighed)
    def _ask_to_remove(self, event: Weighed) -> None:
        runs = [seen.run for seen in event.runs]
        names = ", ".join(run.name for run in runs[:MOST_NAMES])
        more = f" and {len(runs) - MOST_NAMES} more" if len(runs) > MOST_NAMES else ""
        spared = len(self.chosen) - len(runs)
        spares = f" {spared} in progress stay." if spared > 0 else ""
        text = (
            f"{names}{more}: {room(event.bytes)} on the disk.{spares} Curves, weights, checkpoints, log and note are "
            "lost; nothing brings them back. Forks keep what they came from."
        )
        title = f"Delete {runs[0].name}?" if len(runs) == 1 else f"Delete {len(runs)} runs?"

        def answered(key: str | None) -> None:
            if key == "d":
                for run in runs:
                    self.playground.let_go(run)
                self._remove(event.runs)

        self.app.push_screen(Dialog(title, text, {"d": "delete for good"}), answered)

    @work(thread=True)
    def _remove(self, runs: Sequence[Overview]) -> None:
        gone, kept = list[RunDirectory](), dict[RunDirectory, str]()
        for seen in runs:
            try:
                if seen.condition is Condition.QUEUED:
                    tell(seen.run, "stop")
                keeping.remove(seen.run)
            except (RunError, EngineGone) as error:
                kept[seen.run] = str(error)
            else:
                gone.append(seen.run)
        self.post_message(self.Gone(gone, kept))

    @on(Gone)
    def _removed(self, event: Gone) -> None:
        for run in event.runs:
            self.moved(run, None)
            self.playground.moved(run, None)
        for run in event.kept:
            self.playground.moved(run, run)
        if event.kept:
            self.playground.tell("Not deleted", "\n".join(f"✗ {problem}" for problem in event.kept.values()))
        self.look()

    @on(Done)
    def _done(self, event: Done) -> None:
        if event.words:
            self.notify(event.words, title="Done", markup=False)
        self.look()
