"""The app: its places, its keys, the draft that a person edits, and the snapshot of what the engine does."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ScreenStackError, SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.css.query import NoMatches
from textual.message_pump import MessagePump
from textual.screen import Screen

from engine.runs.directory import RunDirectory
from engine.shown import visible
from engine.spec.check import Document
from engine.spec.draft import Draft
from tui.crash import cause
from tui.draft_actions import DraftActions
from tui.drafts import kept
from tui.screens.code_place import CodePlace
from tui.screens.model import ModelScreen
from tui.screens.place import Place
from tui.session import Session
from tui.settings.config import AS_IT_COMES, Preferences
from tui.settings.preferred import Preferred
from tui.sheets import Styled
from tui.terminal.driver import TerminalDriver, lasting
from tui.terminal.sparing import Sparing
from tui.terminal.typing_ahead import TypingAhead


def _later(module: str, screen: str) -> Callable[[], Screen[Any]]:
    """Return a maker of a screen whose module is imported at its first call: the first paint need not wait for it."""

    def make() -> Screen[Any]:
        place: Screen[Any] = getattr(import_module(f"tui.screens.{module}"), screen)()
        return place

    return make


class NNPlay(DraftActions, Preferred, TypingAhead, Sparing, Styled):
    """The playground."""

    TITLE = "nnplay"
    MODES: ClassVar[dict[str, Any]] = {
        "data": _later("data", "DataScreen"),
        "model": ModelScreen,
        "compile": _later("compile", "CompileScreen"),
        "train": _later("train", "TrainScreen"),
        "runs": _later("runs", "RunsScreen"),
    }
    DEFAULT_MODE = "model"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "x",
            "fix",
            "fix",
            id="draft.fix",
            tooltip="Do what an error asks for: add a layer, set a value, remove an unknown key",
        ),
        Binding("c", "code", "code", id="code.show", tooltip="Show the Keras script of this experiment, or close it"),
        Binding(
            "t", "train", "train", id="app.train", tooltip="Train this experiment, now or when what trains has ended"
        ),
        Binding("u", "undo", "undo", id="app.undo", tooltip="Take the last edit back"),
        Binding("U", "redo", "redo", show=False, id="app.redo", tooltip="Do again what was undone"),
        Binding(
            "ctrl+s", "save", "save", show=False, id="app.save", tooltip="Save the draft in a TOML file of your own"
        ),
        Binding("ctrl+o", "open", "load", show=False, id="app.open", tooltip="Open a preset or a file, as the draft"),
        Binding("1", "switch_mode('data')", show=False, id="go.data", tooltip="Go to Data"),
        Binding("2", "switch_mode('model')", show=False, id="go.model", tooltip="Go to Model"),
        Binding("3", "switch_mode('compile')", show=False, id="go.compile", tooltip="Go to Compile"),
        Binding("4", "switch_mode('train')", show=False, id="go.train", tooltip="Go to Train"),
        Binding("6", "switch_mode('runs')", show=False, id="go.runs", tooltip="Go to Runs"),
        Binding("q", "quit", "quit", id="app.quit", tooltip="Leave; a run that trains may go on"),
        Binding("f1", "help", "help", key_display="F1", id="app.help", tooltip="What this place is for, and its keys"),
        Binding(
            "ctrl+l",
            "redraw",
            "redraw",
            show=False,
            priority=True,
            id="app.redraw",
            tooltip="Draw the screen again, after another program has written on it",
        ),
        Binding(
            "ctrl+p", "command_palette", "more", priority=True, id="app.palette", tooltip="Search all that can be done"
        ),
    ]

    def __init__(
        self,
        draft: Draft | Document,
        *,
        start: bool = False,
        watch: RunDirectory | None = None,
        aside: Path | None = None,
        unsaved: Draft | None = None,
        preferences: Preferences = AS_IT_COMES,
        session: Callable[[MessagePump], Session] = Session,
    ) -> None:
        """Take what is edited.

        Args:
            draft: with what is known of it, or its document alone.
            start: train it at once.
            watch: a run to show at once.
            aside: where a kept draft was put that could not be opened.
            unsaved: a kept draft with changes, which this one takes the place of: undo brings it back.
            preferences: how a person prefers it.
            session: what connects the app to an engine.
        """
        super().__init__(session)
        self.driver_class = lasting(self.driver_class)
        self.prefer(preferences)
        draft = draft if isinstance(draft, Draft) else Draft.new(draft)
        opened = unsaved.opened(draft.document, draft.file) if unsaved else draft
        self.set_reactive(NNPlay.draft, opened)
        self._files = self.draft.files
        self._start = start
        self._watch = watch
        self._aside = aside
        self._unsaved = unsaved
        self._leaving = False
        self._kept: Draft | None = opened if unsaved else None  # nothing of it needs to be kept till it is changed
        self.last_resort: Callable[[], None] = lambda: None

    def on_mount(self) -> None:
        """Begin after the first paint: nothing may delay that."""
        if self._leaving:  # a signal came before there was a loop
            self.exit()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        # tui.start switched it off for the time of importing. What was made till now stays: to look through it again
        # and again would stop the screens for tens of milliseconds.
        gc.freeze()
        gc.enable()
        self.say_what_is_wrong()
        if self._aside:
            self.tell(
                "The draft of your last visit could not be opened",
                f"It was put aside: {visible(str(self._aside))}. This is the baseline. {self.key('app.open')} opens a "
                "file.",
            )
        if self._unsaved:
            self.say_unsaved(self._unsaved)
        if self._watch:
            self.open_run(self._watch)
        self.run_worker(self._session.engine(), name="engine", group="engine")
        self.run_worker(self._session.follow(), name="follow")
        if self._start:
            self.action_train()

    def on_unmount(self) -> None:
        """Keep the draft for the next visit, and let go of the engine."""
        self._session.close()
        self.keep_draft()

    def keep_draft(self) -> None:
        """Keep the draft for the next visit, if a person has changed it since it was kept last."""
        draft = self.draft
        if (draft.past or draft.files != self._files) and draft is not self._kept:
            with suppress(OSError):  # training will say that the home cannot be written; leaving must work
                kept.save(draft)
                self._kept = draft

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Leave; keys that come after this do nothing."""
        self.take_typed()
        self.hurry()
        super().exit(*arguments, **options)

    def hurry(self) -> None:
        """Begin to leave: from now on nothing is waited for long. A signal's handler may call this, at any time."""
        self._leaving = True
        if isinstance(self._driver, TerminalDriver):
            self._driver.hurry()
        self.last_resort()

    def hang_up(self) -> None:
        """Leave, as there is no terminal any more."""
        self.exit()

    def fail(self, error: Exception) -> None:
        """End for an error of our own, which `tui.visit` tells."""
        self._handle_exception(error)

    @property
    def failure(self) -> Exception | None:
        """The first error of our own that ended the screens."""
        return self._exception

    def _handle_exception(self, error: Exception) -> None:
        """Remember an error and end. Textual would print every variable that it met on the way: images, too.

        Screens that are taken apart because one leaves may look for their parts in vain: that is no error.
        """
        if self._leaving and self._exception is None and isinstance(cause(error), NoMatches | ScreenStackError):
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.hurry()
        self._close_messages_no_wait()

    def give_terminal_back(self) -> None:
        """Leave the terminal as it was. To be called as often as one likes."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.restore()

    def give_terminal_back_at_once(self) -> None:
        """Do so where all else hangs, from any thread."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.restore_at_once()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what makes no sense now: everything, once one leaves; keys may still be on their way."""
        if self._leaving:
            return False
        if action == "code":
            return isinstance(self.screen, CodePlace)
        if action == "fix":
            return bool(self.draft.mendable)
        if action == "train":
            return not (self.current_mode == "train" and self.snapshot.trains(self.draft.check.experiment))
        return True

    def why_not(self, action: str) -> str:
        """Say why one of the app's actions makes no sense now; empty where there is no need to."""
        if self._leaving:
            return ""
        first, third, fourth = (self.key(f"go.{mode}") for mode in ("data", "compile", "train"))
        return {
            "train": f"Just this experiment trains already. With a change in {first}-{third} it can wait in the queue.",
            "fix": (
                f"{self.key('draft.fix')} does what an error asks for. Those that are left only say what is allowed: "
                "the choice is yours."
                if self.draft.check.problems
                else "There is nothing to fix."
            ),
            "code": f"The code stands beside the experiment, in {first} to {fourth}.",
        }.get(action, "")

    def action_command_palette(self) -> None:
        """Open the palette."""
        from tui.screens.palette import Palette  # noqa: PLC0415 - it costs time that the first paint has not

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help_quit(self) -> None:
        """Leave: what a person means by Ctrl-C, where Textual would only tell of another key."""
        self.call_later(self.action_quit)

    def action_help(self) -> None:
        """Explain what has the focus, then the place and its keys."""
        from tui.screens.help import help_on  # noqa: PLC0415 - Markdown costs time that the first paint has not

        self.push_screen(help_on(self.current_mode, self.screen))

    def walk_through(self) -> None:
        """Open the page of all ideas that can be tried."""
        from tui.screens.help import walk_through  # noqa: PLC0415

        self.push_screen(walk_through())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Put all that can be done in the palette; what is said of it may be a path, or an error, and is no markup."""
        walk = "Every idea: which keys set it, where it is seen"
        here = [SystemCommand("help: walk-through", walk, self.walk_through)]
        here += screen.commands() if isinstance(screen, Place) else ()
        for each in (*super().get_system_commands(screen), *here, *self._keys_as_commands(screen)):
            yield each._replace(help=Content(each.help).markup)

    def _keys_as_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield every key's action, named "place: action"."""
        from tui.settings.bindings import kept_by_the_field  # noqa: PLC0415 - the first paint need not wait for it

        for each in (*screen.active_bindings.values(), *kept_by_the_field(screen)):
            binding = each.binding
            if each.enabled and binding.id and binding.tooltip:
                place, _, name = binding.id.partition(".")

                async def act(action: str = binding.action, node: Any = each.node) -> None:
                    await self.run_action(action, node)

                yield SystemCommand(f"{place}: {name.replace('_', ' ')}", binding.tooltip, act)
