"""What the y axis covers: a scale that one can read, and what most lines need of it."""

from __future__ import annotations

import random

import pytest

from engine.runs.curve import Curve
from engine.runs.history import History
from tests.tui import runs
from tui.content.train_views import LOSS, SHARE, views
from tui.widgets.axis import ROUND, Scale
from tui.widgets.chart_words import heading
from tui.widgets.reach import scale
from tui.widgets.view import Line, Look, View

FITTED = Look(fitted=True)


def lines(*ys: list[float]) -> tuple[Line, ...]:
    return tuple(Line(Curve(range(1, len(each) + 1), each), "x") for each in ys)


def axis(base, *ys: list[float], look: Look = Look(), apart: bool = True) -> tuple[float, float]:  # noqa: B008
    view = View(lines(*ys), 500.0, base=base, apart=apart)
    found = scale(view, look)
    return found.low, found.high


def test_accuracy_is_seen_from_0_to_1_and_loss_from_0_until_one_looks_closer():
    loss, accuracy = views(History().after(runs.training(2.5)), parts=False)
    assert (scale(accuracy, Look()).low, scale(accuracy, Look()).high) == (0.0, 1.0)
    assert scale(loss, Look()).low == 0.0
    assert scale(accuracy, Look()).levels(12)[1] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    closer = scale(accuracy, FITTED)
    assert 0.5 < closer.low < closer.high < 0.95
    assert "y zoomed" in heading(["accuracy"], accuracy, FITTED, 40)


def test_a_run_that_learns_nothing_does_not_look_like_one_that_learns():
    source = random.Random(1)
    guesses = [0.1 + 0.003 * source.random() + 0.0005 * index for index in range(10)]
    assert axis(SHARE, guesses) == (0.0, 1.0)
    assert axis(LOSS, [2.3026, 2.3025, 2.3024]) == (0.0, 2.5)


def test_the_axis_ends_at_a_round_number_and_has_such_numbers():
    for highest, end, labels in (
        (0.47, 0.5, ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (2.31, 2.5, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
        (0.71, 0.8, ["0.0", "0.2", "0.4", "0.6", "0.8"]),
        (130.0, 150.0, ["0", "50", "100", "150"]),
        (0.0031, 0.004, ["0.000", "0.001", "0.002", "0.003", "0.004"]),
    ):
        found = scale(View(lines([highest, highest / 2]), 3.0, base=LOSS), Look())
        assert (found.high, found.levels(12)[1]) == (end, labels)
    assert scale(View(lines([1.0, 0.5]), 3.0, base=LOSS), Look()).levels(5)[1] == ["0", "1"]


@pytest.mark.parametrize("height", range(2, 30))
def test_a_number_at_the_axis_is_where_it_says(height):
    for high in (each * 10.0**power for each in ROUND for power in (-4, -1, 0, 1, 3, 12)):
        places, labels = Scale(0.0, float(f"{high:.2g}"), whole=True).levels(height)
        assert [float(each) for each in labels] == pytest.approx(places)
        assert height < 12 or len(labels) >= 4


def test_one_diverged_or_untrained_run_flattens_no_others():
    healthy = [[0.45, 0.40, 0.36, 0.34], [0.50, 0.42, 0.38, 0.35], [0.48, 0.41, 0.37, 0.36]]
    diverged = [0.5, 30.0, 9_000.0, 1e6]
    assert axis(LOSS, *healthy, diverged) == axis(LOSS, *healthy) == (0.0, 0.5)
    assert axis(LOSS, healthy[0], diverged)[1] <= 0.5
    view = View(lines(*healthy, diverged), 10.0, base=LOSS, apart=True)
    assert heading(["loss"], view, Look(), 60) == "loss · 3 points ↑ 1e+06"
    untrained = [0.1, 0.1, 0.1, 0.1]
    accuracies = [[0.82, 0.85, 0.87, 0.88], [0.80, 0.86, 0.87, 0.87], [0.83, 0.86, 0.86, 0.88]]
    low, high = axis(SHARE, *accuracies, untrained, look=FITTED)
    assert 0.7 < low < high < 0.9
    view = View(lines(*accuracies, untrained), 10.0, base=SHARE, apart=True)
    assert heading(["accuracy"], view, FITTED, 60) == "accuracy · y zoomed · 4 points ↓ 0.10"


def test_a_start_or_a_moment_far_from_the_rest_does_not_flatten_a_line():
    calm = [0.5 - index / 1000 for index in range(200)]
    assert axis(LOSS, calm) == (0.0, 0.5)
    assert axis(LOSS, [2.3, *calm]) == (0.0, 0.8)
    assert axis(LOSS, [*calm, 500.0, *calm]) == (0.0, 0.8)


def test_training_and_validation_of_one_run_are_both_seen_however_far_apart():
    train, validation = [0.5, 0.3, 0.1, 0.05, 0.02], [0.5, 0.55, 0.6, 0.8, 1.1]
    assert axis(LOSS, train, validation, apart=False) == (0.0, 1.2)


def test_a_value_below_0_is_seen_too():
    low, high = axis(LOSS, [0.5, -0.2, -0.4])
    assert low <= -0.4
    assert high >= 0.5
