"""What Keras takes where nothing is said, and what one writes without its name: so code says what matters, as by hand.

A test makes every object with these left out, and with them written, and compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spec.call import KerasCall

WEIGHTED: Mapping[str, Any] = {"use_bias": True, "bias_initializer": KerasCall("initializers.Zeros")}
MOMENTUM: Mapping[str, Any] = {"momentum": 0.0, "nesterov": False}
EPSILON: Mapping[str, Any] = {"epsilon": 1e-7}
ADAM: Mapping[str, Any] = {"beta_1": 0.9, "beta_2": 0.999, **EPSILON}
POOLING: Mapping[str, Any] = {"padding": "valid"}

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "layers.Dense": {**WEIGHTED, "activation": "linear"},
    "layers.Conv2D": {**WEIGHTED, "activation": "linear", "strides": (1, 1), "padding": "valid"},
    "layers.MaxPooling2D": {**POOLING, "pool_size": (2, 2)},
    "layers.AveragePooling2D": POOLING,
    "layers.BatchNormalization": {"momentum": 0.99, "epsilon": 1e-3, "center": True, "scale": True},
    "layers.LSTM": {
        **WEIGHTED,
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
        "return_sequences": False,
        "unit_forget_bias": True,
    },
    "initializers.VarianceScaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
    "initializers.Orthogonal": {"gain": 1.0},
    "regularizers.OrthogonalRegularizer": {"mode": "rows"},
    "losses.SparseCategoricalCrossentropy": {"from_logits": False},
    "losses.CategoricalCrossentropy": {"from_logits": False, "label_smoothing": 0.0},
    "optimizers.SGD": MOMENTUM,
    "optimizers.Adagrad": {"initial_accumulator_value": 0.1, **EPSILON},
    "optimizers.Adadelta": {"rho": 0.95, **EPSILON},
    "optimizers.RMSprop": {"rho": 0.9, **EPSILON},
    "optimizers.Adam": ADAM,
    "optimizers.AdamW": ADAM,
    "nnplay.SGDM": {"beta": 0.9},
    "nnplay.NotesAdagrad": EPSILON,
    "nnplay.NotesRMSprop": {"beta": 0.9, **EPSILON},
    "nnplay.NotesAdam": ADAM,
    "nnplay.OneCycle": {"warmup": 0.3, "start_divisor": 25.0, "end_divisor": 1e5},
    "optimizers.schedules.ExponentialDecay": {"staircase": False},
    "optimizers.schedules.CosineDecay": {"alpha": 0.0},
    "callbacks.EarlyStopping": {"min_delta": 0.0, "restore_best_weights": False},
    "callbacks.ReduceLROnPlateau": {"min_delta": 1e-4, "cooldown": 0, "min_lr": 0.0},
    "callbacks.ModelCheckpoint": {"save_best_only": False, "save_weights_only": False},
}
"""By the path of a call. What decides most, such as a learning rate, is always written, and so not named here."""

LEADING: Mapping[str, tuple[str, ...]] = {
    "layers.Dense": ("units",),
    "layers.Conv2D": ("filters", "kernel_size"),
    "layers.MaxPooling2D": ("pool_size",),
    "layers.AveragePooling2D": ("pool_size",),
    "layers.Reshape": ("target_shape",),
    "layers.Activation": ("activation",),
    "layers.Dropout": ("rate",),
    "layers.LSTM": ("units",),
    "regularizers.L1": ("l1",),
    "regularizers.L2": ("l2",),
    "callbacks.ModelCheckpoint": ("filepath",),
}
"""By the path of a call: the arguments that stand first, without their names."""

SQUARE = ("kernel_size", "strides", "pool_size")
"""Arguments for which one number stands for both sides."""
