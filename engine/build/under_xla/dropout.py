"""Dropout that is fast under XLA: the same rule, its random bits from the Threefry generator.

Keras' own draws with Philox, which XLA compiles on the CPU into code 4-11 times slower. Threefry has no CPU kernel
outside XLA, so this class is used only where the model is compiled.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class ThreefryDropout(keras.layers.Dropout):
    """Keras' Dropout (inputs scaled by 1/(1 − rate) while training) with another random generator."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, of any shape, with a random share set to zero while training."""
        if training and self.rate > 0:
            return tf.nn.experimental.stateless_dropout(
                inputs, self.rate, seed=self.seed_generator.next(), rng_alg="threefry"
            )
        return inputs
