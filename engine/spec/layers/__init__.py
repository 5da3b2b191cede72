"""The layers: their knobs, and what each does to a shape. A new layer is one class in one of these files.

They are offered to a person in the order of these imports.
"""
# ruff: isort: skip_file

from engine.spec.layers.layer import AxesError, Layer, LayerError
from engine.spec.layers.core import Activation, Dense, Flatten, Input, Reshape
from engine.spec.layers.convolution import Conv2D
from engine.spec.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D
from engine.spec.layers.training import BatchNormalization, Dropout
from engine.spec.layers.recurrent import LSTM

__all__ = [
    "LSTM",
    "Activation",
    "AveragePooling2D",
    "AxesError",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "Input",
    "Layer",
    "LayerError",
    "MaxPooling2D",
    "Reshape",
]
