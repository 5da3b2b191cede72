"""A knob is declared once, and a Kind is added by defining it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from engine.spec.data import Augment, Data
from engine.spec.document import parse_value
from engine.spec.experiment import Checkpoint, Compile, Experiment
from engine.spec.fit import EarlyStopping, Fit, ReduceOnPlateau
from engine.spec.initializers import Initializer
from engine.spec.knob import Kind, Spec, document, in_digits, knob, quotient, snake_case, value_in_words
from engine.spec.layers import Layer
from engine.spec.losses import Loss
from engine.spec.optimizers import Optimizer
from engine.spec.regularizers import Regularizer
from engine.spec.schedules import Schedule


class Numbers(Spec):
    """Knobs of several types."""

    rate: float = knob(0.0, title="rate", help="a number")
    units: int = knob(1, title="units", help="a whole one")
    maybe: float | None = knob(None, title="maybe", help="a number, or none")
    several: tuple[float, ...] = knob((), title="several", help="numbers")
    text: str = knob("", title="text", help="a text")


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


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.001, "0.001"), (0.5, "0.5"), (1 / 255, "1/255"), (1 / 3, "1/3"), (2 / 3, "0.6666666666666666"),
        (0.1 + 0.2, "0.30000000000000004"), (0.0, "0"), (-1 / 3, "-0.3333333333333333"), (1e-310, "1e-310"),
        (3e38, "3e+38"),
    ],
)  # fmt: skip
def test_a_number_is_written_so_that_it_is_read_back_as_the_same(value, words):
    assert in_digits(value) == words
    assert Numbers.model_validate({"rate": parse_value(words)}).rate == value


def test_a_fraction_is_a_number_where_that_need_not_be_whole():
    assert Numbers.model_validate({"rate": " 3 / 4"}).rate == 0.75
    for wrong in ({"rate": "1/0"}, {"rate": "1.2.3/4"}, {"rate": "a/b"}, {"units": "4/2"}):
        with pytest.raises(ValidationError):
            Numbers.model_validate(wrong)
    assert Numbers.model_validate({"text": "1/2"}).text == "1/2"
    assert Numbers.model_validate({"maybe": "1/4"}).maybe == 0.25
    assert quotient(["1/3", 1.0], Numbers.model_fields["several"]) == [1 / 3, 1.0]
    assert value_in_words(2 / 3) == "0.666667"
