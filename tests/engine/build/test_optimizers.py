"""Each optimizer against its formula in NumPy, over 60 steps, and through a saved ``.keras`` file."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.build import optimizers
from engine.build.objects import make
from engine.reference import optimizers as reference
from engine.spec.optimizers import Optimizer

STEPS = 60
RULES = {
    "sgd": reference.SGD(0.01),
    "sgdm": reference.SGDM(0.01, 0.9),
    "momentum": reference.Momentum(0.01, 0.9),
    "nesterov": reference.Nesterov(0.01, 0.9),
    "notes_adagrad": reference.Adagrad(0.01, 1e-7),
    "notes_rmsprop": reference.RMSProp(0.001, 0.9, 1e-7),
    "adadelta": reference.Adadelta(1.0, 0.95, 1e-7),
    "notes_adam": reference.Adam(0.001, 0.9, 0.999, 1e-7),
    # Keras' own forms differ from the notes' only in where ε stands: no difference for gradients as large as these.
    "adam": reference.Adam(0.001, 0.9, 0.999, 1e-7),
    "adamw": reference.Adam(0.001, 0.9, 0.999, 1e-7, weight_decay=0.004),
    "rmsprop": reference.RMSProp(0.001, 0.9, 1e-7),
    "adagrad": None,  # V begins at 0.1: see below
}
OURS = [optimizers.SGDM, optimizers.NotesAdagrad, optimizers.NotesRMSprop, optimizers.NotesAdam]


def gradients():
    """Made up, of many sizes, and with signs that change."""
    random = np.random.default_rng(0)
    return random.normal(size=(STEPS, 5)) * np.array([1.0, 0.1, 10.0, 1.0, 3.0])


def by_keras(optimizer):
    w = tf.Variable([1.0, -2.0, 0.5, 0.0, 3.0])
    variable = keras.Variable(w)
    for gradient in gradients():
        optimizer.apply([tf.constant(gradient, tf.float32)], [variable])
    return variable.numpy()


def by_formula(rule):
    w = np.array([1.0, -2.0, 0.5, 0.0, 3.0])
    for gradient in gradients():
        w = rule.step(w, gradient)
    return w


def test_every_optimizer_has_its_rule():
    assert set(RULES) == set(Optimizer.members)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule])
def test_sixty_steps_are_those_of_the_formula(name):
    chosen = Optimizer.members[name]()
    optimizer = make(chosen.keras_call(chosen.learning_rate))
    np.testing.assert_allclose(by_keras(optimizer), by_formula(RULES[name]), rtol=2e-5, atol=2e-6)


def test_keras_adagrad_begins_with_a_tenth():
    w, v = np.array([1.0, -2.0, 0.5, 0.0, 3.0]), 0.1
    for g in gradients():
        v = v + g**2
        w = w - 0.01 * g / np.sqrt(v + 1e-7)
    np.testing.assert_allclose(by_keras(keras.optimizers.Adagrad(0.01)), w, rtol=2e-5)


def test_the_notes_forms_are_not_keras_own_where_gradients_are_small():
    tiny, first = tf.constant([1e-8] * 3), []
    for optimizer in (optimizers.NotesAdam(0.1), keras.optimizers.Adam(0.1)):
        variable = keras.Variable(tf.zeros(3))
        optimizer.apply([tiny], [variable])
        first.append(variable.numpy()[0])
    # The notes': lr·g/(|g| + ε). Keras': ε is compared with √(1−β₂)·|g|.
    assert first[0] == pytest.approx(-0.1 * 1e-8 / (1e-8 + 1e-7), rel=1e-3)
    assert abs(first[1]) < 0.1 * abs(first[0])


def test_sgdm_and_momentum_part_when_the_learning_rate_changes():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)
    sgdm = by_keras(optimizers.SGDM(schedule, beta=0.9))
    scaled = keras.optimizers.schedules.ExponentialDecay(0.1 * (1 - 0.9), 5, 0.5)
    momentum = by_keras(keras.optimizers.SGD(scaled, momentum=0.9))
    assert np.abs(sgdm - momentum).max() > 1e-2
    constant = by_keras(optimizers.SGDM(0.1, beta=0.9))
    np.testing.assert_allclose(constant, by_keras(keras.optimizers.SGD(0.01, momentum=0.9)), rtol=1e-4)


@pytest.mark.parametrize("optimizer", OURS, ids=lambda each: each.__name__)
def test_a_saved_keras_file_goes_on_where_it_was(optimizer, tmp_path):
    x, y = np.random.default_rng(1).normal(size=(32, 4)).astype(np.float32), np.arange(32) % 3
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer(learning_rate=0.02, clipnorm=1.0), loss)
    model.fit(x, y, epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.optimizer) is optimizer
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    for each in (model, loaded):
        each.fit(x, y, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(
        [*model.variables, *model.optimizer.variables], [*loaded.variables, *loaded.optimizer.variables], strict=True
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("optimizer", OURS, ids=lambda each: each.__name__)
def test_a_configuration_makes_an_equal_optimizer(optimizer):
    config = optimizer(learning_rate=0.5, weight_decay=0.1).get_config()
    assert optimizer.from_config(config).get_config() == config


@pytest.mark.parametrize("optimizer", OURS, ids=lambda each: each.__name__)
def test_a_wrong_argument_is_refused(optimizer):
    with pytest.raises((TypeError, ValueError), match="momentums|Argument"):
        optimizer(momentums=3)
