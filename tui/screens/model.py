"""Model: the stack of layers on the left, the knobs of the one under the cursor on the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import cleandoc
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from engine.spec.check import Check
from engine.spec.draft import Draft
from engine.spec.knob import TYPE
from engine.spec.layers import Layer
from tui.screens.add_layer import AddLayer
from tui.screens.form_place import FormPlace
from tui.widgets.form import Form, Section
from tui.widgets.layer_list import LayerList


class ModelScreen(FormPlace):
    """Build the network, with shapes, parameter counts and errors as one types."""

    MODE = "model"
    CSS_PATH = ["place.tcss", "model.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "add", id="model.add", tooltip="Add a layer behind the one under the cursor"),
        Binding("escape", "leave", "back to layers", id="model.leave", tooltip="Go back to the list of layers"),
        Binding("tab", "app.focus_next", show=False, id="model.next", tooltip="The knobs, then the list again"),
        Binding("shift+up", "move(-1)", "move", key_display="⇧↑↓", id="model.up", tooltip="Move it up (⇧↓: down)"),
        Binding("shift+down", "move(1)", show=False, id="model.down", tooltip="Move it down"),
        Binding("left_square_bracket", "move(-1)", show=False, id="model.up2", tooltip="Move it up, as ⇧↑"),
        Binding("right_square_bracket", "move(1)", show=False, id="model.down2", tooltip="Move it down, as ⇧↓"),
        Binding("d", "duplicate", show=False, id="model.duplicate", tooltip="Put a copy of the layer behind it"),
        Binding("backspace,delete", "remove", "del", key_display="⌫", id="model.remove", tooltip="Take it out"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._goal: int | None = 0  # the layer that the next showing of the list shall put the cursor at

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(id="layers", classes="panel") as layers:
                layers.border_title = "layers"
                yield LayerList()
                yield Static(id="verdict")
            with Vertical(id="layer", classes="panel"):
                yield Form()
                yield Static(id="explain", markup=False)

    @property
    def cursor(self) -> int | None:
        """The index of the layer under the cursor, or None where there is none."""
        lists = self.query(LayerList)  # none before the screen is composed, when its keys are already asked for
        return lists.first().cursor if lists else None

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.focused is None:
            self.query_one(LayerList).focus()

    def show_draft(self) -> None:
        draft = self.playground.draft
        cursor = self.cursor if self._goal is None else self._goal
        self._goal = None
        if cursor is not None:
            cursor = min(cursor, len(draft.layers) - 1) if draft.layers else None
        self.query_one(LayerList).show(draft.check, cursor)
        self.query_one("#verdict", Static).update(_verdict(draft.check))
        self.call_later(self._show_layer)

    def _edit(self, change: Callable[[Draft], Draft], cursor: int) -> None:
        """Change the draft, and put the cursor at a layer of the changed one."""
        self._goal = cursor
        self.playground.edit(change)
        self._goal = None

    async def _show_layer(self) -> None:
        panel = self.query_one("#layer")
        form = self.query_one(Form)
        cursor, layers = self.cursor, self.playground.draft.layers
        given = layers[cursor] if cursor is not None and cursor < len(layers) else None
        kind = given.get(TYPE) if isinstance(given, Mapping) else None
        member = Layer.members.get(kind) if isinstance(kind, str) else None
        if cursor is None or member is None or not isinstance(given, Mapping):
            panel.border_title = "no layer" if cursor is None else f"layer {cursor + 1}"
            await form.show([], [])
            hint = f"'{kind}' is no layer: delete it."
            if cursor is None:
                first = self.query_one(LayerList).place_for_new == 0
                hint = f"a adds a layer {'in front' if first and layers else 'at the end'}."
            self.explain(hint)
            return
        panel.border_title = f"{member.__name__} · layer {cursor + 1}"
        place = ("model", "layers", cursor)
        problems = self.playground.draft.check.problems
        await form.show([Section(place, member, given)], problems)
        if not form.has_focus_within:
            self.explain(cleandoc(member.__doc__ or ""))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("move", "duplicate", "remove"):
            return self._in_list and self.cursor is not None
        if action == "leave":
            return not self._in_list
        return True

    @property
    def _in_list(self) -> bool:
        return isinstance(self.focused, LayerList) or self.focused is None

    @on(LayerList.Shown)
    async def _looked_at(self) -> None:
        await self._show_layer()
        self.refresh_bindings()

    @on(LayerList.Wanted)
    def _wanted(self, event: LayerList.Wanted) -> None:
        if event.index is None:
            self.action_add()
        else:
            self.action_edit()

    def action_add(self) -> None:
        """Ask for a kind, and add a layer of it behind the cursor."""
        index = self.query_one(LayerList).place_for_new

        def add(kind: str | None) -> None:
            if kind is not None:
                self._edit(lambda draft: draft.add_layer(index, kind), index)

        self.app.push_screen(AddLayer(), add)

    def action_edit(self) -> None:
        """Go to the first knob."""
        self.query_one(Form).focus_first()

    def action_leave(self) -> None:
        """Go back to the list."""
        self.query_one(LayerList).focus()
        self.call_after_refresh(self._show_layer)

    def action_move(self, by: int) -> None:
        """Move the layer up or down."""
        index = self.cursor
        if index is not None and 0 <= index + by < len(self.playground.draft.layers):
            self._edit(lambda draft: draft.move_layer(index, index + by), index + by)

    def action_duplicate(self) -> None:
        """Put a copy behind the layer."""
        index = self.cursor
        if index is not None:
            self._edit(lambda draft: draft.duplicate_layer(index), index + 1)

    def action_remove(self) -> None:
        """Take the layer out; undo brings it back."""
        index = self.cursor
        if index is not None:
            self._edit(lambda draft: draft.remove_layer(index), index)


def _verdict(check: Check) -> Content:
    """Say whether the model can be trained, and if not, where to look."""
    if not check.problems and not check.advice:
        classes = len(check.facts.classes)
        return Content.styled(f"✓ {classes} outputs for {classes} classes: t trains it", "$success")
    if check.problems:
        elsewhere = [problem for problem in check.problems if problem.place[:1] != ("model",)]
        if elsewhere:
            return Content.styled(f"✗ {elsewhere[0]}", "$error")
        if not check.rows:
            return Content.styled("✗ No layers yet: press a to add Flatten, then Dense with 10 units", "$error")
        count = len(check.problems)
        return Content.styled(f"✗ {count} thing{'s' * (count > 1)} to mend before it can train", "$error")
    return Content.styled(f"! {check.advice[0].message}", "$warning")
