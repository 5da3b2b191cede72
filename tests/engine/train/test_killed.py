"""A run that is killed at random moments and resumed each time ends as one that was never interrupted, bit for bit."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from engine.runs import saved
from engine.runs.events import Started
from engine.runs.history import History
from engine.runs.making import create
from engine.runs.resuming import events
from tests.engine.train.killed import EARLY

pytestmark = pytest.mark.slow
KILLS = {"on": 2, "off": 7}
"""With XLA and without, at other moments each time. Fewer with it: each time, it compiles anew."""
UNTIMED = {"time": 0.0, "seconds": 0.0, "trained": 0.0}
LAYERS = (
    {"type": "flatten"},
    {"type": "dense", "units": 16},
    {"type": "batch_normalization"},
    {"type": "activation"},
    {"type": "dropout", "rate": 0.2},
)


@pytest.mark.parametrize(("jit", "kills"), KILLS.items())
def test_killed_and_resumed_is_as_never_interrupted(make, jit, kills):
    experiment = make(
        "data.limit=6000", "data.augment={rotation_range=10, zoom_range=0.1, horizontal_flip=true}",
        "compile.schedule={type='cosine', warmup_epochs=1.0}", "fit.epochs=10", "checkpoint.every_minutes=0.001",
        f"compile.jit_compile={jit}", layers=LAYERS,
    )  # fmt: skip
    straight, killed = create(experiment), create(experiment)
    seed = str(random.SystemRandom().randrange(2**31))  # a failure shows the command
    runs = [str(straight.path), "0", str(killed.path), str(kills)]
    subprocess.run([sys.executable, "-m", "tests.engine.train.killed", seed, *runs], check=True, timeout=240)
    starts = [event.step for event in events(killed) if isinstance(event, Started)]
    assert len(starts) >= kills - kills // EARLY  # the others were killed before they said a word
    assert any(step % experiment.steps_per_epoch for step in starts), "it never went on in the middle of an epoch"
    ours, theirs = saved.read(killed.last), saved.read(straight.last)
    assert ours.digest() == theirs.digest()
    # What is told is the same, too: each epoch's figures, and a history without gaps or doubles.
    told, expected = (History().after(events(run)) for run in (killed, straight))
    assert told.epoch.model_copy(update=UNTIMED) == expected.epoch.model_copy(update=UNTIMED)
    assert told.validation_loss == expected.validation_loss
    assert sorted(set(told.train_loss.x)) == list(told.train_loss.x)
    assert told.train_loss.x[-1] > experiment.fit.epochs - 1
