"""The optimizers: their knobs and the Keras call of each. A new optimizer is one class in one of these files.

They are offered to a person in the order of these imports. Where the notes' rule and Keras' differ, both are here:
``adam`` is Keras', ``notes_adam`` the notes'.
"""
# ruff: isort: skip_file

from engine.spec.optimizers.optimizer import Optimizer
from engine.spec.optimizers.descent import SGD, SGDM, Momentum, Nesterov
from engine.spec.optimizers.adaptive import Adadelta, Adagrad, Adam, AdamW, RMSprop
from engine.spec.optimizers.notes import NotesAdagrad, NotesAdam, NotesRMSprop

__all__ = [
    "SGD",
    "SGDM",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "NotesAdagrad",
    "NotesAdam",
    "NotesRMSprop",
    "Optimizer",
    "RMSprop",
]
