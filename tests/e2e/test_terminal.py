"""The main job in a real terminal: build a network by keys, train, pause, continue, stop; look at what is kept."""

from __future__ import annotations

import re
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

from engine.data import fashion_mnist
from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.train import checkpoint
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow
NNPLAY = [str(Path(sys.executable).with_name("nnplay"))]


def steps(terminal: Terminal) -> int:
    """The number of steps that the progress line shows, counted through all epochs."""
    found = re.search(r"epoch (\d+)/\d+ +[▓░]+ +([\d,]+)/([\d,]+)", terminal.text)
    if not found:
        return 0
    epoch, done, whole = (int(number.replace(",", "")) for number in found.groups())
    return (epoch - 1) * whole + done


def test_from_a_cold_start_to_a_reloaded_checkpoint(home):
    with Terminal(NNPLAY, 80, 24) as terminal:
        terminal.wait_for("add a layer", "101,770 parameters", "t train")
        terminal.press("backspace", "backspace", "backspace")
        terminal.wait_for("No layers yet")
        for name in ("flatten", "dense", "dropout", "dense"):  # as a slow line brings keys: all at once
            terminal.press("a", name, "enter", pause=0)
        terminal.wait_for("gives 128 outputs for 10")
        terminal.press("enter")
        terminal.wait_for("units: how many")
        terminal.press("10", "tab")
        terminal.wait_for("activation: the function")
        terminal.press("enter")
        terminal.wait_for("sigmoid")
        terminal.press("down", "enter")
        terminal.wait_for("Dense 10 softmax")
        terminal.press("escape")
        terminal.press("up", "up", "enter")
        terminal.wait_for("units: how many")
        terminal.press("64", "escape")
        terminal.wait_for("Flatten", "Dense 64 relu", "Dropout 0.3", "Dense 10 softmax", "50,890 parameters")
        terminal.press("3")
        terminal.wait_for("compile and fit")
        terminal.press(*["tab"] * 11, pause=0)
        terminal.wait_for("epochs: how often")
        terminal.press("300", "escape", "t", pause=0)
        terminal.wait_for("loss by epoch", "accuracy by epoch")
        terminal.wait_until(lambda: terminal.braille(0, 40) and terminal.braille(40, 80), "both charts to move")
        before = terminal.text
        terminal.wait_until(lambda: terminal.text != before, "the charts to move on")
        # The screens' own process has no TensorFlow in it: not a module, not a library.
        assert "tensorflow" not in Path(f"/proc/{terminal.process.pid}/maps").read_text()

        terminal.wait_for("best 0.", "gap ")
        terminal.press("space")
        terminal.wait_for("Paused", "space continue")
        paused_at = steps(terminal)
        time.sleep(0.5)
        assert steps(terminal) == paused_at > 0
        terminal.press("space")
        terminal.wait_until(lambda: steps(terminal) > paused_at, "training to go on")
        terminal.press("s")
        terminal.wait_for("Stopped; the state is saved", "t trains again")
        terminal.press("q")
        assert terminal.process.wait(30) == 0

    run = RunDirectory(home / "runs" / "notes-baseline-1")
    asked = tomllib.loads((run.path / "experiment.toml").read_text())
    assert [layer["type"] for layer in asked["model"]["layers"]] == ["flatten", "dense", "dropout", "dense"]
    assert (asked["model"]["layers"][1]["units"], asked["fit"]["epochs"]) == (64, 300)
    kinds = [event.kind for event in run.tail().read()]
    assert {"started", "progress", "epoch", "checkpoint", "paused", "continued", "finished"} == set(kinds)
    history = History().after(run.tail().read())
    assert history.best is not None
    assert saved.read(run.last).step == history.finished.step

    best = saved.read(run.best)
    assert best.epoch == history.best.epoch
    _, test = fashion_mnist.read()
    predicted = checkpoint.restore(best).model.predict(test.images.astype(np.float32) / 255, batch_size=500, verbose=0)
    assert np.mean(np.argmax(predicted, axis=1) == test.labels) == pytest.approx(history.best.accuracy)


def test_start_trains_at_once_to_its_end():
    with Terminal([*NNPLAY, "--start"], 120, 40) as terminal:
        terminal.wait_for("[4 Train]", "notes-baseline-1")
        terminal.wait_for("✓ Done. Best: 0.8")
        terminal.press("q")
        assert terminal.process.wait(30) == 0


def test_fast_typing_is_neither_lost_nor_reordered():
    with Terminal(NNPLAY, 80, 24) as terminal:
        terminal.wait_for("Dense 128 relu")
        terminal.press("down", "d", "down", "d", "u", pause=0)
        terminal.wait_for("1 Flatten", "2 Dense 128 relu", "3 Dense 128 relu", "4 Dense 10 softmax")
        terminal.press("up", "up", "up", "down", "enter", pause=0)
        terminal.wait_for("esc back to layers")
        terminal.press("1234", pause=0)
        terminal.wait_for("2 Dense 1234 relu")
        time.sleep(0.5)
        assert "units           1234" in terminal.text
