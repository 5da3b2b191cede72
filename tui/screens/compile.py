"""Compile: optimizer, loss, batch and epochs on the left; on the right what they mean and add up to."""

from __future__ import annotations

from inspect import cleandoc

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from engine.spec.draft import Draft
from engine.spec.experiment import Checkpoint, Compile, Experiment
from engine.spec.fit import Fit
from engine.spec.knob import TYPE, Kind
from engine.spec.optimizers import Optimizer
from tui.screens.form_place import FormPlace
from tui.sparkline import sparkline
from tui.widgets.form import Form, Section

CURVE_POINTS = 30
"""Characters of the learning rate's preview."""


class CompileScreen(FormPlace):
    """Choose how the model learns, and for how long."""

    MODE = "compile"
    STEP = "Compile"
    CSS_PATH = ["place.tcss"]  # noqa: RUF012 - Textual declares it

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(classes="panel") as knobs:
                knobs.border_title = "compile and fit"
                yield Form()
                yield Static(id="explain", markup=False)
            with Vertical(classes="panel", id="meaning"):
                yield Static(id="rule", markup=False)
                yield Static(id="amounts", markup=False)

    def show_draft(self) -> None:
        draft = self.playground.draft
        sections = [
            Section((name,), spec, draft.table((name,)))
            for name, spec in (("compile", Compile), ("fit", Fit), ("checkpoint", Checkpoint))
        ]
        sections.append(Section((), Experiment, draft.document, only=("seed", "name")))
        self.call_later(self.show_form, sections, draft.check.problems)
        optimizer = _optimizer(draft)
        self.query_one("#meaning").border_title = optimizer.__name__
        self.query_one("#rule", Static).update(cleandoc(optimizer.__doc__ or ""))
        self.query_one("#amounts", Static).update(_amounts(draft))


def _optimizer(draft: Draft) -> type[Kind]:
    """Return the chosen optimizer's class; where the document chooses none, or misspells it, the default one."""
    chosen = draft.table(("compile", "optimizer")).get(TYPE)
    default = type(Compile().optimizer)
    return Optimizer.members.get(chosen, default) if isinstance(chosen, str) else default


def _amounts(draft: Draft) -> str:
    experiment = draft.check.experiment
    if experiment is None:
        return "✗ " + "\n✗ ".join(map(str, draft.check.problems))
    curve = experiment.rates(CURVE_POINTS)
    rate = f"lr {sparkline(curve)}\nfrom {curve[0]:.3g} to {curve[-1]:.3g} in {experiment.fit.epochs:,} epochs\n\n"
    return rate + experiment.amounts + "".join(f"\n\n! {advice}" for advice in draft.check.advice)
