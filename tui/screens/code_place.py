"""A place with the code of the draft beside it: ``c`` opens and closes it, in all such places at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.widget import AwaitMount

from engine import disk
from engine.data.facts import DataError
from engine.shown import visible
from tui.drafts.written import Written
from tui.screens.place import Place
from tui.terminal.typing_ahead import HOLDS_KEYS
from tui.words.place import said

if TYPE_CHECKING:
    from tui.widgets.code import CodePanel


CLOSE_CODE = Binding("escape", "close_code", "close", show=False, id="code.leave", tooltip="Close the code")
"""A place in which escape does something else first names this behind it: its bindings of a key replace these."""


class CodePlace(Place):
    """Its body holds ``#panels``, where the code stands on the right while it is open; it begins at this step."""

    STEP: ClassVar[str] = "Fit"
    BINDINGS: ClassVar[list[BindingType]] = [CLOSE_CODE]
    _mendable = False

    def _draft_changed(self) -> None:
        super()._draft_changed()
        if self._seen:
            self._show_code()
            mendable = bool(self.playground.draft.mendable)
            if mendable != self._mendable:  # drawing equal keys would still send bytes
                self._mendable = mendable
                self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "close_code":  # in a form, escape leaves the field
            return self.playground.written is not None and not any(form.has_focus_within for form in self.query("Form"))
        return True

    def commands(self) -> Iterable[SystemCommand]:
        """Yield what the palette has without a key: with the focus in the code, its keys are there."""
        if self._panel is None or not self._panel.has_focus_within:
            yield SystemCommand(
                "code: copy", "Copy the Keras script to the terminal's clipboard", self.action_copy_code
            )
            yield SystemCommand(
                "code: save script",
                "Write the Keras script into a file, or a notebook: NAME.ipynb",
                self.action_save_code,
            )

    def toggle_code(self) -> None:
        """Open the code, or close it."""
        if self.playground.written is not None:
            self.action_close_code()
            return
        self.playground.written = Written.of(self.playground.draft)
        self.run_worker(self._enter_code(self._show_code()), group=HOLDS_KEYS)

    async def _enter_code(self, standing: AwaitMount | None) -> None:
        """Put the focus in the code, when that stands, where it is nowhere else."""
        if standing is not None:
            await standing
        if self.focused is None and self._panel is not None:
            self._panel.focus_code()

    def action_close_code(self) -> None:
        """Close the code."""
        inside = self._panel is not None and self._panel.has_focus_within
        self.playground.written = None
        self._show_code()
        if inside:
            self.leave_code()

    def leave_code(self) -> None:
        """Put the focus where it is without the code."""
        self.set_focus(None)

    def action_copy_code(self) -> None:
        """Copy the script to the terminal's clipboard (OSC 52)."""
        if text := self._script():
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied the script, {len(text.splitlines())} lines.")

    def action_save_code(self) -> None:
        """Ask for a file, and write the script to it, or the notebook where that is what its name says."""
        from tui.screens.ask import Ask, a_file  # noqa: PLC0415 - the first paint need not wait for it

        if not self._script():
            return

        def save(path: Path | None) -> None:
            if path is None:
                return
            try:
                with disk.replaced(path, through_link=True) as file:
                    file.write(self._script(notebook=path.suffix == ".ipynb").encode())
            except OSError as error:
                self.playground.tell("Cannot save", f"{visible(str(path))}: {error.strerror or error}")
                return
            self.notify(f"Saved as {visible(str(path))}", markup=False)

        self.app.push_screen(
            Ask(
                "save the script as",
                f"{self.playground.draft.name}.py",
                a_file(".py"),
                "write",
                ends=(".py", ".ipynb"),
            ),
            save,
        )

    def _script(self, *, notebook: bool = False) -> str:
        """Return the script of the draft, or its notebook; where it is wrong, say so and return nothing."""
        from engine.export import notebook as notebooks  # noqa: PLC0415 - as above
        from engine.export import script as scripts  # noqa: PLC0415

        write, checked = notebooks.notebook if notebook else scripts.script, self.playground.draft.check
        if checked.experiment is None:
            wrong = said(checked.problems[0], checked, self.playground.key)
        else:
            try:
                return write(checked.experiment)
            except DataError as error:
                wrong = str(error)
        self.playground.tell("There is no script of this yet", f"✗ {wrong}")
        return ""

    @property
    def _panel(self) -> CodePanel | None:
        return cast("CodePanel | None", next(iter(self.query("CodePanel")), None))

    def _show_code(self) -> AwaitMount | None:
        """Show the code of the draft where it is open; where it is not, nothing is drawn.

        Returns:
            What to wait for, where it has not stood here before.
        """
        written = self.playground.written
        self.set_class(written is not None, "-code")
        if written is None:
            return None
        self.playground.written = written = written.after(self.playground.draft)
        if self._panel is not None:
            self._panel.show(written)
            return None
        from tui.widgets.code import CodePanel  # noqa: PLC0415 - highlighting costs time that the first paint has not

        return self.query_one("#panels").mount(CodePanel(written, self.STEP))
