"""What mends a model whose layers do not fit: named in the error, done by a key, printed as ``--set``."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.data.facts import FASHION_MNIST
from engine.spec import mending
from engine.spec.check import check
from engine.spec.data import Data
from engine.spec.document import BASELINE, load, with_settings
from engine.spec.draft import Draft
from engine.spec.problem import Edit, Remedy

DENSE = {"type": "dense", "units": 10, "activation": "softmax"}
FLATTEN = {"type": "flatten"}
LSTM = {"type": "lstm", "units": 8}
CONV = {"type": "conv2d", "filters": 4, "activation": "relu"}
IMAGE = {"type": "reshape", "target_shape": [28, 28, 1]}
POOLED = {"type": "global_average_pooling2d"}


def draft(*layers, **parts) -> Draft:
    return Draft.new({**load(BASELINE), "model": {"layers": list(layers)}, **parts})


INITIALIZER = ("model", "layers", 1, "kernel_initializer")


MISFITS = [
    # layers, what the error asks for, how often it must be done until the model can train
    ((DENSE,), "put Flatten before it", 1),
    ((CONV, FLATTEN, DENSE), "put Reshape 28×28×1 before it", 1),
    ((FLATTEN, CONV, DENSE), "put it before Flatten", 2),
    ((FLATTEN, {**DENSE, "activation": "relu"}, CONV, FLATTEN, DENSE), "put it before Flatten", 2),
    ((LSTM, LSTM, DENSE), "set return_sequences to true in the LSTM before it", 1),
    ((IMAGE, LSTM, DENSE), "put Reshape 28×28 before it", 1),
    ((FLATTEN, LSTM, DENSE), "put it before Flatten", 1),
    ((LSTM, CONV, DENSE), "put it before LSTM", 3),
    ((IMAGE, POOLED, CONV, DENSE), "put it before GlobalAveragePooling2D", 1),
    ((IMAGE, CONV, {"type": "reshape", "target_shape": [26, 104]}, CONV, DENSE), "put it before Reshape", 3),
    ((IMAGE, CONV, {"type": "reshape", "target_shape": [26, 104]}, LSTM, CONV, DENSE), "put it before Reshape", 2),
    ((IMAGE, {**CONV, "filters": 256}, LSTM, DENSE), "put Reshape 26×6656 before it", 1),
    ((IMAGE, {**CONV, "filters": 256}, FLATTEN, {**IMAGE, "target_shape": [9]}, DENSE), "such as 173056", 1),
    ((IMAGE, POOLED, POOLED, DENSE), "take it out", 1),
    ((IMAGE, CONV, POOLED, LSTM, DENSE), "take it out", 1),
    (({"type": "input"}, FLATTEN, {"type": "input"}, DENSE), "take it out", 1),
    ((FLATTEN, {**DENSE, "units": 7}), "set its units to 10", 1),
    ((FLATTEN, {"type": "dense", "units": 7}, {"type": "activation", "activation": "softmax"}), "to 10", 1),
    ((FLATTEN,), "end with Dense of 10 units", 1),
    ((IMAGE, CONV), "end with Dense of 10 units", 1),
    ((), "add Flatten, then Dense with 10 units", 1),
    ((FLATTEN, {"type": "input"}, DENSE), "move it to the top", 1),
    (({"type": "input", "shape": [32, 32]}, FLATTEN, DENSE), "leave its shape empty", 1),
    (({**IMAGE, "target_shape": [32, 32, 1]}, CONV, FLATTEN, DENSE), "such as 28×28×1", 1),
    ((IMAGE, {**CONV, "kernel_size": [30, 30]}, FLATTEN, DENSE), "padding 'same'", 1),
    ((FLATTEN, {**DENSE, "bias_initializer": {"type": "orthogonal"}}), "choose 'zeros'", 1),
    ((FLATTEN, {**DENSE, "type": "dens"}), "did you mean 'dense'", 1),
    (({**LSTM, "type": "LSTM"}, DENSE), "did you mean 'lstm'", 1),
    ((FLATTEN, *[{**DENSE, "kernel_initializer": {"type": "he_normal"}}] * 20, {"type": "input"}, DENSE), "the top", 1),
]


@pytest.mark.parametrize(("layers", "words", "times"), MISFITS, ids=[words for _, words, _ in MISFITS])
def test_what_an_error_asks_for_can_be_done_until_the_model_trains(layers, words, times):
    found = draft(*layers)
    assert any(words in problem.message for problem in found.check.problems)
    for _ in range(times):
        assert found.check.experiment is None
        found = found.mended(found.mendable[:1])
    assert found.check.experiment is not None, found.check.problems


KINDS = [
    DENSE, FLATTEN, LSTM, CONV, IMAGE, POOLED, {"type": "max_pooling2d"}, {"type": "dropout"}, {"type": "input"},
    {**IMAGE, "target_shape": [7, 112]}, {**LSTM, "return_sequences": True}, {**CONV, "kernel_size": 9},
    {**CONV, "filters": 512},
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(KINDS), max_size=7))
@example([POOLED, POOLED])
@example([DENSE, {"type": "input"}, {"type": "input"}])
@example([IMAGE, {**CONV, "filters": 512}, LSTM])
def test_what_errors_ask_for_one_after_the_other_ends_with_a_model_that_trains(layers):
    found = draft(*layers)
    for _ in range(20):
        if found.check.experiment is None:
            found = found.mended(found.mendable[:1])
    assert found.check.experiment is not None


@pytest.mark.parametrize(("layers", "words", "times"), MISFITS, ids=[words for _, words, _ in MISFITS])
def test_the_options_that_are_printed_do_the_same(layers, words, times):
    found = draft(*layers)
    remedy = found.mendable[0].remedy
    options = mending.settings(remedy)
    if not options:  # --set cannot take a key away
        assert words == "leave its shape empty"
        return
    mended = check(with_settings(found.document, options))
    assert mended.rows == found.mended(found.mendable[:1]).check.rows


def test_the_options_are_short_where_a_layer_is_added():
    (problem,) = draft(CONV, FLATTEN, DENSE).mendable
    assert mending.settings(problem.remedy) == ['model.layers[0]+={type="reshape", target_shape=[28, 28, 1]}']


def test_a_mended_type_keeps_the_knobs_that_were_given_with_it():
    found = draft(IMAGE, {**CONV, "type": "Conv2D"}, FLATTEN, DENSE)
    assert found.mended(found.mendable[:1]).layers[1] == CONV
    (option,) = mending.settings(found.mendable[0].remedy)
    assert with_settings(found.document, [option])["model"]["layers"][1] == CONV


@pytest.mark.parametrize("value", [math.inf, -0.0, 1e-7, True, 2**62, 'a"b\\c\n\t\x7fé', date(2020, 1, 2), [[], {}]])
def test_any_value_that_a_file_may_hold_can_be_printed_as_an_option(value):
    given = {"type": "dens", "a key": value, "": {"é": value}}
    (option,) = mending.settings(Remedy("", (Edit(("model", "layers", 0), given),)))
    assert with_settings(load(BASELINE), [option])["model"]["layers"][0] == given


def test_layers_for_images_have_no_remedy_where_there_is_no_image(monkeypatch):
    monkeypatch.setattr(Data, "facts", replace(FASHION_MNIST, image_shape=(784,)))
    (problem,) = draft(CONV, DENSE).check.problems
    assert "there is no image before it" in problem.message
    assert problem.remedy is None


@pytest.mark.parametrize(
    ("setting", "place", "value"),
    [
        ("compile.metrics=categorical_accuracy", ("compile", "metrics"), ["sparse_categorical_accuracy"]),
        ('compile.metrics=["accuracy","accuracy"]', ("compile", "metrics"), ["accuracy"]),
        ("data.limit=10 data.validation=0.99", ("data", "validation"), 0.1),
        ("compile.loss.from_logits=true", ("compile", "loss", "from_logits"), False),
        ("model.layers[2].activation=relu", ("model", "layers", 2, "activation"), "softmax"),
        ("model.layers[1].kernel_initializer.type=zeros", INITIALIZER, {"type": "he_normal"}),
        ("data.limit=70000", ("data", "limit"), None),
        ("fit.epoch=3", ("fit", "epoch"), None),
        ("compile.loss.type=mse", ("compile", "loss", "type"), "mean_squared_error"),
        ("compile.optimizer.type=RMSprop", ("compile", "optimizer", "type"), "rmsprop"),
    ],
)  # fmt: skip
def test_what_advice_and_other_errors_ask_for_can_be_done(setting, place, value):
    found = Draft.new(with_settings(load(BASELINE), setting.split(" ")))
    mended = found.mended(found.mendable[:1])
    assert mended.value(place) == value
    assert mended.check.experiment is not None
    assert mended.mendable == ()
    assert mended.undo().document == found.document


def test_an_image_layer_on_grey_images_brings_its_channel_along():
    found = draft(FLATTEN, DENSE).add_layer(0, "conv2d")
    assert found.layers[0] == IMAGE
    assert found.layers[1]["type"] == "conv2d"
    assert found.followed == "A Reshape came along: Conv2D needs height × width × channels, gets 28×28."
    assert len(found.undo().layers) == 2
    assert draft(IMAGE, FLATTEN, DENSE).add_layer(1, "conv2d").followed == ""
    assert draft(DENSE).add_layer(0, "dense").layers[0]["type"] == "dense"  # no Flatten: that is a person's to learn


def test_a_list_can_be_inserted_into_only_within_its_bounds():
    document = load(BASELINE)
    ends = with_settings(document, ['model.layers[3]+={type="activation"}'])
    assert ends["model"]["layers"][-1] == {"type": "activation"}
    for wrong in ("model.layers[4]+=1", "fit.epochs+=1"):
        with pytest.raises(Exception, match="cannot be inserted"):
            with_settings(document, [wrong])


def test_a_misspelt_key_keeps_its_value():
    document = load(BASELINE)
    del document["fit"]["epochs"]
    found = Draft.new({**document, "fit": {**document["fit"], "epoch": 7}})
    mended = found.mended(found.mendable)
    assert mended.value(("fit", "epochs")) == 7
    assert "epoch" not in mended.table(("fit",))
    assert mended.check.experiment is not None
