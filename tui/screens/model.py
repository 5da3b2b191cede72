"""Model: the stack of layers on the left, the knobs of the one under the cursor on the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import cleandoc
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from engine.spec.draft import Draft
from engine.spec.initializers import Initializer
from engine.spec.knob import TYPE
from engine.spec.layers import Layer
from engine.spec.layers.layer import ACTIVATION_RULES, Weighted
from engine.spec.problem import Place
from tui.screens.code_place import CLOSE_CODE
from tui.screens.form_place import FormPlace
from tui.widgets.brief import Brief, Explanation
from tui.widgets.editors import Row
from tui.widgets.form import Form, Section
from tui.widgets.layer_list import LayerList
from tui.words.model import costs, totals, verdict

if TYPE_CHECKING:
    from engine.spec.stacks import Stack


class ModelScreen(FormPlace):
    """Build the network, with shapes, parameter counts and errors as one types."""

    MODE = "model"
    STEP = "The model"
    CSS_PATH = ["place.tcss", "model.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "add", id="model.add", tooltip="Add a layer behind the one under the cursor"),
        Binding("backspace,delete", "remove", "del", id="model.remove", tooltip="Take it out"),
        Binding(
            "m", "stack", "templates", id="model.template", tooltip="Replace all layers by a stack that comes along"
        ),
        Binding("escape", "leave", "back to layers", id="model.leave", tooltip="Go back to the list of layers"),
        CLOSE_CODE,
        Binding("tab", "app.focus_next", show=False, id="model.next", tooltip="The knobs, then the list again"),
        Binding("shift+up", "move(-1)", "move", key_display="⇧↑↓", id="model.up", tooltip="Move it up (⇧↓: down)"),
        Binding("shift+down", "move(1)", show=False, id="model.down", tooltip="Move it down"),
        Binding("left_square_bracket", "move(-1)", show=False, id="model.up2", tooltip="Move it up, as ⇧↑"),
        Binding("right_square_bracket", "move(1)", show=False, id="model.down2", tooltip="Move it down, as ⇧↓"),
        Binding("s", "summary", show=False, id="model.summary", tooltip="Show the table of layers, shapes, parameters"),
        Binding("d", "duplicate", show=False, id="model.duplicate", tooltip="Put a copy of the layer behind it"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, Content] = {}
        self._goal: int | None = 0  # the layer that the next showing of the list shall put the cursor at

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(id="layers", classes="panel") as layers:
                layers.border_title = "layers"
                yield Static(id="head", markup=False)
                yield LayerList()
                yield Static(id="totals", markup=False)
                yield Brief(id="verdict")
            with Vertical(id="layer", classes="panel"):
                yield Form()
                yield Explanation(id="explain")

    @property
    def cursor(self) -> int | None:
        """The index of the layer under the cursor, or None where there is none."""
        lists = self.query(LayerList)  # none before the screen is composed, when its keys are already asked for
        return lists.first().cursor if lists else None

    @property
    def at(self) -> Place:
        return super().at or (() if self.cursor is None else ("model", "layers", self.cursor))

    def on_screen_resume(self) -> None:
        if self.focused is None:
            self.set_focus(self.query_one(LayerList))

    def show_draft(self) -> None:
        draft = self.playground.draft
        cursor = self.cursor if self._goal is None else self._goal
        self._goal = None
        if cursor is not None:
            cursor = min(cursor, len(draft.layers) - 1) if draft.layers else None
        self.query_one(LayerList).show(draft.check, cursor)
        self._say("totals", Content(totals(draft.check)))
        self._say("verdict", verdict(draft.check, self.playground.key))
        self._show_layer()

    def _say(self, name: str, text: Content) -> None:
        said = self._said.get(name)
        if said is None or not said.is_same(text):  # an equal text would still send bytes
            self._said[name] = text
            self.query_one(f"#{name}", Static).update(text)

    def _edit(self, change: Callable[[Draft], Draft], cursor: int) -> None:
        """Change the draft, and put the cursor at a layer of the changed one."""
        self._goal = cursor
        self.playground.edit(change)
        self._goal = None

    async def find(self, place: Place) -> None:
        index = next((key for key in place if isinstance(key, int)), None)
        if index is None:
            return
        self.set_focus(self.query_one(LayerList))
        self._goal = index
        if len(place) > len(("model", "layers", 0)):
            await super().find(place)
        else:
            self.show_draft()

    def _show_layer(self) -> None:
        panel = self.query_one("#layer")
        form = self.query_one(Form)
        draft, cursor = self.playground.draft, self.cursor
        layers = draft.layers
        given = layers[cursor] if cursor is not None and cursor < len(layers) else None
        kind = given.get(TYPE) if isinstance(given, Mapping) else None
        member = Layer.members.get(kind) if isinstance(kind, str) else None
        if cursor is None or member is None or not isinstance(given, Mapping):
            panel.border_title = "no layer" if cursor is None else f"layer {cursor + 1}"
            form.show([], [])
            hint = f"'{kind}' is no layer: delete it."
            if cursor is None:
                first = self.query_one(LayerList).place_for_new == 0
                where = "in front" if first and layers else "at the end"
                hint = f"{self.playground.key('model.add')} adds a layer {where}."
            self.explain(hint)
            return
        panel.border_title = f"{member.__name__} · layer {cursor + 1}"
        place = ("model", "layers", cursor)
        problems = draft.check.problems
        self.show_form([Section(place, member, given)], problems)
        if self.row is None:
            parts = (draft.followed, cleandoc(member.__doc__ or ""), costs(draft.check, cursor))
            self.explain("\n\n".join(filter(None, parts)))

    def consequence(self, row: Row) -> str:
        """Return the rule of an activation; the real standard deviation of weights that are drawn, for this layer."""
        if str(row.place[-1]).endswith("activation"):
            return ACTIVATION_RULES.get(str(row.value), "")  # in a draft that is wrong, it may be anything
        if len(row.place) < len(("model", "layers", 0, "kernel_initializer")):
            return ""
        checked = self.playground.draft.check.rows[int(row.place[2])]
        name = str(row.place[3])
        initializer = getattr(checked.layer, name, None)
        if not isinstance(checked.layer, Weighted) or not isinstance(initializer, Initializer) or not checked.shape:
            return ""
        variables = checked.layer.variables(checked.before or ())
        return initializer.spread(variables[name.removesuffix("_initializer")])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("move", "duplicate", "remove"):
            return self._in_list and self.cursor is not None
        if action == "leave":
            return not self._in_list
        return super().check_action(action, parameters)

    @property
    def _in_list(self) -> bool:
        return isinstance(self.focused, LayerList) or self.focused is None

    @on(LayerList.Shown)
    def _looked_at(self) -> None:
        self._show_layer()
        self.refresh_bindings()

    @on(LayerList.LaidOut)
    def _laid_out(self, event: LayerList.LaidOut) -> None:
        self._say("head", Content(event.head))

    @on(LayerList.Wanted)
    async def _wanted(self) -> None:
        await self.action_enter()

    async def action_enter(self) -> None:
        """Go to the first knob of the layer under the cursor; where there is none, add one."""
        if self.cursor is None:
            self.action_add()
            return
        self._show_layer()  # the cursor may have moved just now, and the next keys are for the form
        form = self.query_one(Form)
        await form.stands()
        form.focus_first()

    def action_add(self) -> None:
        """Ask for a kind, and add a layer of it behind the cursor."""
        from tui.screens.add_layer import AddLayer  # noqa: PLC0415 - the first paint need not wait for it

        index = self.query_one(LayerList).place_for_new

        def add(kind: str | None) -> None:
            if kind is not None:
                added = self.playground.draft.add_layer(index, kind)
                # One may have come along before it.
                self._edit(lambda _: added, index + len(added.layers) - len(self.playground.draft.layers) - 1)

        self.app.push_screen(AddLayer(), add)

    def action_stack(self) -> None:
        """Ask for a stack of layers, and put it in the place of all layers, with an output for each class."""
        from engine.spec.stacks import fitted  # noqa: PLC0415 - the first paint need not wait for it
        from tui.screens.stacks import ChooseStack  # noqa: PLC0415

        def replace(stack: Stack | None) -> None:
            if stack is not None:
                facts = self.playground.draft.check.facts
                self._edit(lambda draft: draft.with_layers(fitted(stack.layers, facts)), 0)

        self.app.push_screen(ChooseStack(), replace)

    def action_summary(self) -> None:
        """Show the summary table."""
        from engine.spec.summary import summary  # noqa: PLC0415 - the first paint need not wait for it
        from tui.screens.summary import Summary  # noqa: PLC0415

        self.app.push_screen(Summary(summary(self.playground.draft.check)))

    def action_leave(self) -> None:
        """Go back to the list."""
        self.set_focus(self.query_one(LayerList))
        self._show_layer()

    def leave_code(self) -> None:
        self.set_focus(self.query_one(LayerList))

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
