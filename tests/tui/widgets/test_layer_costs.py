"""What the layers cost, stacks to begin with, and the summary table."""

from __future__ import annotations

import numpy as np
import pytest
from textual.widgets import Input, Static

from engine.spec.check import check
from engine.spec.document import load
from engine.spec.draft import Draft
from engine.spec.initializers import RandomNormal
from engine.spec.knob import value_in_words
from engine.spec.stacks import fitted, stacks
from engine.spec.summary import summary
from tests.tui.conftest import FakeSession
from tui.app import NNPlay
from tui.screens.stacks import ChooseStack
from tui.screens.summary import Summary
from tui.widgets.editors import Choice, Row
from tui.widgets.layer_columns import LONGEST_BAR, SHORTEST_BAR, Table
from tui.widgets.layer_list import LayerList
from tui.words import amounts


def text(app, name: str) -> str:
    return " ".join(str(app.screen.query_one(f"#{name}", Static).content).split())


def test_columns_come_by_their_weight_and_always_fit():
    checked = check(load("cnn-small"))
    heads = {width: Table.of(checked, width).head().split() for width in (20, 36, 46, 69, 120)}
    assert heads[20] == ["layer"] or heads[20] == ["layer", "output"]
    assert heads[46] == ["layer", "output", "params", "work"]
    assert heads[69] == ["layer", "output", "params", "work", "memory"]
    assert heads[120] == ["layer", "output", "params", "work", "memory", "an", "image"]
    for width in range(30, 130):
        table = Table.of(checked, width)
        lines = [table.head(), table.input(), *(table.row(index, "x" * 30) for index in range(len(checked.rows)))]
        assert {len(line) for line in lines} == {width}


def test_bars_show_the_share_of_parameters_and_of_the_compute():
    table = Table.of(check(load("cnn-small")), 120)
    bars = [column.cells for column in table.columns if column.names == ("",)]
    lengths = [[cell.count("█") for cell in cells] for cells in bars]
    assert lengths[0][7] > lengths[0][3] > lengths[0][1]  # most parameters in the last layer,
    assert lengths[1][3] > lengths[1][1] > lengths[1][7]  # most of the compute in the second convolution
    assert all(len(cell) <= LONGEST_BAR for cells in bars for cell in cells)
    assert SHORTEST_BAR > 0


@pytest.mark.parametrize(
    ("values", "words"),
    [(10, "40 B"), (784, "3.1 kB"), (101_770, "0.41 MB"), (25_000_000, "100 MB"), (10**9, "4.0 GB")],
)
def test_memory_is_written_in_two_digits_or_three(values, words):
    assert amounts.memory(values) == words


async def test_totals_and_costs_stand_beside_the_layers(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        await pilot.pause()
        assert "101,770 parameters · 0.41 MB · 0.1 M multiply-adds and 3.7 kB an image" in text(app, "totals")
        assert "784 → 128 · 100,480 parameters (0.4 MB)" in text(app, "explain")
        await pilot.press("up", "backspace")
        await pilot.pause()
        assert text(app, "totals") == ""


async def test_an_initializer_says_the_real_spread_of_this_layer(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter", "tab", "tab", "tab")
        await pilot.pause()
        assert "Here n = 784 inputs, 128 outputs: std 0.0468" in text(app, "explain")
        app.draft = app.draft.choose(("model", "layers", 1, "kernel_initializer"), "he_normal")
        await pilot.pause()
        assert "made for ReLU" in text(app, "explain")
        assert f"std {np.sqrt(2 / 784):.3g}" in text(app, "explain")
        await pilot.press("shift+tab")
        assert "std" not in text(app, "explain")


def test_a_bias_has_no_inputs(app):
    said = RandomNormal(stddev=0.02).spread((128,))
    assert said == "Here n = 128, the length of the vector: std 0.02."
    assert "784 inputs, 128 outputs" in RandomNormal(stddev=0.02).spread((784, 128))


@pytest.mark.parametrize("layers", [12, 14, 30])
async def test_with_many_layers_each_still_has_one_line_beside_the_scrollbar(home, layers):
    document = load("cnn-small")
    first, second, *rest = document["model"]["layers"]
    document["model"]["layers"] = [first, *[{**second, "padding": "same"}] * (layers - 1 - len(rest)), *rest]
    app = NNPlay(document, session=FakeSession)
    app.runs = home / "runs"
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(LayerList)
        assert rows.virtual_size.height == layers + 2
        shown = [rows.render_line(y).text for y in range(rows.size.height)]
        assert sum("%" in line and "Conv2D" in line for line in shown) > 3
        assert not [line for line in shown if line.strip() == "%"]


async def test_one_number_for_both_sides_is_shown_as_two(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.opened(load("cnn-small"))
        while app.screen.query_one(LayerList).cursor != 1:  # the first convolution, whose file says kernel_size = 3
            await pilot.press("down")
        shown = {row.title: row.editor.value for row in app.screen.query(Row) if isinstance(row.editor, Input)}
        assert (shown["kernel size"], shown["strides"]) == ("3×3", "1×1")
        assert app.draft.document["model"]["layers"][1]["kernel_size"] == 3  # only shown so
    assert value_in_words((3, 3)) == "3×3"
    assert value_in_words((0.9, 1.1)) == "0.9, 1.1"


async def test_a_stack_replaces_the_layers_and_nothing_else(app):
    async with app.run_test(size=(80, 24)) as pilot:
        before = app.draft.document
        await pilot.press("down", "m", *"softmax reg")
        assert isinstance(app.screen, ChooseStack)
        await pilot.press("enter")
        await pilot.pause()
        assert [row.label for row in app.draft.check.rows] == ["Flatten", "Dense 10 softmax"]
        assert {**app.draft.document, "model": before["model"]} == before
        await pilot.press("u")
        assert app.draft.document == before
        await pilot.press("m", "escape")
        assert app.draft.document == before


@pytest.mark.parametrize("stack", stacks(), ids=lambda stack: stack.name)
def test_every_stack_works_on_other_data_too(stack, tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.zeros((40, 20, 24), np.uint8), y_train=np.arange(40) % 3)
    assert stack.words
    for source, validation in (("fashion-mnist", "test"), (str(tmp_path / "own.npz"), 0.5)):
        draft = Draft(load("notes-baseline")).set(("data",), {"source": source, "validation": validation})
        draft = draft.with_layers(fitted(stack.layers, draft.check.facts))
        assert draft.check.problems == ()


def test_channels_need_no_reshape(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.zeros((40, 20, 24, 3), np.uint8), y_train=np.arange(40) % 3)
    draft = Draft(load("cnn-small")).set(("data",), {"source": str(tmp_path / "own.npz"), "validation": 0.5})
    draft = draft.with_layers(fitted(draft.layers, draft.check.facts))
    assert draft.check.problems == ()
    assert draft.layers[0]["type"] == "conv2d"


async def test_the_summary_is_read_and_copied(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        assert isinstance(app.screen, Summary)
        shown = text(app, "table")
        assert "dense_1 (Dense) (None, 10) 1,290" in shown
        assert "Trainable params: 101,770 (397.54 KB)" in shown
        await pilot.press("y", "escape")
        assert "dense (Dense)" in app.clipboard
        assert not isinstance(app.screen, Summary)


def test_a_summary_counts_what_is_measured_and_says_what_is_unknown():
    checked = check(load("mlp-regularized"))
    assert "Non-trainable params: 512 (2.00 KB)" in summary(checked)
    assert "Total: unknown" in summary(Draft(load("notes-baseline")).remove_layer(0).check)


async def test_a_long_choice_is_read_whole_in_a_narrow_form(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        (row,) = (row for row in app.screen.query(Row) if row.place == ("compile", "loss", "type"))
        assert row.editor.size.width >= len("SparseCategoricalCrossentropy") + 2
        choice = row.editor
        assert isinstance(choice, Choice)
        assert choice.region.y == row.region.y + 1
        await pilot.resize_terminal(160, 40)
        await pilot.pause()
        assert choice.region.y == row.region.y
