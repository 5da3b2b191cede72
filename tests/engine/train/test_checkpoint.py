"""Checkpoints: whole or not at all, and a damaged one is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.build.model import build
from engine.train import checkpoint
from engine.train.checkpoint import CheckpointError
from tests.engine.train.conftest import DENSE


@pytest.fixture
def saved(make, tmp_path):
    experiment = make()
    path = tmp_path / "last.npz"
    checkpoint.save(path, build(experiment, jit=True), experiment, epoch=1, step=4)
    return path


def test_nothing_else_is_left_behind(saved):
    assert [path.name for path in saved.parent.glob("last*")] == ["last.npz"]


def test_any_flipped_byte_of_the_arrays_is_found(saved):
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 0x10
    saved.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(saved)


@pytest.mark.parametrize("length", [0, 10, 5000])
def test_a_truncated_file_is_found(saved, length):
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(saved)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="best.npz is missing"):
        checkpoint.load(tmp_path / "best.npz")


def test_a_pickle_is_never_loaded(tmp_path):
    path = tmp_path / "last.npz"
    np.savez(path, meta=np.array([{"a": 1}], dtype=object))
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(path)


def test_a_failed_write_leaves_the_old_file(saved, make, monkeypatch):
    before = saved.read_bytes()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.os, "fsync", full)
    experiment = make()
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(saved, build(experiment, jit=True), experiment, epoch=2, step=8)
    assert saved.read_bytes() == before
    assert list(saved.parent.glob("*.tmp")) == []


def test_state_of_another_model_is_refused(saved, make):
    loaded = checkpoint.load(saved)
    other = replace(loaded, experiment=make("model.layers[1].units=17"))
    with pytest.raises(CheckpointError, match="has shape"):
        other.restore()


def test_weights_of_a_deeper_model_are_refused(make, tmp_path):
    deeper = make(layers=(*DENSE, {"type": "dense", "units": 10}))
    checkpoint.save(tmp_path / "last.npz", build(deeper, jit=True), deeper, epoch=1, step=4)
    with pytest.raises(CheckpointError, match="other layers"):
        checkpoint.load(tmp_path / "last.npz").load_weights(build(make(), jit=True))


def test_a_checkpoint_outlives_its_data(make, tmp_path):
    source = tmp_path / "own.npz"
    np.savez(source, x_train=np.zeros((20, 28, 28), np.uint8), y_train=np.arange(20) % 10)
    experiment = make(f"data.source={source}", "data.validation=0.5")
    built = build(experiment, jit=False)
    checkpoint.save(tmp_path / "last.npz", built, experiment, epoch=1, step=4)
    source.unlink()
    loaded = checkpoint.load(tmp_path / "last.npz")
    assert not loaded.jit
    other = build(make("seed=1"), jit=True)
    loaded.load_weights(other)
    for ours, theirs in zip(built.model.variables, other.model.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
