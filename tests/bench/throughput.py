"""An epoch of the notes' baseline by Keras' ``fit`` and by nnplay, in turn: ``python -m tests.bench.throughput``.

The first epoch of each, which compiles, is left out of the ratio and printed apart.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 3
BUDGET = 5.0

NOTES = """
import json, os, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from engine.data.dataset import fashion_mnist
train, test = fashion_mnist()
x_train, x_test = train.images / 255.0, test.images / 255.0
model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(128, activation="relu"),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=False),
              metrics=["sparse_categorical_accuracy"])
class Clock(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()
    def on_epoch_end(self, epoch, logs=None):
        print(json.dumps({"seconds": time.perf_counter() - self.began, **logs}), flush=True)
model.fit(x_train, train.labels, batch_size=32, epochs=3, validation_data=(x_test, test.labels), validation_freq=1,
          verbose=0, callbacks=[Clock()])
"""


def by_fit() -> list[dict[str, float]]:
    done = subprocess.run([sys.executable, "-c", NOTES], capture_output=True, text=True, check=True)
    return [
        {"seconds": log["seconds"], "loss": log["loss"], "accuracy": log["val_sparse_categorical_accuracy"]}
        for log in map(json.loads, done.stdout.splitlines())
    ]


def by_nnplay() -> list[dict[str, float]]:
    command = [str(Path(sys.executable).with_name("nnplay")), "train", "notes-baseline", "--epochs", "3", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    epochs = [event for event in map(json.loads, done.stdout.splitlines()) if event["kind"] == "epoch"]
    name = "sparse_categorical_accuracy"
    return [
        {"seconds": event["seconds"], "loss": event["train"]["loss"], "accuracy": event["validation"][name]}
        for event in epochs
    ]


def main() -> None:
    ratios = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNPLAY_HOME"] = home
        for number in range(1, ROUNDS + 1):
            theirs, ours = by_fit(), by_nnplay()
            for name, epochs in (("fit", theirs), ("nnplay", ours)):
                line = "   ".join(
                    f"{each['seconds']:6.2f} s loss {each['loss']:.4f} val acc {each['accuracy']:.4f}"
                    for each in epochs
                )
                print(f"round {number} {name:>7}: {line}")
            seconds = [statistics.median(each["seconds"] for each in epochs[1:]) for epochs in (theirs, ours)]
            ratios.append(seconds[0] / seconds[1])
    print(
        f"ratio: median {statistics.median(ratios):.1f}, from {min(ratios):.1f} to {max(ratios):.1f}; budget {BUDGET}"
    )


if __name__ == "__main__":
    main()
