"""The frame of every screen: places and engine on line 1, experiment and run on line 2, keys on the last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import ActiveBinding
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from engine.runs.history import State
from engine.shown import visible
from engine.spec.draft import Draft
from tui.settings.bindings import ranks
from tui.settings.key_names import key_of
from tui.snapshot import Snapshot

PLACES = {"data": "Data", "model": "Model", "compile": "Compile", "train": "Train", "runs": "Runs"}
"""By mode. 5 and 7 appear when their screens exist."""


class Places(Widget):
    """Line 1: where one can go, where one is, and how the engine is."""

    DEFAULT_CSS = """
    Places { height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here
        self._engine = ""
        self.auto_links = False  # the whole line is for clicking: no underlines

    def show(self, snapshot: Snapshot) -> None:
        """Say how the engine is."""
        text = engine_text(snapshot)
        if text != self._engine:  # an equal text would still send bytes
            self._engine = text
            self.refresh()

    def render(self) -> Content:
        parts = [Content.styled("nnplay", "bold $primary"), Content("  ")]
        wide = self.size.width >= 62
        for mode, name in PLACES.items():
            key = key_of(self)(f"go.{mode}")
            text = f"{key} {name}" if wide or mode == self._here else key
            label = f"[{text}]" if mode == self._here else f" {text} "
            style = "bold $foreground" if mode == self._here else "$secondary"
            parts.append(Content.styled(label, f"{style} @click=app.switch_mode('{mode}')"))
        left = Content.assemble(*parts)
        room = self.size.width - left.cell_length - 1
        right = Content.styled(self._engine, "$secondary").truncate(max(room, 0), ellipsis=True)
        return Content.assemble(left, " " * (self.size.width - left.cell_length - right.cell_length), right)


def engine_text(snapshot: Snapshot) -> str:
    """Say in a few words how the engine is."""
    status = snapshot.status
    if snapshot.lost:
        return "✗ engine gone"
    if status is None:
        return "○ starting"
    if status.phase == "loading":
        return f"○ TensorFlow loads {status.seconds:.0f} s"
    if status.phase == "broken":
        return "✗ engine broken"
    queued = f" · {snapshot.queued} queued" if snapshot.queued else ""
    return f"● {status.device}{queued}"


class Subject(Widget):
    """Line 2: the experiment that is edited, and the run that is watched."""

    DEFAULT_CSS = """
    Subject { height: 1; color: $secondary; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._texts = ("",) * 5

    def show(self, draft: Draft, snapshot: Snapshot, hint: str = "") -> None:
        """Name both; where there is no run, a hint stands in its place."""
        checked = draft.check
        changed = " *" if draft.changed else ""
        count = "" if checked.parameters is None else f" · {checked.parameters:,} parameters"
        trouble = "" if not checked.problems else f" · ✗ {len(checked.problems)} to fix"
        parent = draft.table(("fork",))
        of, epoch = visible(str(parent.get("run"))), visible(str(parent.get("epoch")))
        fork, briefly = (f" · fork of {of}@{epoch}", f" · fork @{epoch}") if parent else ("", "")
        name = f"{draft.name}{changed}"
        texts = (
            f"{name}{fork}{count}{trouble}",
            f"{name}{fork}{trouble}",
            f"{name}{briefly}{trouble}",
            name,
            run_text(snapshot) or hint,
        )
        if texts != self._texts:
            self._texts = texts
            self.refresh()

    def render(self) -> Content:
        *lefts, right = (Content(text) for text in self._texts)
        width = self.size.width
        for left in lefts:  # the fullest that leaves room for the run
            gap = width - left.cell_length - right.cell_length
            if gap >= 2:
                return Content.assemble(left, " " * gap, right)
        return (right if right.cell_length else lefts[-1]).truncate(width, ellipsis=True)


def run_text(snapshot: Snapshot) -> str:
    """Name the watched run and its state."""
    watched = snapshot.watched
    if watched is None:
        return ""
    history = watched.history
    where = f" epoch {history.progress.epoch}/{history.started.epochs}" if history.progress and history.started else ""
    if watched.crashed:
        sign = "✗ ended without a word,"
    elif history.finished and history.finished.reason != "completed":
        sign = (
            f"{'✓' if history.finished.reason == 'early_stopped' else '■'} {history.finished.reason.replace('_', ' ')},"
        )
    elif watched.trouble:
        sign = "‖ waits for the disk,"
    else:
        sign = {
            State.WAITING: "○ waiting",
            State.TRAINING: "▶",
            State.PAUSED: "‖ paused,",
            State.FINISHED: "✓ done,",
            State.FAILED: "✗ failed,",
        }[history.state]
    host = f" on {watched.host}" if watched.host and not history.state.over else ""
    return f"{watched.run.name}{host} · {sign}{where}".rstrip(",")


class Keys(Widget):
    """The last line: the keys that matter here. Those that do not fit are in the palette and in the help."""

    DEFAULT_CSS = """
    Keys { height: 1; dock: bottom; background: $panel; padding: 0 1; }
    """
    FIRST = ("fix",)
    """What mends the draft stands before all else, wherever it is declared."""
    LAST = ("command_palette", "help")
    """These always fit: they lead to all others."""
    WORDS: ClassVar[dict[str, str]] = {"Dismiss menu": "close"}
    """What Textual says of its own keys, and what nnplay says instead."""
    _drawn = Content("")

    def on_mount(self) -> None:
        """Follow the focus: other keys matter there."""
        self.auto_links = False
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and not self._line().is_same(self._drawn):
            self.refresh()

    def render(self) -> Content:
        self._drawn = self._line()
        return self._drawn

    def _line(self) -> Content:
        first, shown, last = dict[str, Content](), dict[str, Content](), dict[str, Content]()
        for active in in_order(self.screen.active_bindings.values()):
            binding = active.binding
            if not active.enabled or not binding.show or binding.action in shown:
                continue
            key = Content.styled(self.app.get_key_display(binding), "bold $accent")
            words = self.WORDS.get(binding.description, binding.description)
            text = Content.assemble(key, f" {words}").stylize(f"@click=app.simulate_key('{binding.key}')")
            action = binding.action
            (last if action in self.LAST else first if action in self.FIRST else shown)[action] = text
        tail = Content("  ").join(last.values())
        room = self.size.width - tail.cell_length
        line = Content("")
        for text in (*first.values(), *shown.values()):
            longer = Content.assemble(line, text, "  ")
            if longer.cell_length <= room:
                line = longer
        return Content.assemble(line, tail)


def in_order(bindings: Iterable[ActiveBinding]) -> list[ActiveBinding]:
    """Order bindings as they are declared, node by node, also those with keys that a person prefers."""
    nodes: dict[DOMNode, int] = {}
    for each in bindings:
        nodes.setdefault(each.node, len(nodes))

    def place(each: ActiveBinding) -> tuple[int, int]:
        return nodes[each.node], ranks(type(each.node)).get(each.binding.id or "", 0)

    return sorted(bindings, key=place)
