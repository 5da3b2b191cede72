"""The language that filters runs."""

from __future__ import annotations

import pytest

from engine.runs.asked import Asked
from engine.runs.library import overview
from engine.runs.note import write_note
from engine.runs.query import QueryError, knobs_of, parse
from engine.spec.check import check
from engine.spec.document import load
from tests.tui import made, runs


@pytest.fixture
def seen():
    """A run that is done: 5 epochs, 101,770 parameters, an accuracy below 0.9."""
    run = made.make(*runs.training(5), runs.DONE, settings=("model.layers[1].kernel_regularizer.type=l2", "seed=7"))
    write_note(run, "a Good one")
    return overview(run), knobs_of(Asked().experiment(run))


@pytest.mark.parametrize(
    "text",
    [
        "", "baseline", "BASELINE good", "acc>0.8 acc<0.9", "epochs>=5", "epochs:5", "params=101,770", "params<1e6",
        "state:done", "state:DONE", "state!=failed", "name:baseline-1", "note:good", "optimizer:adam", "units:128",
        "units>100", "learning_rate<=0.001", "kernel_regularizer:l2", "layer:dense", "layer!=dropout",
        "early_stopping!=on", "horizontal_flip:off", "validation:test", "units:10", "seed:7", "time<1",
    ],
)  # fmt: skip
def test_what_is_so_matches(seen, text):
    assert parse(text).matches(*seen)


@pytest.mark.parametrize(
    "text",
    [
        "x", "baseline x", "acc>0.95", "epochs<5", "params>1e6", "state:failed", "state!=done", "optimizer:adamw",
        "optimizer:ad", "units>200", "units:12", "layer:dropout", "acc>0.8 epochs>5", "dropout", "label_noise>0",
    ],
)  # fmt: skip
def test_what_is_not_so_does_not_match(seen, text):
    assert not parse(text).matches(*seen)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("acc>", "acc> lacks a value, such as acc>0.88"),
        ("acc>high", "acc is a number, 'high' is none"),
        ("unit:128", "there is no knob 'unit': did you mean 'units'"),
        ("state:dnoe", "there is no state 'dnoe': did you mean 'done'"),
        ("name>b", "name is a text"),
        ("units>many", "units is a number, 'many' is none"),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_rest_holds(seen, text, why):
    with pytest.raises(QueryError, match=why.replace("?", r"\?")) as error:
        parse(f"{text} epochs:5")
    assert error.value.rest.text == "epochs:5"
    assert error.value.rest.matches(*seen)


def test_shapes_and_switches_are_written_as_one_likes():
    experiment = check(load("cnn-small")).experiment_or_raise()
    run = overview(made.make())
    knobs = knobs_of(experiment)
    for text in (
        "kernel_size:3",
        "kernel_size:3x3",
        "kernel_size:3×3",
        "target_shape:28x28x1",
        "use_bias:true",
        "use_bias:ON",
    ):
        assert parse(text).matches(run, knobs), text
    assert not parse("kernel_size:5").matches(run, knobs)


def test_a_run_whose_experiment_cannot_be_read_has_no_knobs():
    run = overview(made.make())
    assert not parse("units:128").matches(run, knobs_of(None))
    assert parse("baseline").matches(run, knobs_of(None))
