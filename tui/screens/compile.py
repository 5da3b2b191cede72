"""Compile: optimizer, loss, batch and epochs on the left; on the right their rule, and what they add up to."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from engine.runs.curve import Curve
from engine.spec.data import Data
from engine.spec.draft import Draft
from engine.spec.experiment import Checkpoint, Compile, Experiment
from engine.spec.fit import Fit
from engine.spec.knob import TYPE, Kind, role_of, symbol_of
from engine.spec.problem import Place
from tui.screens.form_place import FormPlace
from tui.widgets.brief import Brief, Explanation
from tui.widgets.chart import Chart, Line, View
from tui.widgets.editors import KnobFocused, Row
from tui.widgets.form import Form, Section
from tui.words.keys import Key
from tui.words.place import all_said, said
from tui.words.rules import rule
from tui.words.sparkline import sparkline

CURVE_POINTS = 30
"""Characters of the learning rate's preview, where there is no room for a chart."""
CHART_POINTS = 240
NOTHING = 1e-4
"""A learning rate so much smaller than the highest does nothing any more."""
CHART_FROM = 30
"""A screen of so many lines has room for the chart beside any rule; a smaller one while a person is at the schedule."""
OPTIMIZER, SCHEDULE, LOSS = (("compile", name) for name in ("optimizer", "schedule", "loss"))


class CompileScreen(FormPlace):
    """Choose how the model learns, and for how long."""

    MODE = "compile"
    STEP = "Compile"
    CSS_PATH = ["place.tcss", "compile.tcss"]  # noqa: RUF012 - Textual declares it

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, Content] = {}

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(classes="panel") as knobs:
                knobs.border_title = "compile and fit"
                yield Form()
                yield Explanation(id="explain")
            with Vertical(classes="panel", id="meaning"):
                yield Brief(id="rule")
                yield Chart("learning rate", "no curve while something is wrong", id="curve")
                yield Brief(id="amounts")

    def show_draft(self) -> None:
        draft = self.playground.draft
        sections = [
            Section((name,), spec, draft.table((name,)), only)
            for name, spec, only in (
                ("compile", Compile, None),
                ("fit", Fit, None),
                ("data", Data, ("validation",)),
                ("checkpoint", Checkpoint, None),
            )
        ]
        sections.append(Section((), Experiment, draft.document, only=("seed", "name")))
        self.show_form(sections, draft.check.problems)
        self._show_meaning()

    def action_leave(self) -> None:
        """Leave the field, and what its rule showed of it."""
        super().action_leave()
        self._show_meaning()

    def consequence(self, row: Row) -> str:
        """Return what a value comes to, where its declaration says that."""
        role = "" if row.wrong else role_of(row.field, row.value)
        symbol = symbol_of(row.field)
        return f"{symbol} = {row.value:g}: {role}." if role else ""

    @on(KnobFocused)
    @on(Resize)
    def _show_meaning(self) -> None:
        """Show the rule that the knob under the cursor belongs to, and what all of it adds up to."""
        if not self.query("#amounts"):
            return  # a resize may come before all is composed
        draft, row = self.playground.draft, self.row
        place = next((each for each in (SCHEDULE, LOSS) if row and row.place[:2] == each), OPTIMIZER)
        kind = _kind(draft, place)
        self.query_one("#meaning").border_title = kind.__name__
        symbol = symbol_of(row.field) if row and row.place[:2] == place else ""
        self._say("rule", rule(kind, draft.table(place), symbol))
        charted = self.size.height >= CHART_FROM or (place == SCHEDULE and self.has_class("-tall"))
        chart = self.query_one("#curve", Chart)
        chart.display = charted
        if charted:
            chart.show(_curve(draft))
        self._say("amounts", Content(_amounts(draft, self.playground.key, charted=charted)))

    def _say(self, name: str, text: Content) -> None:
        said = self._said.get(name)
        if said is None or not said.is_same(text):  # an equal text would still send bytes
            self._said[name] = text
            self.query_one(f"#{name}", Static).update(text)


def _kind(draft: Draft, place: Place) -> type[Kind]:
    """Return the class that is chosen; where the document chooses none, or misspells it, the default one."""
    chosen = draft.table(place).get(TYPE)
    default = type(getattr(Compile(), str(place[-1])))
    return default.members.get(chosen, default) if isinstance(chosen, str) else default


def _curve(draft: Draft) -> View:
    experiment = draft.check.experiment
    if experiment is None:
        return View()
    epochs = experiment.fit.epochs
    rates = experiment.rates(CHART_POINTS)
    places = [index * epochs / (CHART_POINTS - 1) for index in range(CHART_POINTS)]
    return View((Line(Curve(places, rates), "chart--1"),), end=float(epochs))


def _amounts(draft: Draft, key: Key, *, charted: bool) -> str:
    experiment = draft.check.experiment
    if experiment is None:
        return all_said(draft.check.problems, draft.check, key, CompileScreen.MODE)
    curve = experiment.rates(CURVE_POINTS)
    span = _span(experiment)
    # What is odd comes first, as whole sentences: where there is little room, the rest stands closer for it.
    odd = [f"! {said(advice, draft.check, key, CompileScreen.MODE)}" for advice in draft.check.advice]
    if odd and not charted:
        return "\n".join((*odd, span, experiment.amounts))
    preview = "" if charted else f"lr {sparkline(curve)}\n"
    return "\n\n".join((*odd, preview + span, experiment.amounts))


def _span(experiment: Experiment) -> str:
    """Say where the learning rate begins, how high it gets, and where it ends."""
    rates, epochs = experiment.rates(CHART_POINTS), experiment.fit.epochs
    begin, top, end = (_rate(rate, max(rates)) for rate in (rates[0], max(rates), rates[-1]))
    if experiment.fit.reduce_on_plateau:
        return f"lr {begin}, and lower at each plateau"
    if begin == top == end:
        return f"lr {begin} throughout"
    over = "" if top in (begin, end) else f" up to {top} and down"
    return f"lr from {begin}{over} to {end} in {epochs:,} epoch{'s' * (epochs > 1)}"


def _rate(rate: float, top: float) -> str:
    """Write a rate; one that is next to nothing as 0."""
    return f"{rate:.3g}" if rate > NOTHING * top else "0"
