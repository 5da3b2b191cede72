"""Files as another version of nnplay writes them."""

from __future__ import annotations

import json

import numpy as np


def a_knob_more(meta):
    """An experiment with a knob that this version does not have."""
    meta["experiment"] = meta["experiment"].replace("[fit]", "[fit]\nwarmth = 3")


def another_format(meta):
    """A format that this version does not read."""
    meta["format"] += 1


def another_standing(meta):
    """A standing of another shape."""
    meta["standing"]["step"] = {"first": 3}


def without_weights(meta):
    """Something that this version needs is not there any more."""
    del meta["weights"]


WAYS = (a_knob_more, another_format, another_standing, without_weights)


def rewrite(path, way, version="99.0"):
    """Write a checkpoint once more, as another version does."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    meta = json.loads(str(arrays["meta"])) | {"nnplay": version}
    way(meta)
    arrays["meta"] = np.array(json.dumps(meta))
    path.unlink()
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
