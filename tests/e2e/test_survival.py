"""The engine outlives the screens, and the screens outlive the engine."""

from __future__ import annotations

import os
import signal

import pytest

from engine.runs.directory import RunDirectory
from engine.runs.events import Progress, Started
from engine.runs.history import History
from engine.runs.library import Condition, overview
from engine.runs.lock import whereabouts
from engine.runs.resuming import events
from engine.spec.check import check
from engine.spec.document import dumps, load, with_settings
from tests.e2e.program import NNPLAY, wait_until
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow


@pytest.fixture
def spec(tmp_path):
    """A run of some seconds."""
    settings = ["name=s", "data.limit=4000", "fit.epochs=40", "compile.jit_compile=off"]
    path = tmp_path / "spec.toml"
    path.write_text(dumps(check(with_settings(load("notes-baseline"), settings)).experiment_or_raise()))
    return str(path)


@pytest.fixture
def run(home):
    return RunDirectory(home / "runs" / "s-1")


def test_a_run_goes_on_without_its_screens_and_new_ones_show_all_of_it(spec, run):
    with Terminal([*NNPLAY, "--open", spec, "--start"], 80, 24) as terminal:
        terminal.wait_for("best 0.")
        terminal.hang_up()
        terminal.process.wait(30)
    with Terminal([*NNPLAY, "attach", "s-1"], 80, 24) as terminal:
        terminal.wait_for("[4 Train]", "s-1 ·", "best 0.")
        seen = events(run)[-1].step
        terminal.process.send_signal(signal.SIGKILL)
        terminal.process.wait(30)
    with Terminal([*NNPLAY, "attach", "s-1"], 120, 40) as terminal:
        terminal.wait_for("[4 Train]", "s-1 ·", "best 0.")
        terminal.wait_for("✓ Done. Best: 0.", "epoch 40/40")
        terminal.press("q")
        assert terminal.process.wait(30) == 0
    told = events(run)
    assert told[-1].step == 40 * 125 > seen
    chunks = [event for event in told if isinstance(event, Progress)]
    # No step is missing and none is told twice; the charts have a point for each chunk and each epoch.
    assert sum(chunk.steps for chunk in chunks) == 40 * 125
    history = History().after(told)
    assert len(history.train_loss.x) == len(chunks)
    assert history.validation_loss.x == tuple(float(epoch) for epoch in range(1, 41))


def test_a_killed_engine_is_shown_and_the_run_resumed(spec, run):
    with Terminal([*NNPLAY, "--open", spec, "--start"], 120, 40) as terminal:
        terminal.wait_for("best 0.")
        os.kill(whereabouts(run)[1].pid, signal.SIGKILL)
        terminal.wait_for("killed by SIGKILL", "may have run out of memory", "r goes on from the last checkpoint")
        assert overview(run).condition is Condition.CRASHED
        terminal.press("r")
        terminal.wait_for("✓ Done. Best: 0.", "epoch 40/40")
        terminal.press("q")
        assert terminal.process.wait(30) == 0
    starts = [event for event in events(run) if isinstance(event, Started)]
    assert [start.resumed for start in starts] == [False, True]
    assert starts[1].step > 0


def test_two_terminals_command_one_run_and_a_third_of_another_program_too(spec, run):
    with Terminal([*NNPLAY, "train", spec, "--epochs", "10000"], 80, 24) as trainer:
        trainer.wait_until(lambda: run.events.exists() and "epoch" in trainer.text, "training")
        with Terminal([*NNPLAY, "attach", "s-1"], 100, 30) as one, Terminal([*NNPLAY, "attach", "s-1"], 80, 24) as two:
            for terminal in (one, two):
                terminal.wait_for("best 0.", "space pause")
            one.press("space")
            for terminal in (one, two):
                terminal.wait_for("‖ Paused", "space continue")
            two.press("l")
            two.wait_for("change while it trains")
            two.press("0.002", "enter")
            for terminal in (one, two):
                terminal.wait_for(" 0.002 ")  # marked in its charts; in narrow ones the knob's name may be cut
            two.press("space")
            one.wait_for("space pause")
            one.press("s")
            for terminal in (one, two):
                terminal.wait_for("■ Stopped", "r resume")
                terminal.press("q")
                assert terminal.process.wait(30) == 0
        assert trainer.process.wait(20) == 0
    wait_until(lambda: overview(run).condition is Condition.STOPPED)
