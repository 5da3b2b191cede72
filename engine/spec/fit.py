"""How long it learns, and what happens when it no longer gets better."""

from __future__ import annotations

from typing import Literal

from engine.spec.knob import Spec, knob

Monitor = Literal["val_loss", "val_accuracy", "loss", "accuracy"]
MONITOR_HELP = "what shall get better: a loss falls, an accuracy rises; val_: on the validation set"


class EarlyStopping(Spec):
    """Ends when a number no longer gets better (keras.callbacks.EarlyStopping)."""

    monitor: Monitor = knob("val_loss", title="watches", help=MONITOR_HELP)
    patience: int = knob(3, title="patience", help="epochs without progress before it ends", ge=0, le=10_000)
    min_delta: float = knob(0.0, title="least change", help="what counts as progress", ge=0, le=100)
    restore_best_weights: bool = knob(
        False, title="go back", help="end with the weights of the best epoch, not the last"
    )


class ReduceOnPlateau(Spec):
    """Lowers the learning rate when a number no longer gets better (keras.callbacks.ReduceLROnPlateau)."""

    monitor: Monitor = knob("val_loss", title="watches", help=MONITOR_HELP)
    factor: float = knob(0.5, title="factor", help="what lr is multiplied by, above 0 to below 1", gt=0, lt=1)
    patience: int = knob(2, title="patience", help="epochs without progress before it is lowered", ge=0, le=10_000)
    min_delta: float = knob(1e-4, title="least change", help="what counts as progress", ge=0, le=100)
    cooldown: int = knob(0, title="cool down", help="epochs after a change that are not judged", ge=0, le=10_000)
    min_learning_rate: float = knob(0.0, title="lowest lr", help="it is never lowered below this", ge=0, le=1000)


class Fit(Spec):
    """How long it learns: Keras' ``fit``."""

    batch_size: int = knob(
        32, title="batch size", help="images per step; larger: fewer, steadier steps", ge=1, le=10_000
    )
    epochs: int = knob(5, title="epochs", help="how often it sees the whole training set", ge=1, le=10_000)
    validation_freq: int = knob(1, title="validate every", help="epochs between two validations", ge=1, le=10_000)
    validations_within: int = knob(
        0,
        title="points within",
        help="validations in the course of each epoch: for the curves alone, they decide nothing",
        ge=0,
        le=100,
        advanced=True,
    )
    early_stopping: EarlyStopping | None = knob(
        None, title="early stopping", help="end when it no longer gets better", advanced=True
    )
    reduce_on_plateau: ReduceOnPlateau | None = knob(
        None, title="plateau", help="lower the learning rate when it no longer gets better", advanced=True
    )
