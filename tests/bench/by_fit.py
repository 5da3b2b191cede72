"""The notes' script, as a user writes it: ``python -m tests.bench.by_fit MODEL EPOCHS``.

A JSON line an epoch goes to stderr; stdout has Keras' own progress bar, as it has for a user.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

from engine.data import fashion_mnist

layers, L2 = tf.keras.layers, tf.keras.regularizers.L2
MODELS = {
    "notes-baseline": lambda: [
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ],
    "mlp": lambda: [
        layers.Flatten(),
        layers.Dense(256, activation="relu", kernel_regularizer=L2(1e-4)),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.Dense(128, activation="relu", kernel_regularizer=L2(1e-4)),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ],
    "cnn": lambda: [
        layers.Reshape((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(128, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ],
    "lstm": lambda: [layers.LSTM(64), layers.Dense(10, activation="softmax")],
}


class Clock(tf.keras.callbacks.Callback):
    """Prints what an epoch took and came to."""

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.began
        print(json.dumps({"seconds": seconds, "loss": logs["loss"], "accuracy": logs["val_accuracy"]}), file=sys.stderr)


def main(model: str, epochs: int) -> None:
    train, test = fashion_mnist.read()
    x_train, x_test = train.images / 255.0, test.images / 255.0
    network = tf.keras.models.Sequential(MODELS[model]())
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(
        x_train, train.labels, batch_size=32, epochs=epochs,
        validation_data=(x_test, test.labels), callbacks=[Clock()],
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
