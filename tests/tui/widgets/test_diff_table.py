"""The table of runs beside each other: how wide its columns are, and where a text goes on in the next line."""

from __future__ import annotations

import pytest

from tui.widgets.diff_table import GAP, LEAST, fitted, folded


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("adam", 5, ["adam"]),
        ("layer 2 Dense: kernel_initializer.type", 23, ["layer 2 Dense:", "kernel_initializer.type"]),
        ("compile.optimizer.learning_rate", 20, ["compile.optimizer.", "learning_rate"]),
        ("notes-baseline-12", 12, ["notes-", "baseline-12"]),
        ("1e-05 0.001", 6, ["1e-05", "0.001"]),
        ("mlp-regularized-12", 12, ["mlp-", "regular…d-12"]),
        ("mylongexperimentname-2", 12, ["mylonge…me-2"]),
        ("abcdefgh", 5, ["abcd…"]),
        ("x abcdefgh y", 5, ["x", "abcd…", "y"]),
    ],
)
def test_a_text_is_broken_where_one_reads_it_and_what_is_cut_says_so(text, width, lines):
    assert folded(text, width).split("\n") == lines


def test_columns_take_what_they_need_where_there_is_room():
    assert fitted([("a label", "x", "value")], 40) == [7, 1, 5]


def test_a_long_label_leaves_room_for_the_runs():
    label, *others = fitted([("l" * 40, "v" * 20, "v" * 20, "v" * 8)], 72)
    assert label == 24
    assert label + sum(others) + 4 * GAP <= 72
    assert others[2] == 8  # what one does not need is for the others


def test_runs_that_have_no_room_are_out_of_sight_as_a_whole():
    label, *others = fitted([("l" * 40, *["v" * 20] * 8)], 72)
    (width,) = set(others)
    assert width >= LEAST
    assert 0 <= (72 - label - GAP) - (72 - label - GAP) // (width + GAP) * (width + GAP) < LEAST
