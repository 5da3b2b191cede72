"""The knobs that can be turned while a run trains: their present values, to type others."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from engine.spec.document import parse_value
from engine.spec.experiment import Experiment
from engine.spec.knob import divided
from engine.spec.live import LiveKnob, live_knobs, turned
from engine.spec.problem import Place, SpecError
from tui.screens.modal import Modal

LEARNING_RATE: Place = ("compile", "optimizer", "learning_rate")


class TurnScreen(Modal[dict[Place, float] | None]):
    """Ends with the knobs that were given another value, or None."""

    CSS_PATH = "turn.tcss"
    ABOUT = (
        "What can be changed while the run trains. Type other values, of several knobs if you like; applied, they hold "
        "from the next steps on. A dotted line in the charts marks where, and a resumed run keeps them."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="turn.back", tooltip="Change nothing"),
        Binding("enter", "apply", show=False, priority=True, id="turn.apply", tooltip="Train on with these values"),
        Binding("up", "app.focus_previous", show=False, priority=True, id="turn.up", tooltip="The knob above"),
        Binding("down", "app.focus_next", show=False, priority=True, id="turn.down", tooltip="The knob below"),
    ]

    def __init__(self, experiment: Experiment, share: float | None = None) -> None:
        """Show the knobs of an experiment.

        Args:
            experiment: as it is trained by now.
            share: what its schedule multiplies the learning rate by now; None where none does.
        """
        super().__init__()
        self._experiment = experiment
        self._share = share
        self._knobs = live_knobs(experiment)

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "change while it trains"
            with VerticalScroll(can_focus=False):
                for index, knob in enumerate(self._knobs):
                    with Horizontal():
                        yield Static(self._title(knob), markup=False)
                        yield Input(f"{knob.value:g}", compact=True, id=f"knob-{index}")
            yield Static(id="explain", markup=False)
            yield self.key_line(("turn.apply", "apply"), ("turn.up turn.down", "choose"), ("turn.back", "back"))

    @on(Input.Changed)
    @on(Input.Blurred)
    def _explain(self) -> None:
        self._say()

    def on_descendant_focus(self) -> None:
        """Explain the knob that the focus came to."""
        self._say()

    def action_apply(self) -> None:
        """End with what was changed; stay where a value cannot be."""
        changes: dict[Place, float] = {}
        for index, knob in enumerate(self._knobs):
            value, problem = self._value(index)
            if problem:
                self.set_focus(self.query_one(f"#knob-{index}", Input))
                self._say()
                return
            if value != knob.value:
                changes[knob.place] = value
        self.dismiss(changes)

    def about(self) -> Content:
        """Explain the knob under the cursor, too."""
        focused = self.focused
        if not isinstance(focused, Input) or not focused.id:
            return super().about()
        knob = self._knobs[int(focused.id.removeprefix("knob-"))]
        words = Content.assemble(Content.styled(_name(knob), "bold $accent"), "\n", self._help(knob, knob.value))
        return Content("\n\n").join([super().about(), words])

    def _say(self) -> None:
        """Say what is wrong with the value under the cursor, or what its knob does."""
        focused = self.focused
        if not isinstance(focused, Input) or not focused.id:
            return
        index = int(focused.id.removeprefix("knob-"))
        value, problem = self._value(index)
        explain = self.query_one("#explain", Static)
        explain.set_class(bool(problem), "-wrong")
        explain.update(f"✗ {problem}" if problem else self._help(self._knobs[index], value))

    def _title(self, knob: LiveKnob) -> str:
        """Name a knob; of a learning rate that a schedule changes, say what it is now."""
        share = self._share_of(knob)
        return _name(knob) if share is None else f"{_name(knob)}: base rate (now {share * knob.value:.3g})"

    def _help(self, knob: LiveKnob, value: float) -> str:
        """Say what a knob does, and what a value of it comes to now."""
        share = self._share_of(knob)
        if share is None:
            return knob.help
        schedule = self._experiment.compile.schedule.type_name.replace("_", "-")
        return f"The {schedule} schedule makes {share * value:.3g} of it now, and other rates later: {knob.help}"

    def _share_of(self, knob: LiveKnob) -> float | None:
        return self._share if knob.place == LEARNING_RATE else None

    def _value(self, index: int) -> tuple[float, str]:
        """Return what was typed for a knob, and what is wrong with it."""
        knob, text = self._knobs[index], self.query_one(f"#knob-{index}", Input).value.strip()
        if text == f"{knob.value:g}":
            return knob.value, ""
        value = divided(parse_value(text))
        if isinstance(value, bool) or not isinstance(value, int | float):
            return knob.value, f"'{text}' is no number"
        try:
            turned(self._experiment, knob.place, value)
        except SpecError as error:
            return knob.value, error.problems[0].message
        return float(value), ""


def _name(knob: LiveKnob) -> str:
    return f"{knob.of}: {knob.title}" if knob.of else knob.title
