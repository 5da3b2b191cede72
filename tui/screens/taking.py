"""What is taken from runs: what differs between them, a copy to edit, code to carry away.

A part of the Runs screen, as `tui.screens.shelving` is, whose messages it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from textual import on, work
from textual.message import Message

from engine import disk
from engine.runs.directory import RunDirectory, RunError
from engine.runs.library import Overview
from engine.shown import visible
from engine.spec.experiment import Experiment
from engine.spec.knob import document
from engine.spec.problem import SpecError
from tui.messages import Refused
from tui.screens.dialog import Dialog
from tui.screens.shelving import Shelving
from tui.terminal.typing_ahead import HOLDS_KEYS


class Taking(Shelving):
    """Compares, clones and exports."""

    class Found(Message):
        """What was looked for is there: what shall be done with it now."""

        def __init__(self, then: Callable[[], object]) -> None:
            super().__init__()
            self.then = then

    # Comparing

    def action_diff(self) -> None:
        """Show the marked runs beside each other; one that is marked, beside the one under the cursor."""
        runs = self.chosen
        if self.here is not None and len(runs) == 1 and self.here not in runs:
            runs = (*runs, self.here)
        if len(runs) < 2:
            self.playground.tell(
                "Mark two runs",
                f"{self.playground.key('runs.mark')} marks a run. {self.playground.key('runs.diff')} then shows what "
                "differs between all that are marked.",
            )
        else:
            self._compare(runs)

    @work(thread=True, group=HOLDS_KEYS)
    def _compare(self, runs: Sequence[Overview]) -> None:
        from engine.runs.comparison import compare  # noqa: PLC0415 - the place need not wait for it
        from tui.screens.diff import DiffScreen  # noqa: PLC0415

        try:
            comparison = compare(runs)
        except RunError as error:
            self.post_message(Refused("Cannot compare", str(error)))
        else:
            self.post_message(self.Found(lambda: self.app.push_screen(DiffScreen(comparison))))

    @on(Found)
    def _found(self, event: Found) -> None:
        if self.is_active:
            event.then()

    # Cloning

    def action_clone(self) -> None:
        """Make what was asked of the run under the cursor the draft."""
        if self.here is not None:
            self._clone(self.here.run)

    @work(thread=True, group=HOLDS_KEYS)
    def _clone(self, run: RunDirectory) -> None:
        try:
            experiment = run.experiment()
        except (RunError, SpecError) as error:
            self.post_message(Refused("Cannot clone", visible(str(error))))
        else:
            self.post_message(self.Found(lambda: self._cloned(experiment, run)))

    def _cloned(self, experiment: Experiment, run: RunDirectory) -> None:
        self.playground.edit(lambda draft: draft.opened(document(experiment)))
        self.notify(
            f"You edit a copy of {run.name} now. {self.playground.key('app.undo')} brings back what you edited before.",
            title="Clone",
            markup=False,
        )
        self.app.switch_mode("model")

    # Exporting

    def action_export(self) -> None:
        """Ask as what, and where, the run under the cursor shall be written."""
        seen = self.here
        if seen is None:
            return
        kinds = {"s": ("a Keras script", ".py"), "n": ("a notebook", ".ipynb")}

        def answered(key: str | None) -> None:
            if key in kinds:
                self._ask_where(seen.run, *kinds[key])

        text = f"What was asked of {seen.run.name}, as code that trains it without nnplay."
        answers = {key: words for key, (words, _) in kinds.items()}
        self.app.push_screen(Dialog(f"Export {seen.run.name}", text, answers), answered)

    def _ask_where(self, run: RunDirectory, words: str, suffix: str) -> None:
        from tui.screens.ask import Ask, a_file  # noqa: PLC0415

        def named(path: Path | None) -> None:
            if path is not None:
                self._export(run, path, notebook=suffix == ".ipynb")

        title = f"export {run.name} as {words}"
        question = Ask(title, f"{run.name}{suffix}", a_file(suffix), "write", ends=(suffix,))
        self.app.push_screen(question, named)

    @work(thread=True)
    def _export(self, run: RunDirectory, path: Path, *, notebook: bool) -> None:
        from engine.export import of_run  # noqa: PLC0415
        from engine.export.notebook import notebook as as_notebook  # noqa: PLC0415
        from engine.export.script import script  # noqa: PLC0415

        try:
            trained = of_run.trained(run)
            text = (as_notebook if notebook else script)(trained.experiment, trained.notes)
            with disk.replaced(path, through_link=True) as file:
                file.write(text.encode())
        except (RunError, SpecError) as error:
            self.post_message(Refused("Cannot export", visible(str(error))))
        except OSError as error:
            self.post_message(Refused("Cannot export", visible(f"{path}: {error.strerror or error}")))
        else:
            self.post_message(self.Done(f"{run.name} is written to {visible(str(path))}."))
