"""Every kind of bad input gets a problem that names its place and its remedy."""

from __future__ import annotations

import copy

import pytest

from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.problem import SpecError, show_place


@pytest.fixture
def baseline():
    return load("notes-baseline")


def test_the_baseline_has_the_notes_shapes_and_counts(baseline):
    checked = check(baseline)
    assert checked.problems == ()
    assert checked.advice == ()
    assert [(row.label, row.shape, row.parameters) for row in checked.rows] == [
        ("Flatten", (784,), 0),
        ("Dense 128 relu", (128,), 100_480),
        ("Dense 10 softmax", (10,), 1_290),
    ]
    assert checked.parameters == 101_770


@pytest.mark.parametrize(
    ("setting", "place", "words"),
    [
        ("model.layers[1].units=-3", "model.layers[1].units", "greater than or equal to 1, got -3"),
        ("model.layers[1].units=many", "model.layers[1].units", "must be a whole number, got 'many'"),
        ("model.layers[1].units=12.5", "model.layers[1].units", "must be a whole number, got 12.5"),
        ('model.layers[1].units="128"', "model.layers[1].units", "must be a whole number, got '128'"),
        ("model.layers[1].unit=3", "model.layers[1].unit", "did you mean 'units'"),
        ("model.layers[0].type=dens", "model.layers[0].type", "did you mean 'dense'"),
        ("model.layers[1].activation=rellu", "model.layers[1].activation", "'relu'"),
        ("model.layers[1].use_bias=1", "model.layers[1].use_bias", "true or false"),
        ("model.layers[2].units=11", "model.layers[2]", "11 outputs for 10 classes: set its units to 10"),
        ("model.layers=[]", "model.layers", "add Flatten"),
        ("model.layers=[3]", "model.layers[0]", "{ type = 'flatten' }"),
        ("model=3", "model", "table"),
        ("fit.epoch=3", "fit.epoch", "did you mean 'epochs'"),
        ("fit.epochs=0", "fit.epochs", "greater than or equal to 1"),
        ("fit.batch_size=0", "fit.batch_size", "greater than or equal to 1"),
        ("compile.optimizer.learning_rate=0", "compile.optimizer.learning_rate", "greater than 0"),
        ("compile.optimizer.learning_rate=-0.1", "compile.optimizer.learning_rate", "greater than 0"),
        ("compile.optimizer.learning_rate=nan", "compile.optimizer.learning_rate", "finite"),
        ("compile.optimizer.type=adm", "compile.optimizer.type", "did you mean 'adam'"),
        ("compile.optimizer=3", "compile.optimizer", "table with a type"),
        ("compile.optimizer={}", "compile.optimizer", "says no type"),
        ("compile.metrics=[]", "compile.metrics", "at least 1"),
        ("data.validation=1.5", "data.validation", "less than 1"),
        ("data.validation=foo", "data.validation", "'test'"),
        ("data.limit=3", "data.limit", "greater than or equal to 10"),
        ("name=../x", "name", "letters, digits"),
        ("name=/etc", "name", "letters, digits"),
        ("seed=1.5", "seed", "whole number"),
        ("format=2", "format", "must be 1"),
        ("colour=red", "colour", "unknown key"),
    ],
)
def test_bad_values_are_named_with_their_place(baseline, setting, place, words):
    checked = check(with_settings(baseline, [setting]))
    assert checked.experiment is None
    found = {show_place(problem.place): problem.message for problem in checked.problems}
    assert place in found
    assert words in found[place]
    with pytest.raises(SpecError, match="."):
        checked.experiment_or_raise()


def test_a_missing_model_is_a_problem():
    assert [str(problem) for problem in check({}).problems] == ["model: is missing"]


def test_dense_on_an_image_is_an_error_at_that_layer(baseline):
    del baseline["model"]["layers"][0]
    first, second = check(baseline).rows
    assert "put Flatten before it" in first.problems[0].message
    assert second.problems == ()
    assert second.shape is None  # unknown behind a layer that cannot work, but no error of its own


def test_a_wrong_layer_leaves_the_shapes_before_it_alone(baseline):
    checked = check(with_settings(baseline, ["model.layers[1].units=x"]))
    assert [row.shape for row in checked.rows] == [(784,), None, None]
    assert checked.parameters is None


def test_a_convolution_after_flatten_is_an_error_at_the_convolution(baseline):
    baseline["model"]["layers"].insert(1, {"type": "conv2d"})
    (problem,) = check(baseline).problems
    assert problem.place == ("model", "layers", 1)
    assert "put it before Flatten" in problem.message


def test_a_model_must_end_in_one_output_a_class(baseline):
    del baseline["model"]["layers"][1:]
    (problem,) = check(baseline).problems
    assert "ends in Flatten with 784 outputs" in problem.message


def test_outputs_that_the_loss_cannot_use_are_advised_against(baseline):
    linear = check(with_settings(baseline, ["model.layers[2].activation=linear"]))
    assert linear.experiment is not None
    assert "from_logits = true" in linear.advice[0].message
    twice = check(with_settings(baseline, ["compile.loss.from_logits=true"]))
    assert "twice" in twice.advice[0].message


def test_checking_changes_nothing(baseline):
    before = copy.deepcopy(baseline)
    check(baseline)
    assert baseline == before


def test_a_held_out_fraction_must_leave_images(baseline):
    checked = check(with_settings(baseline, ["data.limit=10", "data.validation=0.99"]))
    assert checked.problems[0].place == ("data", "validation")
