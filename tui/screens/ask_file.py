"""A question for a file to write: its name is typed; another file is replaced only when that is confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from engine.shown import visible
from tui.screens.dialog import Dialog


class AskFile(ModalScreen[Path | None]):
    """Ends with the absolute path of a file that may be written, or None."""

    CSS_PATH = "ask_file.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="file.back", tooltip="Write nothing"),
        Binding("enter", "take", "write", priority=True, id="file.write", tooltip="Write this file"),
    ]

    def __init__(self, title: str, suggested: str | Path, *, suffix: str = "", own: Path | None = None) -> None:
        """Take what to ask.

        Args:
            title: what will be written, such as "save the draft as".
            suggested: the name to begin with; a relative one stands in the working directory.
            suffix: what a name without one gets, such as ".toml".
            own: a file that may be replaced without another question: the one that this was saved to before.
        """
        super().__init__()
        self._title = title
        self._suggested = str(suggested)
        self._suffix = suffix
        self._own = own

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title).markup
            yield Input(self._suggested, compact=True, select_on_focus=True)
            yield Static(id="explain", markup=False)
            keys = "[bold $accent]enter[/] [@click=screen.take]write[/]   [bold $accent]esc[/] "
            line = Static(f"{keys}[@click=screen.dismiss(None)]back[/]", id="keys")
            line.auto_links = False
            yield line

    def on_mount(self) -> None:
        """Say where it goes."""
        self._say()

    @on(Input.Changed)
    def _say(self) -> None:
        path, problem, replaces = self._path()
        explain = self.query_one("#explain", Static)
        explain.set_class(bool(problem), "-wrong")
        there = " (it exists: you are asked before it is replaced)" if replaces else ""
        explain.update(f"✗ {problem}" if path is None else f"writes {visible(str(path))}{there}")

    def action_take(self) -> None:
        """End with the file; ask first where that would replace another one."""
        path, _, replaces = self._path()
        if path is None:
            return  # what is wrong is said already
        if not replaces:
            self.dismiss(path)
            return

        def answered(key: str | None) -> None:
            if key == "o":
                self.dismiss(path)

        text = f"{visible(str(path))} exists. What is in it now would be lost."
        self.app.push_screen(Dialog("Replace the file?", text, {"o": "overwrite it"}), answered)

    def _path(self) -> tuple[Path | None, str, bool]:
        """Return the file that was named; or None, and what is wrong with it; and whether it would replace another."""
        typed = self.query_one(Input).value.strip()
        if not typed:
            return None, "type a name", False
        try:
            path = Path(typed).expanduser().absolute()
            if self._suffix and not path.suffix and not path.is_dir() and not typed.endswith("/"):
                path = path.with_name(path.name + self._suffix)
            if path.is_dir() or typed.endswith("/"):
                return None, "this is a folder: type the name of a file in it, too", False
            if not path.parent.is_dir():
                return None, f"there is no folder {visible(str(path.parent))}: make it first, or choose another", False
            return path, "", path != self._own and path.exists()
        except (
            OSError,
            RuntimeError,
            ValueError,
        ) as error:  # RuntimeError: no such user; ValueError: a NUL in the name
            return None, visible((error.strerror if isinstance(error, OSError) else None) or str(error)), False
