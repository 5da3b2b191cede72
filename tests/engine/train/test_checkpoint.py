"""Checkpoints: whole or not at all, and a damaged one is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.build.model import build
from engine.runs import saved as file
from engine.runs.saved import CheckpointError
from engine.runs.standing import Standing
from engine.train import checkpoint
from tests.engine.train.conftest import DENSE


@pytest.fixture
def path(make, tmp_path):
    experiment = make()
    path = tmp_path / "last.npz"
    save(path, experiment)
    return path


def save(path, experiment, jit=True):
    file.write(
        path, checkpoint.capture(build(experiment, jit=jit), experiment, Standing(step=4, epoch=1, epochs_done=1))
    )


def test_nothing_else_is_left_behind(path):
    assert [path.name for path in path.parent.glob("last*")] == ["last.npz"]


def test_any_flipped_byte_of_the_arrays_is_found(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        file.read(path)


@pytest.mark.parametrize("length", [0, 10, 5000])
def test_a_truncated_file_is_found(path, length):
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(CheckpointError, match="damaged"):
        file.read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="best.npz is missing"):
        file.read(tmp_path / "best.npz")


def test_a_pickle_is_never_loaded(tmp_path):
    path = tmp_path / "last.npz"
    np.savez(path, meta=np.array([{"a": 1}], dtype=object))
    with pytest.raises(CheckpointError, match="damaged"):
        file.read(path)


def test_a_failed_write_leaves_the_old_file(path, make, monkeypatch):
    before = path.read_bytes()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file.os, "fsync", full)
    experiment = make()
    with pytest.raises(OSError, match="No space"):
        save(path, experiment)
    assert path.read_bytes() == before
    assert list(path.parent.glob("*.tmp")) == []


def test_state_of_another_model_is_refused(path, make):
    loaded = file.read(path)
    other = replace(loaded, experiment=make("model.layers[1].units=17"))
    with pytest.raises(CheckpointError, match="has shape"):
        checkpoint.restore(other)


def test_weights_of_a_deeper_model_are_refused(make, tmp_path):
    deeper = make(layers=(*DENSE, {"type": "dense", "units": 10}))
    save(tmp_path / "last.npz", deeper)
    with pytest.raises(CheckpointError, match="other layers"):
        checkpoint.load_weights(build(make(), jit=True), file.read(tmp_path / "last.npz"))


def test_a_checkpoint_outlives_its_data(make, tmp_path):
    source = tmp_path / "own.npz"
    np.savez(source, x_train=np.zeros((20, 28, 28), np.uint8), y_train=np.arange(20) % 10)
    experiment = make(f"data.source={source}", "data.validation=0.5")
    built = build(experiment, jit=False)
    save(tmp_path / "last.npz", experiment, jit=False)
    source.unlink()
    loaded = file.read(tmp_path / "last.npz")
    assert not loaded.jit
    other = build(make("seed=1"), jit=True)
    checkpoint.load_weights(other, loaded)
    for ours, theirs in zip(built.model.variables, other.model.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
