"""A problem's place is named as a person sees it on the screens; a file keeps its path."""

from __future__ import annotations

import pytest

from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.layers import Layer
from engine.spec.problem import show_place
from tui.settings.key_names import KeyNames
from tui.words.place import all_said, said, said_at_layer, where

KEY = KeyNames().key
L2 = "model.layers[1].kernel_regularizer={type='l2',strength=-1}"


def only(*settings: str):
    checked = check(with_settings(load("notes-baseline"), settings))
    (problem,) = checked.problems
    return problem, checked


@pytest.mark.parametrize(
    ("setting", "path", "seen"),
    [
        ("model.layers[1].units=x", "model.layers[1].units", "layer 2 (Dense) · units"),
        (L2, "model.layers[1].kernel_regularizer.strength", "layer 2 (Dense) · regulariser · strength"),
        ("model.layers[1].unts=3", "model.layers[1].unts", "layer 2 (Dense) · unts"),
        ("model.layers[2].units=3", "model.layers[2]", "layer 3 (Dense)"),
        ("model.layers[0].type=flaten", "model.layers[0].type", "layer 1"),
        ("model.layers=3", "model.layers", "2 Model · layers"),
        ("model=3", "model", "2 Model · model"),
        (
            "compile.optimizer.learning_rate=0",
            "compile.optimizer.learning_rate",
            "3 Compile · optimizer · learning rate",
        ),
        ("compile.optimizer.rho=0", "compile.optimizer.rho", "3 Compile · optimizer · rho"),
        ("compile.optimizer.type=adm", "compile.optimizer.type", "3 Compile · optimizer"),
        ("fit.batch_size=x", "fit.batch_size", "3 Compile · batch size"),
        ("fit.early_stopping.patience=x", "fit.early_stopping.patience", "3 Compile · early stopping · patience"),
        ("fit.foo=3", "fit.foo", "3 Compile · fit.foo"),
        ("seed=x", "seed", "3 Compile · seed"),
        ("data.augment.rotation_range=x", "data.augment.rotation_range", "1 Data · rotation"),
        ("data.augment.rot=3", "data.augment.rot", "1 Data · data.augment.rot"),
        ("colour=red", "colour", "colour"),
        ("format=2", "format", "format"),
    ],
)
def test_a_place_is_named_by_what_stands_on_the_screens(setting, path, seen):
    problem, checked = only(setting)
    assert str(problem) == f"{path}: {problem.message}"  # in a file, and on the command line
    assert said(problem, checked, KEY).startswith(f"{seen}: {problem.message}")


def test_a_screen_does_not_name_itself():
    problem, checked = only("fit.batch_size=x")
    assert said(problem, checked, KEY, "compile") == "batch size: must be a whole number, got 'x'"
    assert said(problem, checked, KEY, "model").startswith("3 Compile · batch size")
    assert all_said([problem, problem], checked, KEY, "compile").count("✗ batch size: ") == 2


def test_at_its_layer_a_problem_does_not_name_the_layer():
    assert said_at_layer(*only("model.layers[1].units=x"), KEY) == "units: must be a whole number, got 'x'"
    assert said_at_layer(*only("model.layers[2].units=3"), KEY).startswith("the last layer gives")


def test_what_no_form_has_says_the_key_that_removes_it():
    assert said(*only("fit.foo=3"), KEY).endswith("(x removes it)")
    assert "removes" not in said(*only("fit.epochs=0"), KEY)


def test_a_place_that_leads_nowhere_is_named_all_the_same():
    assert where(("model", "layers", 7, "units"), {}, KEY) == "layer 8 · units"
    assert where((), {}, KEY) == ""
    assert where(("model", "layers", 0, "\x1b[31m"), load("notes-baseline"), KEY) == r"layer 1 (Flatten) · \x1b[31m"


def test_every_knob_of_every_layer_is_named_by_its_title():
    for kind, member in Layer.members.items():
        document = {"model": {"layers": [{"type": kind}]}}
        for name, field in member.model_fields.items():
            place = ("model", "layers", 0, name)
            assert where(place, document, KEY) == f"layer 1 ({member.__name__}) · {field.title}", show_place(place)
