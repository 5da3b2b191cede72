"""The file of a checkpoint: whatever bit of it flips, it is found to be damaged, or what it holds is still the same."""

from __future__ import annotations

import errno
import os
import stat

import numpy as np
import pytest

from engine.runs import saved
from engine.runs.saved import DamagedError, Saved
from engine.runs.standing import Standing
from engine.spec.check import check
from engine.spec.document import load

HEADER = 128
"""Bytes of NumPy's own header before an array."""


@pytest.fixture
def path(tmp_path):
    experiment = check(load("notes-baseline")).experiment_or_raise()
    state = {"0000:dense/kernel": np.arange(6.0).reshape(2, 3), "0001:dense/bias": np.zeros(3)}
    saved.write(tmp_path / "last.npz", Saved(experiment, Standing(step=3), jit=True, weights=2, state=state))
    return tmp_path / "last.npz"


def test_no_flipped_bit_outside_the_arrays_passes_for_what_was_written(path):
    content, digest = path.read_bytes(), saved.read(path).digest()
    headers = [content.index(b"\x93NUMPY", content.index(b"0000:")), content.index(b"PK\x01\x02")]
    places = [*range(headers[0], headers[0] + HEADER), *range(headers[1], len(content))]
    damaged = 0
    for place in places:
        for bit in range(8):
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                assert saved.read(path).digest() == digest, f"byte {place}, bit {bit}"
            except DamagedError:
                damaged += 1
    assert damaged > len(places)


@pytest.mark.parametrize(("code", "kept"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_file_system_that_cannot_sync_folders_holds_checkpoints_all_the_same(path, monkeypatch, code, kept):
    def fsync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))

    content = saved.read(path)
    monkeypatch.setattr(saved.os, "fsync", fsync)
    if kept:
        saved.write(path, content)
    else:
        with pytest.raises(OSError, match="Input/output error"):
            saved.write(path, content)
