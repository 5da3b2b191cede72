"""Events of a made-up run, for the screens."""

from __future__ import annotations

from engine.runs.events import CheckpointSaved, Epoch, Failed, Finished, Paused, Progress, Started
from engine.runs.standing import Best

STARTED = Started(
    time=0.0, versions={}, device="CPU ×2", jit=True, parameters=101_770, epochs=5, steps_per_epoch=1875,
    train_images=60_000, validation_images=10_000, metrics=("sparse_categorical_accuracy",),
)  # fmt: skip


def training(epochs: float = 2.5, penalty: float = 0.0):
    """The events up to some epoch, with a loss that falls from ln 10, of which some is penalty."""
    first = Progress(
        time=0.0, step=1, epoch=1, steps=1, loss=2.31, data_loss=2.31 - penalty, penalty=penalty,
        metrics={"sparse_categorical_accuracy": 0.1}, images_per_second=0.0, learning_rate=0.001,
    )  # fmt: skip
    events: list[object] = [STARTED, first]
    step = 0
    while step < epochs * 1875:
        step += 125
        loss = 0.25 + 2.05 / (1 + step / 200)
        accuracy = 0.9 - 0.8 / (1 + step / 200)
        epoch = 1 + (step - 1) // 1875
        events.append(
            Progress(
                time=step / 4000, step=step, epoch=epoch, steps=125, loss=loss,
                data_loss=loss - penalty, penalty=penalty,
                metrics={"sparse_categorical_accuracy": accuracy}, images_per_second=150_000.0, learning_rate=0.001,
            )
        )  # fmt: skip
        if step % 1875 == 0:
            confusion = tuple(tuple(900 if a == b else 11 for a in range(10)) for b in range(10))
            figures = {"loss": loss + 0.04, "sparse_categorical_accuracy": accuracy - 0.01}
            train = {"loss": loss, "sparse_categorical_accuracy": accuracy}
            events.append(
                Epoch(
                    time=1.0,
                    step=step,
                    epoch=epoch,
                    train=train,
                    validation=figures,
                    confusion=confusion,
                    seconds=0.4,
                    best=Best(epoch=epoch, accuracy=accuracy - 0.01, loss=loss + 0.04),
                )
            )
            events.append(CheckpointSaved(time=1.0, step=step, epoch=epoch, file="best.npz", best=True))
            events.append(CheckpointSaved(time=1.0, step=step, epoch=epoch, file="last.npz"))
    return events


PAUSED = Paused(time=2.0)
DONE = Finished(time=3.0, step=9375, epoch=5, reason="completed")
FAILED = Failed(time=3.0, why="the loss became nan at step 12 of epoch 1", remedy="Lower the learning rate")
