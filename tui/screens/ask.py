"""A question for a line: a name, a note, a file. What is wrong with it, or will be done, is said while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from engine.shown import visible
from tui.screens.dialog import Dialog
from tui.screens.modal import Modal
from tui.widgets.path_input import PathInput

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Verdict(Generic[Answer]):
    """What a text comes to.

    Attributes:
        says: what will be done with it or, where it cannot be taken, what is wrong.
        answer: what it means; None where it cannot be taken.
        replaces: what would be lost by that, so that it is asked about first; empty where nothing would.
    """

    says: str
    answer: Answer | None = None
    replaces: str = ""


Judge = Callable[[str], Verdict[Answer]]


class Ask(Modal[Answer | None]):
    """Ends with what was typed, as its judge understands it, or None."""

    CSS_PATH = "ask.tcss"
    ABOUT = (
        "Type a line, or go on with what stands there. What will be done with it, or what is wrong, is said below it "
        "while you type; nothing changes before you take it. In the name of a file ~ is your home; no file is replaced "
        "before you are asked."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="ask.back", tooltip="Change nothing"),
        Binding("enter", "take", show=False, priority=True, id="ask.take", tooltip="Take what is typed"),
    ]

    def __init__(
        self, title: str, text: str, judge: Judge[Answer], verb: str = "take it", ends: Sequence[str] = ()
    ) -> None:
        """Take what to ask.

        Args:
            title: what is asked for.
            text: what stands there to begin with.
            judge: says what a text comes to.
            verb: what enter does.
            ends: where a file is asked for, how the names end that tab completes.
        """
        super().__init__()
        self._ends = ends
        self._title = title
        self._text = text
        self._judge = judge
        self._verb = verb

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title).markup
            if self._ends:
                yield PathInput(self._text, ends=self._ends)
            else:
                yield Input(self._text, compact=True, select_on_focus=True)
            yield Static(id="explain", markup=False)
            yield self.key_line(("ask.take", self._verb), ("ask.back", "back"))

    @property
    def _verdict(self) -> Verdict[Answer]:
        return self._judge(self.query_one(Input).value.strip())

    def on_mount(self) -> None:
        """Say what will be done."""
        self._say()

    @on(Input.Changed)
    def _say(self) -> None:
        verdict, explain = self._verdict, self.query_one("#explain", Static)
        explain.set_class(verdict.answer is None, "-wrong")
        explain.update(f"✗ {verdict.says}" if verdict.answer is None else verdict.says)

    def action_take(self) -> None:
        """End with what is typed, if it can be taken; ask first where something would be lost."""
        verdict = self._verdict

        def answered(key: str | None) -> None:
            if key == "o":
                self.dismiss(verdict.answer)

        if verdict.replaces:
            self.app.push_screen(Dialog("Replace the file?", verdict.replaces, {"o": "overwrite it"}), answered)
        elif verdict.answer is not None:
            self.dismiss(verdict.answer)


def a_line(explain: str, problem: Callable[[str], str] = lambda _: "") -> Judge[str]:
    """Take any text, as it is; ``problem`` says what is wrong with it, empty where nothing is."""

    def judge(typed: str) -> Verdict[str]:
        wrong = problem(typed)
        return Verdict(wrong) if wrong else Verdict(explain, typed)

    return judge


def a_file(suffix: str, own: Path | None = None) -> Judge[Path]:
    """Take the name of a file that may be written, as an absolute path.

    Args:
        suffix: what a name without one gets, such as ".toml".
        own: a file that may be replaced without another question: the one that this was saved to before.
    """

    def judge(typed: str) -> Verdict[Path]:
        try:
            path = Path(typed).expanduser().absolute()
            folder = path.is_dir() or typed.endswith("/")
            if not path.suffix and not folder:
                path = path.with_name(path.name + suffix)
            if not typed:
                return Verdict("type a name")
            if folder or path.is_dir():
                return Verdict("this is a folder: type the name of a file in it, too")
            if not path.parent.is_dir():
                return Verdict(f"there is no folder {visible(str(path.parent))}: make it first, or choose another")
            shown = visible(str(path))
            if path == own or not path.exists():
                return Verdict(f"writes {shown}", path)
            lost = f"{shown} exists. What is in it now would be lost."
            return Verdict(f"writes {shown} (it exists: you are asked before it is replaced)", path, lost)
        # RuntimeError: no such user; ValueError: a NUL in the name.
        except (OSError, RuntimeError, ValueError) as error:
            return Verdict(visible((error.strerror if isinstance(error, OSError) else None) or str(error)))

    return judge
