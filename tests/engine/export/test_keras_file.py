"""A run's best weights as a Keras file, written as the process does that ``nnplay export`` starts."""

from __future__ import annotations

import sys

import keras
import numpy as np
import pytest

from engine.build.model import build
from engine.runs import saved
from engine.runs.making import create
from engine.runs.standing import Standing
from engine.train import checkpoint
from engine.worker import keras_file
from tests.engine.export.made import made

IMAGES = np.random.default_rng(0).random((5, 28, 28)).astype("float32")


def trained(*settings: str, jit: bool = False):
    """A run whose best checkpoint holds weights that training has moved."""
    experiment = made(*settings, preset="mlp-regularized")
    built = build(experiment, jit=jit)
    for variable in built.variables:
        if variable.dtype == "float32":
            variable.assign(variable + 0.01)
    run = create(experiment)
    saved.write(run.best, checkpoint.capture(built, experiment, Standing(epoch=1, epochs_done=1)))
    return run, built


def export(monkeypatch, run, path):
    monkeypatch.setattr(keras_file, "prepare_environment", lambda: None)  # it is for a process of its own
    monkeypatch.setattr(sys, "argv", ["keras_file", str(run.path), str(path)])
    keras_file.main()


@pytest.mark.parametrize("settings", [[], ["compile.optimizer.type=notes_adam"], ["checkpoint.save_weights_only=true"]])
def test_the_file_predicts_as_the_run_did(monkeypatch, tmp_path, settings):
    run, built = trained(*settings, jit=True)
    path = tmp_path / "best.keras"
    path.write_text("old")
    export(monkeypatch, run, path)
    loaded = keras.models.load_model(path)
    for a, b in zip(built.model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(built.model(IMAGES), loaded(IMAGES), atol=1e-6)
    assert type(loaded.optimizer) is type(built.optimizer)
    assert not any(type(layer).__module__.startswith("engine") for layer in loaded.layers)
    if not settings:  # with all state, training could go on
        for a, b in zip(built.optimizer.variables, loaded.optimizer.variables, strict=True):
            np.testing.assert_array_equal(a, b)
    assert [each.name for each in tmp_path.glob("*.keras")] == ["best.keras"]


def test_what_cannot_be_is_said(monkeypatch, tmp_path, capsys):
    run, _ = trained()
    for path, words in ((tmp_path / "no" / "x.keras", "cannot be written"), (tmp_path / "x.keras", "is missing")):
        with pytest.raises(SystemExit, match="2"):
            export(monkeypatch, run, path)
        assert words in capsys.readouterr().out
        run.best.unlink(missing_ok=True)
    assert not list(tmp_path.glob("*.keras"))
