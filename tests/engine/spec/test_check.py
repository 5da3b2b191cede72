"""Every kind of bad input gets a problem that names its place and its remedy."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from engine.spec.check import check
from engine.spec.document import load, parse_value, with_settings
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
        ("model.layers=[3]", "model.layers[0]", "{ type = 'dense' }"),
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
        ("data.source=/nowhere", "data.source", "an .npz file"),
        ("data.label_noise=2", "data.label_noise", "less than or equal to 1"),
        ("data.rescale=0", "data.rescale", "greater than 0"),
        ("data.rescale=1/0", "data.rescale", "must be a number, got '1/0'"),
        ("data.augment.rotation_range=200", "data.augment.rotation_range", "less than or equal to 180"),
        ("data.augment.width_shift_range=-1", "data.augment.width_shift_range", "greater than or equal to 0"),
        ("data.augment.height_shift_range=x", "data.augment.height_shift_range", "must be a number"),
        ("data.augment.zoom_range=1.2", "data.augment.zoom_range", "0 to below 1, or two factors"),
        ("data.augment.zoom_range=[1.2, 0.8]", "data.augment.zoom_range", "smaller to the larger"),
        ("data.augment.horizontal_flip=1", "data.augment.horizontal_flip", "true or false"),
        ("model.layers[1].kernel_initializer.type=he_norml", "model.layers[1].kernel_initializer.type", "'he_normal'"),
        (
            "model.layers[1].kernel_initializer={type='random_normal', stddev=-1}",
            "model.layers[1].kernel_initializer.stddev",
            "greater than 0",
        ),
        (
            "model.layers[1].kernel_initializer={type='random_uniform', minval=1}",
            "model.layers[1].kernel_initializer",
            "from a smaller to a larger weight",
        ),
        ("model.layers[1].kernel_regularizer=l2", "model.layers[1].kernel_regularizer", "table with a type"),
        (
            "model.layers[1].kernel_regularizer={type='l2', strength=-1}",
            "model.layers[1].kernel_regularizer.strength",
            "greater than 0",
        ),
        ("model.layers[1].bias_regularizer.type=orthogonal", "model.layers[1]", "needs a matrix"),
        ("model.layers[1].bias_initializer.type=orthogonal", "model.layers[1]", "choose 'zeros'"),
        ("compile.optimizer.clipnorm=0", "compile.optimizer.clipnorm", "greater than 0"),
        ("compile.optimizer.weight_decay=1", "compile.optimizer.weight_decay", "less than 1"),
        ("compile.schedule.type=cosin", "compile.schedule.type", "did you mean 'cosine'"),
        ("compile.schedule={type='cosine', warmup_epochs=5}", "compile.schedule", "warms up for 5 of 5 epochs"),
        ("compile.schedule={type='cosine', warmup_epochs=4.9999}", "compile.schedule", "warms up for 4.9999 of 5"),
        ("model.layers[1].activity_regularizer.type=orthogonal", "model.layers[1]", "the activity is not here"),
        ("compile.schedule={type='step', every=0}", "compile.schedule.every", "greater than or equal to 1"),
        (
            "compile.metrics=categorical_accuracy",
            "compile.metrics",
            "Choose 'accuracy' or 'sparse_categorical",
        ),
        ("compile.metrics=[categorical_accuracy]", "compile.metrics", "must be"),
        ("compile.metrics=200", "compile.metrics", "must be names of metrics, such as accuracy, got 200"),
        ("compile.metrics=['categorical_accuracy']", "compile.metrics", "class numbers as labels"),
        ("compile.metrics=['accuracy', 'accuracy']", "compile.metrics", "twice"),
        ("compile.precision=float16", "compile.precision", "'mixed_float16'"),
        ("compile.jit_compile=yes", "compile.jit_compile", "'auto'"),
        ("fit.early_stopping=true", "fit.early_stopping", "table"),
        ("fit.early_stopping.patience=-1", "fit.early_stopping.patience", "greater than or equal to 0"),
        ("fit.early_stopping.monitor=val_acc", "fit.early_stopping.monitor", "'val_accuracy'"),
        ("fit.reduce_on_plateau.factor=1", "fit.reduce_on_plateau.factor", "less than 1"),
        ("checkpoint.load_if_exists=1", "checkpoint.load_if_exists", "true or false"),
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


def test_a_person_may_write_a_fraction_for_rescale_and_one_name_for_metrics(baseline):
    checked = check(with_settings(baseline, ["data.rescale=1/255", "compile.metrics=accuracy"]))
    assert checked.experiment.data.rescale == 1 / 255
    assert checked.experiment.compile.metrics == ("accuracy",)


def test_a_wrong_metric_is_the_only_problem_of_the_metrics(baseline):
    (problem,) = check(with_settings(baseline, ["compile.metrics=['x']"])).problems
    assert "Tuple" not in problem.message
    assert "at least" not in problem.message


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ("['50x']", "must be a whole number, got '50x'"),  # what a form makes of 50x
        ("[3, 'x']", "must be a whole number, got 'x'"),
        ("[3]", "must have 2 values, not 1"),
        ("[]", "must have 2 values, not 0"),
        ("50x", "must be whole numbers, such as 3 or 3×5 (in a file: [3, 5]), got '50x'"),
    ],
)
def test_what_is_wrong_with_the_sides_of_a_shape_is_said_once(sides, message):
    document = {"model": {"layers": [{"type": "conv2d", "kernel_size": parse_value(sides)}]}}
    found = {show_place(problem.place): problem.message for problem in check(document).problems}
    assert found["model.layers[0].kernel_size"] == message


def test_what_may_be_one_of_two_kinds_is_said_in_one_sentence(baseline):
    (problem,) = check(with_settings(baseline, ["data.validation=50x"])).problems
    assert problem.message == "must be 'test', or a number, got '50x'"


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


def test_reduce_on_plateau_wants_a_constant_learning_rate(baseline):
    settings = ["fit.reduce_on_plateau.factor=0.5", "compile.schedule.type=exponential"]
    (problem,) = check(with_settings(baseline, settings)).problems
    assert problem.place == ("fit", "reduce_on_plateau")
    assert "'constant'" in problem.message


def test_input_stands_first_and_fits_the_data(baseline):
    baseline["model"]["layers"].insert(0, {"type": "input", "shape": [28, 28]})
    checked = check(baseline)
    assert checked.experiment is not None
    assert checked.rows[0].shape == (28, 28)
    (problem,) = check(with_settings(baseline, ["model.layers[0].shape=[28, 27]"])).problems
    assert "expects 28×27, gets 28×28" in problem.message
    baseline["model"]["layers"].insert(1, {"type": "input"})
    (problem,) = check(baseline).problems
    assert problem.place == ("model", "layers", 1)
    assert "there is one at the top: take it out" in problem.message


def test_zeros_are_advised_against_and_mse_takes_any_output(baseline):
    zeros = check(with_settings(baseline, ["model.layers[1].kernel_initializer.type=zeros"]))
    assert zeros.experiment is not None
    assert "identical" in zeros.advice[0].message
    settings = [
        "compile.loss.type=mean_squared_error",
        "compile.metrics=['accuracy']",
        "model.layers[2].activation=linear",
    ]
    assert check(with_settings(baseline, settings)).advice == ()


@pytest.mark.parametrize("source", ["/nowhere", "", "3"])
@pytest.mark.parametrize("units", [3, 10])
def test_nothing_is_said_of_classes_and_shapes_while_the_data_are_not_known(baseline, source, units):
    checked = check(with_settings(baseline, [f"data.source={source}", f"model.layers[2].units={units}"]))
    assert [problem.place for problem in checked.problems] == [("data", "source")]
    assert (checked.known, checked.parameters, {row.shape for row in checked.rows}) == (False, None, {None})


def test_a_source_without_a_test_set_must_hold_out(baseline, tmp_path):
    path = tmp_path / "own.npz"
    labels = np.arange(20) % 10
    np.savez(path, x_train=np.zeros((20, 28, 28), np.uint8), y_train=labels)
    (problem,) = check(with_settings(baseline, [f"data.source={path}"])).problems
    assert problem.place == ("data", "validation")
    assert "hold out a fraction" in problem.message
    settings = [f"data.source={path}", "data.validation=0.1"]
    experiment = check(with_settings(baseline, settings)).experiment_or_raise()
    assert experiment.data.sizes() == (18, 2)


def test_own_data_decide_shape_and_classes(baseline, tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, **{f"x_{role}": np.zeros((6, 8, 6, 3), np.uint8) for role in ("train", "test")},
             **{f"y_{role}": np.arange(6) % 3 for role in ("train", "test")})  # fmt: skip
    checked = check(with_settings(baseline, [f"data.source={path}"]))
    assert checked.rows[0].shape == (144,)
    assert "10 outputs for 3 classes" in str(checked.problems[0])


def test_a_relative_source_is_made_absolute(baseline, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("own.npz", x_train=np.zeros((20, 28, 28), np.uint8), y_train=np.arange(20) % 10)
    settings = ["data.source=own.npz", "data.validation=0.1"]
    experiment = check(with_settings(baseline, settings)).experiment_or_raise()
    assert experiment.data.source == str(tmp_path / "own.npz")


@pytest.mark.parametrize("schedule", ["{type='step', factor=10.0, every=1}", "{type='exponential', factor=2.0}"])
def test_a_learning_rate_that_grows_beyond_all_numbers_is_refused(baseline, schedule):
    (problem,) = check(with_settings(baseline, [f"compile.schedule={schedule}", "fit.epochs=2000"])).problems
    assert problem.place == ("compile", "schedule")
    assert "factor nearer to 1" in problem.message


def test_an_orthogonal_kernel_needs_two_units(baseline):
    settings = ["model.layers[1].units=1", "model.layers[1].kernel_regularizer.type=orthogonal"]
    (problem,) = check(with_settings(baseline, settings)).problems
    assert "the kernel has only one" in problem.message


def test_equal_weights_are_no_fault_in_the_last_layer(baseline):
    last = check(with_settings(baseline, ["model.layers[2].kernel_initializer.type=zeros"]))
    assert last.advice == ()
    ones = check(with_settings(baseline, ["model.layers[1].kernel_initializer.type=ones"]))
    assert "identical" in ones.advice[0].message


def test_more_images_than_there_are_is_advised_against(baseline):
    for limit, found in (
        (60_000, ()),
        (100_002, ("asks for 100,002 images, but there are 60,000: all of them are used",)),
    ):
        checked = check(with_settings(baseline, [f"data.limit={limit}"]))
        assert checked.experiment is not None
        assert tuple(each.message for each in checked.advice) == found


def test_a_convolution_that_a_cpu_computes_wrongly_without_xla_is_said_before_it_trains(baseline):
    strange = {"type": "conv2d", "kernel_size": [3, 28], "strides": [1, 2]}
    baseline["model"]["layers"][:0] = [{"type": "reshape", "target_shape": [28, 28, 1]}, strange]
    assert check(baseline).advice == ()
    (advice,) = check(with_settings(baseline, ["compile.jit_compile=off"])).advice
    assert advice.place == ("model", "layers", 1)
    assert "a CPU computes wrong numbers" in advice.message
    assert advice.remedy.edits[0].value == "auto"
