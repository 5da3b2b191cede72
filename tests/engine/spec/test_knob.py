"""A knob is declared once, and a Kind is added by defining it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from engine.spec.data import Augment, Data
from engine.spec.experiment import Checkpoint, Compile, Experiment
from engine.spec.fit import EarlyStopping, Fit, ReduceOnPlateau
from engine.spec.initializers import Initializer
from engine.spec.knob import Kind, document, knob, snake_case
from engine.spec.layers import Layer
from engine.spec.losses import Loss
from engine.spec.optimizers import Optimizer
from engine.spec.regularizers import Regularizer
from engine.spec.schedules import Schedule

SPECS = [
    Experiment, Data, Augment, Compile, Fit, EarlyStopping, ReduceOnPlateau, Checkpoint,
    *Layer.members.values(), *Optimizer.members.values(), *Loss.members.values(), *Schedule.members.values(),
    *Initializer.members.values(), *Regularizer.members.values(),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "snake"),
    [("Dense", "dense"), ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"), ("SGD", "sgd"), ("LSTM", "lstm")],
)
def test_names_are_spelt_as_keras_spells_them(name, snake):
    assert snake_case(name) == snake


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_knob_has_a_title_and_a_help(spec):
    for name, field in spec.model_fields.items():
        assert field.title, name
        assert field.description, name
    assert spec.__doc__


def test_a_new_member_of_a_family_is_known_at_once():
    class Shape(Kind, family="shape"):
        """A family."""

    class Circle(Shape):
        """A member."""

        radius: int = knob(1, title="radius", help="half its width", ge=1)

    circle = Shape.model_validate({"type": "circle", "radius": 2})
    assert circle == Circle(radius=2)
    assert document(circle) == {"type": "circle", "radius": 2}
    with pytest.raises(ValidationError, match="'square' is no shape"):
        Shape.model_validate({"type": "square"})


def test_specs_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Fit().epochs = 3
