"""What stands in for Keras' layers where XLA compiles for a CPU: the same rule, written in what XLA is good at there.

Each has the knobs, variables and names of the class that it stands for, and the same results within rounding; only the
random numbers of Dropout are others.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.build.under_xla.convolution import SlicedConv2D
from engine.build.under_xla.dropout import ThreefryDropout
from engine.build.under_xla.penalties import FastL1, FastL1L2, FastL2
from engine.build.under_xla.pooling import SlicedAveragePooling2D, SlicedMaxPooling2D
from engine.build.under_xla.recurrent import FastLSTM

SUBSTITUTES: Mapping[str, type] = {
    "layers.Conv2D": SlicedConv2D,
    "layers.MaxPooling2D": SlicedMaxPooling2D,
    "layers.AveragePooling2D": SlicedAveragePooling2D,
    "layers.Dropout": ThreefryDropout,
    "layers.LSTM": FastLSTM,
    "regularizers.L1": FastL1,
    "regularizers.L2": FastL2,
    "regularizers.L1L2": FastL1L2,
}
"""By the path of the call that makes Keras' own."""
