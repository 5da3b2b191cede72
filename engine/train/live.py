"""Turning a knob while a model trains: the same state goes on under an experiment with one value changed."""

from __future__ import annotations

from engine.build.model import Built
from engine.spec.experiment import Experiment
from engine.spec.problem import Place
from engine.spec.schedules import Constant
from engine.train import checkpoint, policy
from engine.train.loop import OnDevice
from engine.train.policy import Steps

LEARNING_RATE: Place = ("compile", "optimizer", "learning_rate")


def turn(
    experiment: Experiment, place: Place, value: float, built: Built, steps: Steps, train: OnDevice
) -> tuple[Built, Steps]:
    """Return what goes on, and its compiled steps.

    The learning rate is a variable, which is set at once. All else is a constant in the compiled steps: the model is
    built anew, takes over the state, and is compiled at its next step.

    Args:
        experiment: with the new value in it.
        place: where it was changed.
        value: the new value.
        built: what trained so far.
        steps: how it trained.
        train: what is trained on.
    """
    if place == LEARNING_RATE and isinstance(experiment.compile.schedule, Constant):
        built.optimizer.learning_rate = value
        return built, steps
    values = {variable.path: variable.numpy() for variable in built.variables}
    built, steps = policy.fastest(experiment, train, jit=built.jit)
    checkpoint.carry(built.variables, values)
    return built, steps
