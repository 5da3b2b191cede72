"""Whoever types fast, blindly and on a busy machine gets what the same keys give when each is waited for.

In every form, dialog and the palette, between sources of ten, three and no readable classes, while a run trains.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys

import numpy as np
import pytest

from engine.spec.document import load
from tests.tui import runs
from tests.tui.busy import a_busy_machine, key
from tests.tui.conftest import FakeSession, followed
from tui.app import NNPlay

SECONDS = (0.02, 0.4)
"""The pauses between two keys."""
BUSY_SECONDS = 0.05
"""So long others take the event loop each time."""
KEYS = 40
"""About so many keys each time."""
SOURCES = {"ten.npz": 10, "three.npz": 3, "text.npz": None, "gone.npz": None}
NUMBERS = ("0.7", "3", "1/128", "0.05", "12", "x", "")
KNOBS = (
    "learning rate",
    "batch size",
    "epochs",
    "layer 2 units",
    "label noise",
    "rotation",
    "early",
    "seed",
    "nothing",
)
LAYERS = ("dense", "drop", "conv", "batch", "zzz")


def phrases(pick):
    """What a person does in one go, in keys; what goes a long way comes more often."""
    return [
        *[lambda: ["ctrl+p", *pick.choice(KNOBS), "enter", *pick.choice(NUMBERS)]] * 6,
        lambda: ["ctrl+p", *pick.choice(KNOBS), pick.choice(["escape", "down", "up"]), "escape"],
        lambda: ["escape", "1", "tab", *pick.choice(list(SOURCES)), pick.choice(["tab", "escape", "enter"])],
        lambda: ["escape", "2", "a", *pick.choice(LAYERS), pick.choice(["enter", "escape"])],
        lambda: ["escape", "2", "enter", *["down"] * pick.randrange(3), *pick.choice(NUMBERS)],
        lambda: ["escape", "3", *["down"] * pick.randrange(1, 9), "enter", *["down"] * pick.randrange(4), "enter"],
        lambda: ["escape", "3", *["down"] * pick.randrange(1, 9), *pick.choice(NUMBERS)],
        lambda: ["escape", "escape", pick.choice("12346"), "down", "down"],
        lambda: ["escape", "escape", "2", "m", *pick.choice(["cnn", "mlp", "zzz"]), pick.choice(["enter", "escape"])],
        lambda: ["ctrl+o", *pick.choice(["cnn", "notes", "three", "zzz"]), pick.choice(["enter", "escape"]), "escape"],
        lambda: ["escape", "escape", pick.choice(["u", "u", "r", "c", "d", "s", "x", "t", "f", "l", "v", "y", "="])],
        lambda: [pick.choice(["space", "enter", "backspace", "delete", "left", "home", "end", "f1", "pagedown"])],
        lambda: [pick.choice(["tab", "shift+tab", "up", "down", "escape"]) for _ in range(4)],
    ]  # fmt: skip


def keys_of(seed):
    """Some keys: the same for the same seed."""
    pick, found = random.Random(seed), []
    while len(found) < KEYS:
        found += pick.choice(phrases(pick))()
    return found


def sources(folder):
    for name, classes in SOURCES.items():
        if name == "gone.npz":
            continue
        x = np.random.default_rng(0).integers(0, 256, (60, 28, 28), np.uint8)
        y = np.arange(60) % (classes or 3)
        labels = y.astype(np.uint8) if classes else np.array(["a", "b", "c"])[y]
        np.savez(folder / name, x_train=x, y_train=labels, x_test=x, y_test=labels)


async def where_it_ends(keys, home, *, pick):
    """Type these keys, each when what the one before it did is over, or with random pauses; say what comes of it."""
    app = NNPlay(load("cnn-small"), session=FakeSession)
    app.runs = home / "runs"
    busy = contextlib.nullcontext() if pick is None else a_busy_machine(hold=BUSY_SECONDS)
    async with app.run_test(size=(80, 24)) as pilot, busy:

        async def train():
            epochs = 0.1
            while True:
                app._session.tell(*runs.training(epochs % 4.5), name="cnn-1", asked=app.draft.check.experiment)
                epochs += 0.1
                await asyncio.sleep(0.3)

        training = asyncio.create_task(train())
        for each in keys:
            app.post_message(key(each))
            if pick is None:
                await followed(pilot)
                await pilot.pause()
                while any(worker.name and "engine" not in worker.name for worker in app.workers):
                    await asyncio.sleep(0.01)
                await followed(pilot)
            else:
                await asyncio.sleep(pick.uniform(*SECONDS))
        await followed(pilot)
        training.cancel()
        assert app.is_running
        return app.draft.document, app.current_mode, type(app.screen).__name__


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
async def test_fast_keys_come_to_what_slow_keys_come_to(home, tmp_path, monkeypatch, seed):
    monkeypatch.chdir(tmp_path)
    sources(tmp_path)
    keys = keys_of(seed)
    sys.stdout.write(f"seed {seed}: {' '.join(keys)}\n")  # shown where it fails
    monkeypatch.setenv("NNPLAY_HOME", str(home / "slow"))
    slow = await where_it_ends(keys, home / "slow", pick=None)
    monkeypatch.setenv("NNPLAY_HOME", str(home / "fast"))
    fast = await where_it_ends(keys, home / "fast", pick=random.Random(seed))
    assert fast == slow
