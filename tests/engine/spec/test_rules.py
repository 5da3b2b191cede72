"""The rule of a kind is the one that holds with its values, and its words say what the rule alone does not."""

from __future__ import annotations

import pytest

from engine.spec.knob import values
from engine.spec.optimizers import SGD, Momentum, Nesterov, NotesAdagrad, NotesAdam, NotesRMSprop


@pytest.mark.parametrize(
    ("sgd", "rule"),
    [
        (SGD(), "w ← w − lr·g"),
        (SGD(nesterov=True), "w ← w − lr·g"),  # as Keras has it: without momentum, nothing to look ahead by
        (SGD(momentum=0.9), Momentum.rule({})),
        (SGD(momentum=0.9, nesterov=True), Nesterov.rule({})),
    ],
)
def test_sgd_has_the_rule_of_what_its_knobs_make_of_it(sgd, rule):
    assert SGD.rule(values(sgd)) == rule


def test_a_rule_is_shown_also_while_a_value_is_wrong():
    assert SGD.rule({"momentum": "0.", "nesterov": "yes"}) == Momentum.rule({})


@pytest.mark.parametrize(
    ("notes", "difference"),
    [
        (NotesAdagrad, "begins at V₀"),
        (NotesRMSprop, "within the root"),
        (NotesAdam, "before that is corrected"),
    ],
)
def test_the_notes_forms_say_how_keras_forms_differ(notes, difference):
    assert "as the notes" in notes.words()
    assert f"Keras' {notes.__name__.removeprefix('Notes')} " in notes.words()
    assert difference in notes.words()
    assert difference not in notes.rule({})
