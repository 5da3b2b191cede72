"""Where XLA's worth is known it is not measured; where it is in doubt it is measured once, and leaves no trace."""

from __future__ import annotations

import numpy as np
import pytest

from engine import paths
from engine.build import devices
from engine.build.model import build
from engine.spec.problem import SpecError
from engine.train import policy
from engine.train.loop import OnDevice
from tests.engine.train.conftest import CONVOLUTION


@pytest.fixture(autouse=True)
def on_a_cpu(monkeypatch):
    """On a GPU nothing is in doubt: these tests are about machines without one, wherever they run."""
    monkeypatch.setattr(devices, "on_gpu", lambda: False)


@pytest.fixture
def measured(monkeypatch):
    """Count the measurements."""
    found, measure = [], policy._measured
    monkeypatch.setattr(policy, "_measured", lambda *arguments: found.append(1) or measure(*arguments))
    return found


def fastest(experiment, data):
    return policy.fastest(experiment, OnDevice.put(data.train, experiment))


def test_dense_models_are_compiled_without_asking(make, data, measured):
    built, _ = fastest(make(), data)
    assert built.jit
    assert not measured


@pytest.mark.parametrize("choice", ["on", "off"])
def test_a_person_decides_if_they_like(make, data, measured, choice):
    built, _ = fastest(make(f"compile.jit_compile={choice}", layers=CONVOLUTION), data)
    assert built.jit == (choice == "on")
    assert not measured


def test_a_convolution_is_measured_once(make, data, measured):
    experiment = make(layers=CONVOLUTION)
    first, _ = fastest(experiment, data)
    again, _ = fastest(experiment, data)
    assert (len(measured), first.jit) == (1, again.jit)
    fastest(make("fit.batch_size=16", layers=CONVOLUTION), data)
    assert len(measured) == 2  # other work


@pytest.mark.parametrize("faster", [True, False])
def test_the_faster_way_is_taken_and_its_state_is_the_initial_one(make, data, monkeypatch, faster):
    monkeypatch.setattr(policy, "ROUNDS", 1)
    # Says that each step takes a second, or a thousandth where the way that shall win is timed.

    def seconds(steps, batches, count):
        steps(batches, policy.tf.constant(0), policy.tf.constant(count))
        return count * (1.0 if timed.pop(0) != faster else 1e-3)

    timed = [False, False, True, True, False, True]  # compiled and timed without XLA, then with it; then in turn
    monkeypatch.setattr(policy, "_seconds", seconds)
    experiment = make(layers=CONVOLUTION)
    built, _ = fastest(experiment, data)
    assert built.jit == faster
    for ours, initial in zip(built.variables, build(experiment, jit=faster).variables, strict=True):
        np.testing.assert_array_equal(ours, initial, err_msg=ours.path)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}'])
def test_a_damaged_memory_is_written_anew(make, data, monkeypatch, content):
    measured = []

    def measure(experiment, train):
        measured.append(experiment)
        policy._remember(policy._key(experiment), jit=False)
        return policy._built(experiment, train, jit=False)

    monkeypatch.setattr(policy, "_measured", measure)
    experiment = make(layers=CONVOLUTION)
    paths.home().mkdir(parents=True, exist_ok=True)
    (paths.home() / "xla.json").write_text(content)
    fastest(experiment, data)
    fastest(experiment, data)
    assert len(measured) == 1


ONE_COLUMN = {"type": "conv2d", "filters": 4, "kernel_size": [3, 28], "strides": [1, 2]}


def image(**changes):
    layers = [{"type": "reshape", "target_shape": [28, 28, 1]}, {**ONE_COLUMN, **changes}, {"type": "flatten"}]
    return {"layers": layers}


def convolved(built):
    """Return what the convolution of a model makes of some images, and what it should, from NumPy."""
    (layer,) = (each for each in built.model.layers if "conv2d" in each.name)
    pixels = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    kernel, (down, across) = layer.kernel.numpy(), layer.strides
    patches = np.lib.stride_tricks.sliding_window_view(pixels, kernel.shape[:2], (1, 2))[:, ::down, ::across]
    return layer(pixels), np.einsum("nhwcij,ijco->nhwo", patches, kernel)


def test_what_tensorflow_computes_wrongly_is_compiled_or_refused(make, data, measured):
    for jit in (None, False):
        experiment = make(**image())
        built, _ = policy.fastest(experiment, OnDevice.put(data.train, experiment), jit=jit)
        assert built.jit
        np.testing.assert_allclose(*convolved(built), atol=1e-4)
    assert not measured
    with pytest.raises(SpecError, match=r"^model\.layers\[1\]: without XLA, a CPU computes wrong numbers"):
        fastest(make("compile.jit_compile=off", **image()), data)


@pytest.mark.parametrize(
    "changes", [{"strides": [2, 2]}, {"strides": 1}, {"kernel_size": [3, 26]}, {"kernel_size": [28, 1]}]
)
def test_what_it_computes_rightly_is_left_as_it_is(make, data, changes):
    """As TensorFlow computes it, and in NumPy: where these differ once more, the rule has to be wider."""
    built, _ = fastest(make("compile.jit_compile=off", **image(**changes)), data)
    assert not built.jit
    np.testing.assert_allclose(*convolved(built), atol=1e-4)
