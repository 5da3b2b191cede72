"""The table of runs: what stands in its columns."""

from __future__ import annotations

from engine.runs.shelf import Shelf
from tests.tui import made, runs
from tui.content.run_table import differs

SIGMOID = "model.layers[1].activation=sigmoid"


def words():
    shelf = Shelf()
    known = sorted(shelf.read(shelf.look()), key=lambda each: each.overview.run.name)
    return differs(known)


def test_what_tells_runs_from_each_other_stands_before_what_they_share(home):
    for kind in ("he_normal", "zeros", "ones"):
        made.make(settings=(SIGMOID, f"model.layers[1].kernel_initializer.type={kind}"))
    made.make()
    assert words() == [
        "he_normal · Dense 128 sigmoid",
        "zeros · Dense 128 sigmoid",
        "ones · Dense 128 sigmoid",
        "",
    ]


def test_runs_that_began_with_other_weights_say_so(home):
    first = made.make(runs.STARTED, settings=(SIGMOID,))
    made.make(runs.STARTED.model_copy(update={"loaded": str(first.last)}), settings=(SIGMOID,))
    assert words() == ["Dense 128 sigmoid", "weights of notes-baseline-1 · Dense 128 sigmoid"]
