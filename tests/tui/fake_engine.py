"""Stands in for ``engine.worker.headless --json``: 3 epochs of 10 steps whose state is their sum, a moment a step.

With ``--drift``, a resumed run comes to another state; with ``--fail`` it fails; with ``--deaf`` it heeds no signal.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.events import Epoch, Failed, Finished, Progress, Started
from engine.runs.saved import Saved
from engine.runs.standing import Standing

EPOCHS, STEPS, STEP_SECONDS = 3, 10, 0.02


def main() -> None:
    run, options = RunDirectory(Path(sys.argv[1])), sys.argv[2:]
    (run.path / "pid").write_text(str(os.getpid()))
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None if "--deaf" in options else stopped.append(True))
    asked, step, total = run.experiment(), 0, 0.0
    if "--resume" in options:
        before = saved.read(run.last)
        step, total = before.step, float(before.state["sum"]) + ("--drift" in options)

    def tell(kind, **values):
        epoch = min(step // STEPS + 1, EPOCHS)
        event = kind(time=time.time(), step=step, **{"epoch": epoch, **values})
        sys.stdout.write(event.model_dump_json() + "\n")
        sys.stdout.flush()

    def save():
        done = step // STEPS
        standing = Standing(step=step, epoch=done + bool(step % STEPS), epochs_done=done, batches=step % STEPS)
        saved.write(run.last, Saved(asked, standing, jit=False, weights=1, state={"sum": np.array(total)}))

    tell(
        Started, versions={}, device="CPU", jit=False, parameters=1, epochs=EPOCHS, steps_per_epoch=STEPS,
        train_images=10, validation_images=10, metrics=("accuracy",), epochs_done=step // STEPS,
    )  # fmt: skip
    if "--fail" in options:
        tell(Failed, why="the loss became nan", remedy="Lower the learning rate")
        sys.exit(1)
    while step < EPOCHS * STEPS:
        time.sleep(STEP_SECONDS)
        step, total = step + 1, total + step * 0.1
        tell(
            Progress, epoch=1 + (step - 1) // STEPS, steps=1, loss=1.0, data_loss=1.0, penalty=0.0, metrics={},
            images_per_second=1.0, learning_rate=0.1,
        )  # fmt: skip
        if step % STEPS == 0:
            tell(Epoch, epoch=step // STEPS, train={}, seconds=STEPS * STEP_SECONDS)
        if stopped:
            save()
            tell(Finished, reason="interrupted")
            sys.exit(130)
    save()
    tell(Finished, reason="completed")


if __name__ == "__main__":
    main()
