"""An LSTM layer that is fast under XLA on a CPU.

The inputs of all time steps go through their kernel as one matrix product, steps first, so that a step is one piece of
memory; only the recurrent product and the gates are left in the loop. Keras' own loop does both products in each step.
A loop written out is slower (XLA merges too much into single expressions) and takes more than 5 s to compile.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class FastLSTM(keras.layers.LSTM):
    """Keras' LSTM, its loop written for XLA. The spec asks for no states, masks or dropout inside it."""

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Return the hidden states (b, steps, units) of sequences (b, steps, features), or the last one (b, units)."""
        cell, (steps, features) = self.cell, sequences.shape[1:]
        inputs = tf.matmul(tf.reshape(tf.transpose(sequences, [1, 0, 2]), [-1, features]), cell.kernel)
        if cell.use_bias:
            inputs += cell.bias
        inputs = tf.reshape(inputs, [steps, -1, 4 * cell.units])
        kernel, zeros = tf.convert_to_tensor(cell.recurrent_kernel), tf.zeros_like(inputs[0, :, : cell.units])

        def step(time: Any, hidden: Any, carry: Any, *kept: Any) -> tuple[Any, ...]:
            sums = tf.split(inputs[time] + tf.matmul(hidden, kernel), 4, axis=-1)
            let_in, keep, let_out = (cell.recurrent_activation(sums[place]) for place in (0, 1, 3))
            carry = keep * carry + let_in * cell.activation(sums[2])
            hidden = let_out * cell.activation(carry)
            return time + 1, hidden, carry, *(array.write(time, hidden) for array in kept)

        kept = [tf.TensorArray(inputs.dtype, steps)] if self.return_sequences else []
        state = (tf.constant(0), zeros, zeros, *kept)
        # XLA lays out memory for the gradient only if it knows how many rounds there are at most.
        _, hidden, _, *kept = tf.while_loop(lambda time, *_: time < steps, step, state, maximum_iterations=steps)
        return tf.transpose(kept[0].stack(), [1, 0, 2]) if kept else hidden
