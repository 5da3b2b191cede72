"""On Compile the rule is shown with what the knob under the cursor is in it, and what its value comes to."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from engine.spec.knob import Kind, knobs, symbol_of
from engine.spec.losses import Loss, MeanSquaredError
from engine.spec.optimizers import Adam, Optimizer
from engine.spec.schedules import Schedule
from tests.tui.widgets.test_forms import row_at
from tui.widgets.chart import Chart
from tui.words.rules import OUTSTANDING, rule

RULED = [kind for family in (Optimizer, Loss, Schedule) for kind in family.members.values()]


def outstanding(content) -> list[str]:
    return [content.plain[span.start : span.end] for span in content.spans if span.style == OUTSTANDING]


def text(app, name: str) -> str:
    return " ".join(str(app.screen.query_one(f"#{name}", Static).content).split())


@pytest.mark.parametrize("kind", RULED, ids=lambda kind: kind.__name__)
def test_every_symbol_stands_in_the_rule_of_its_class(kind: type[Kind]):
    for name, field in knobs(kind).items():
        symbol = symbol_of(field)
        own = name in kind.__annotations__ and symbol not in ("", "λ")
        # SGD begins without momentum: at 0 it has none in its rule.
        assert not own or set(outstanding(rule(kind, {"momentum": 0.5}, symbol))) == {symbol}, name


def test_a_symbol_is_not_found_in_another():
    assert outstanding(rule(Adam, {}, "β₁")) == ["β₁"] * 4
    assert outstanding(rule(Adam, {}, "β")) == []
    assert outstanding(rule(Adam, {}, "lr")) == ["lr"] * 2
    assert outstanding(rule(Adam, {}, "")) == []


def test_values_are_those_of_the_document_or_the_defaults():
    assert "lr=0.5 · β₁=0.9 ·" in rule(Adam, {"learning_rate": 0.5}, "").plain
    assert "loss = Σ(y − output)²/classes" in rule(MeanSquaredError, {}, "").plain


async def test_the_knob_under_the_cursor_stands_out_and_says_what_its_value_does(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "tab", "tab", "tab")
        await pilot.pause()
        content = app.screen.query_one("#rule", Static).content
        assert outstanding(content) == ["β₁"] * 4
        assert "β₁ = 0.9: about the last 10 gradients count." in text(app, "explain")
        await pilot.press(*"0.99")
        await pilot.pause()
        assert "β₁ = 0.99: about the last 100 gradients count." in text(app, "explain")
        assert "β₁=0.99" in text(app, "rule")
        await pilot.press("1")
        await pilot.press("backspace", "backspace", "backspace", "backspace", "backspace", "2")
        await pilot.pause()
        assert "β₁ = " not in text(app, "explain")  # nothing comes of a value that cannot be


async def test_loss_and_schedule_show_their_own_rules(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        app.screen.set_focus(row_at(app, "loss", "type").editor)
        await pilot.pause()
        assert "loss = −ln p[y]" in text(app, "rule")
        assert not app.screen.query_one(Chart).display
        app.screen.set_focus(row_at(app, "schedule", "type").editor)
        await pilot.press("enter", "down", "enter")
        await pilot.pause()
        assert "factor^⌊epoch/every⌋" in text(app, "rule")
        chart = app.screen.query_one(Chart)
        assert chart.display
        assert chart.view.end == 5
        assert len(set(chart.view.lines[0].curve.y)) == 3
        await pilot.press("escape")
        await pilot.pause()
        assert "β₁" in text(app, "rule")


async def test_validation_is_reached_here_too(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        app.screen.set_focus(row_at(app, "data", "validation").editor)
        await pilot.press(*"0.2")
        assert app.draft.check.experiment.data.validation == 0.2
        assert "validated on 12,000 images" in text(app, "amounts")
