"""What Data shows is read from the files as they are now, and nothing but a DataError comes of them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import source
from engine.data.facts import DataError
from engine.spec.data import Augment, Data
from tui.content import pictures


@pytest.fixture
def npz(tmp_path):
    def make(value, classes=3):
        path = tmp_path / "own.npz"
        path.unlink(missing_ok=True)
        np.savez(path, x_train=np.full((12, 8, 8), value, np.uint8), y_train=np.arange(12) % classes)
        return str(path)

    return make


def test_other_images_in_the_same_file_are_shown(npz):
    name = npz(1)
    assert pictures.one_of_each(name, 0, 3)[0].max() == 1
    before = pictures.counts(Data(source=name, validation=0.5), source.facts(name), 0)
    npz(2, classes=2)
    assert pictures.one_of_each(name, 0, 2)[0].max() == 2
    after = pictures.counts(Data(source=name, validation=0.5), source.facts(name), 0)
    assert (before.train, after.train) == ((2, 2, 2), (3, 3))


def test_files_that_change_while_they_are_looked_at_are_a_data_error(npz, tmp_path):
    name = npz(1)
    facts, data = source.facts(name), Data(source=name, validation=0.5)
    (tmp_path / "own.npz").write_text("hello")
    for look in (
        lambda: pictures.one_of_each(name, 0, 3),
        lambda: pictures.pairs(name, 0, 3, Augment(), 0, 1, 5),
        lambda: pictures.counts(data, facts, 0),
    ):
        with pytest.raises(DataError, match=r"own\.npz"):
            look()


def test_images_of_no_class_that_is_asked_for_are_a_data_error(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=np.zeros((12, 8, 8), np.uint8), y_train=np.arange(12) % 3 + 5)
    with pytest.raises(DataError, match="have changed"):
        pictures.pairs(str(path), 0, 3, Augment(), 0, 1, 5)
