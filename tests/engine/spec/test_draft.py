"""Editing: every edit can be undone, and a wrong value is kept until it is mended."""

from __future__ import annotations

import pytest

from engine.spec.document import load
from engine.spec.draft import Draft

UNITS = ("model", "layers", 1, "units")


@pytest.fixture
def draft():
    return Draft(load("notes-baseline"))


def test_setting_a_knob_leaves_the_old_draft_alone(draft):
    edited = draft.set(UNITS, 64)
    assert edited.check.parameters == 50_890
    assert draft.check.parameters == 101_770


def test_a_wrong_value_is_kept_and_named(draft):
    wrong = draft.set(UNITS, "many")
    assert wrong.value(UNITS) == "many"
    assert wrong.check.problems[0].place == UNITS


def test_typing_on_at_one_place_is_one_edit(draft):
    edited = draft.set(UNITS, 6, typing=True).set(UNITS, 64, typing=True).set(("seed",), 1)
    assert edited.undo().value(UNITS) == 64
    assert edited.undo().undo().document == draft.document


def test_what_is_typed_after_leaving_the_field_is_another_edit(draft):
    edited = draft.set(UNITS, 6, typing=True).settled().set(UNITS, 64, typing=True)
    assert edited.undo().value(UNITS) == 6
    assert draft.set(UNITS, 6).set(UNITS, 64).undo().value(UNITS) == 6  # choices and ticks are edits of their own


def test_undo_and_redo_return_to_the_same_documents(draft):
    edited = draft.remove_layer(1).add_layer(1, "dropout")
    assert edited.undo().undo().document == draft.document
    assert edited.undo().undo().redo().redo().document == edited.document
    assert draft.undo() is draft
    assert draft.redo() is draft


def test_an_edit_after_an_undo_forgets_the_future(draft):
    edited = draft.remove_layer(1).undo().set(("seed",), 1)
    assert edited.redo() is edited


def test_taking_a_value_away_brings_its_default_back(draft):
    edited = draft.set(("data", "limit"), 1000).set(("data", "limit"), None)
    assert "limit" not in edited.document["data"]


def test_layers_are_added_moved_copied_and_removed(draft):
    kinds = lambda some: [layer["type"] for layer in some.layers]  # noqa: E731
    added = draft.add_layer(2, "dropout")
    assert kinds(added) == ["flatten", "dense", "dropout", "dense"]
    assert kinds(added.move_layer(2, 3)) == ["flatten", "dense", "dense", "dropout"]
    assert kinds(added.move_layer(0, -1)) == kinds(added)
    assert kinds(added.duplicate_layer(2)) == ["flatten", "dense", "dropout", "dropout", "dense"]
    assert kinds(added.remove_layer(0)) == ["dense", "dropout", "dense"]


def test_a_new_dense_layer_begins_with_a_relu(draft):
    assert draft.add_layer(1, "dense").layers[1] == {"type": "dense", "activation": "relu"}


def test_choosing_another_optimizer_takes_its_defaults(draft):
    chosen = draft.choose(("compile", "optimizer"), "sgd")
    assert chosen.check.experiment.compile.optimizer.learning_rate == 0.01
    assert chosen.choose(("compile", "optimizer"), "sgd") is chosen


def test_a_document_that_is_no_experiment_can_be_looked_at():
    draft = Draft({"model": 3, "name": 4})
    assert draft.layers == ()
    assert draft.name == "4"
    assert draft.check.problems
