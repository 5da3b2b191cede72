"""What differs between experiments: only that, with its layers laid beside each other; and the same in a few words."""

from __future__ import annotations

import pytest

from engine.spec.check import check
from engine.spec.difference import briefly, differences
from engine.spec.document import load, with_settings
from engine.spec.draft import Draft


def experiment(*settings, layers=None, preset="notes-baseline"):
    document = with_settings(load(preset), settings)
    if layers is not None:
        document = {**document, "model": {"layers": [*layers]}}
    return check(document).experiment_or_raise()


def said(*experiments):
    return {each.name: each.words for each in differences(experiments)}


FLATTEN, HIDDEN, OUTPUT = (dict(layer) for layer in load("notes-baseline")["model"]["layers"])
DROPOUT = {"type": "dropout", "rate": 0.3}
NORM = {"type": "batch_normalization"}


def test_equal_experiments_and_other_names_differ_in_nothing():
    assert said(experiment(), experiment("name=another")) == {}
    assert " · ".join(briefly(experiment(), experiment("name=another"))) == ""


@pytest.mark.parametrize(
    ("settings", "found", "brief"),
    [
        (["fit.epochs=20"], {"fit.epochs": ("5", "20")}, "epochs 20"),
        (["compile.optimizer.learning_rate=0.01"], {"compile.optimizer.learning_rate": ("0.001", "0.01")}, "adam 0.01"),
        (
            ["compile.optimizer.type=sgd", "compile.optimizer.momentum=0.9"],
            {
                "compile.optimizer.type": ("adam", "sgd"),
                "compile.optimizer.learning_rate": ("0.001", "0.01"),
                "compile.optimizer.momentum": ("-", "0.9"),
                "compile.optimizer.nesterov": ("-", "off"),
                "compile.optimizer.beta_1": ("0.9", "-"),
                "compile.optimizer.beta_2": ("0.999", "-"),
                "compile.optimizer.epsilon": ("1e-07", "-"),
            },
            "sgd 0.01 · momentum α 0.9",
        ),
        (["model.layers[1].units=64"], {"layer 2 Dense: units": ("128", "64")}, "Dense 64 relu"),
        (
            ["model.layers[1].kernel_regularizer={type='l1',strength=0.01}"],
            {"layer 2 Dense: kernel_regularizer": ("-", "l1 · strength 0.01")},
            "l1 0.01",
        ),
        (["data.limit=1000", "seed=3"], {"seed": ("0", "3"), "data.limit": ("-", "1000")}, "limit 1000 · seed 3"),
    ],
)
def test_a_knob_is_named_with_both_values(settings, found, brief):
    other = experiment(*settings)
    assert said(experiment(), other) == found
    assert " · ".join(briefly(other, experiment())) == brief


def test_of_other_kinds_every_knob_is_named_also_one_at_its_default():
    constant = experiment()
    exponential, step = (experiment(f"compile.schedule.type={kind}") for kind in ("exponential", "step"))
    assert said(exponential, step) == {
        "compile.schedule.type": ("exponential", "step"),
        "compile.schedule.factor": ("0.9", "0.5"),
        "compile.schedule.every": ("-", "2"),
    }
    assert said(constant, exponential, step)["compile.schedule.factor"] == ("-", "0.9", "0.5")
    assert briefly(step, exponential) == ("step",)  # the kind tells its defaults


def test_what_only_one_has_is_said_with_its_defaults():
    stopping = experiment("fit.early_stopping={}")
    (words,) = {words for _, words in said(experiment(), stopping).values()}
    assert "patience 3" in words
    added = experiment(layers=[FLATTEN, HIDDEN, {**HIDDEN, "kernel_initializer": {"type": "he_normal"}}, OUTPUT])
    assert said(experiment(), added) == {"layer 3": ("-", "Dense 128 relu · kernel_initializer he_normal")}


def test_layers_of_one_kind_that_came_or_went_are_counted():
    deep = experiment(layers=[FLATTEN, *[{**HIDDEN, "activation": "sigmoid"}] * 4, DROPOUT, OUTPUT])
    plain = experiment(layers=[FLATTEN, OUTPUT])
    assert briefly(deep, plain) == ("+ 4× Dense 128 sigmoid", "+ Dropout 0.3")
    assert briefly(plain, deep) == ("− 4× Dense 128 sigmoid", "− Dropout 0.3")


def test_layers_that_were_put_in_shift_none_of_the_others():
    plain = experiment(layers=[FLATTEN, HIDDEN, OUTPUT])
    more = experiment(layers=[FLATTEN, NORM, {**HIDDEN, "units": 64}, DROPOUT, OUTPUT])
    assert said(plain, more) == {
        "layer 2": ("-", "BatchNormalization"),
        "layer 2 Dense: units": ("128", "64"),
        "layer 4": ("-", "Dropout 0.3"),
    }
    assert " · ".join(briefly(more, plain)) == "+ BatchNormalization · Dense 64 relu · + Dropout 0.3"
    assert " · ".join(briefly(plain, more)) == "− BatchNormalization · Dense 128 relu · − Dropout 0.3"


def test_equal_layers_are_laid_beside_each_other_before_those_that_are_only_alike():
    one = experiment(layers=[FLATTEN, HIDDEN, OUTPUT])
    two = experiment(layers=[FLATTEN, {**HIDDEN, "units": 64}, HIDDEN, OUTPUT])
    assert said(one, two) == {"layer 2": ("-", "Dense 64 relu")}
    assert said(two, one) == {"layer 2": ("Dense 64 relu", "-")}


def test_what_matters_most_is_said_first():
    other = experiment("compile.jit_compile=off", "checkpoint.every_epochs=2", "data.limit=100", "fit.epochs=9",
                       "model.layers[1].units=9", "compile.optimizer.learning_rate=0.1")  # fmt: skip
    assert (
        " · ".join(briefly(other, experiment()))
        == "adam 0.1 · Dense 9 relu · epochs 9 · limit 100 · keep every 2 · XLA off"
    )


def test_three_at_once():
    plain = experiment(layers=[FLATTEN, HIDDEN, OUTPUT])
    dropped = experiment(layers=[FLATTEN, HIDDEN, DROPOUT, OUTPUT])
    strong = experiment("fit.epochs=9", layers=[FLATTEN, HIDDEN, {**DROPOUT, "rate": 0.6}, OUTPUT])
    assert said(plain, dropped, strong) == {
        "layer 3": ("-", "Dropout 0.3", "Dropout 0.6"),
        "fit.epochs": ("5", "5", "9"),
    }
    assert said(strong, plain, dropped) == {
        "layer 3": ("Dropout 0.6", "-", "Dropout 0.3"),
        "fit.epochs": ("9", "5", "5"),
    }


def test_other_kinds_of_layers_are_one_gone_and_another_come():
    dense, norm = experiment(layers=[FLATTEN, HIDDEN, OUTPUT]), experiment(layers=[FLATTEN, NORM, OUTPUT])
    assert " · ".join(briefly(norm, dense)) in (
        "+ BatchNormalization · − Dense 128 relu",
        "− Dense 128 relu · + BatchNormalization",
    )


def test_a_fork_is_set_apart_by_its_knobs_alone():
    draft = Draft(load("notes-baseline")).set(("fork",), {"run": "x-1", "epoch": 2}).set(("fit", "epochs"), 9)
    fork = draft.check.experiment_or_raise()
    assert " · ".join(briefly(fork, experiment())) == "epochs 9"
    assert said(experiment(), fork)["fork"] == ("-", "run x-1 · epoch 2")
