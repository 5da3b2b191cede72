"""What a person should know of their data is said before it trains; of data that are as they should be nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import fashion_mnist, own
from engine.data.facts import FASHION_MNIST
from engine.spec.check import check
from engine.spec.document import load, presets, with_settings

MIXED = np.arange(300) % 10
SORTED = np.repeat(np.arange(10), 30)


@pytest.fixture
def advice(tmp_path):
    """What is said of data with these labels, in a model that fits them."""

    def of(train, test=MIXED[:60], shape=(8, 8), settings=()):
        path, many = tmp_path / "own.npz", 1 + int(max(np.max(train), 0 if test is None else np.max(test)))
        arrays = {"x_train": np.zeros((len(train), *shape), np.uint8), "y_train": train}
        if test is not None:
            arrays |= {"x_test": np.zeros((len(test), *shape), np.uint8), "y_test": test}
        np.savez(path, **arrays)
        asked = [f"data.source={path}", f"model.layers[2].units={many}", *settings]
        checked = check(with_settings(load("notes-baseline"), asked))
        assert checked.problems == ()
        return [str(each) for each in checked.advice]

    return of


SHUFFLE = "shuffle the images of the source together with their labels"


@pytest.mark.parametrize(
    ("train", "more", "words"),
    [
        (
            SORTED,
            {"settings": ["data.validation=0.1"]},
            "data.validation: the source is sorted by class: class 9 would be held out whole, and never trained on: "
            f"{SHUFFLE}, or validate on the test set",
        ),
        (
            SORTED,
            {"settings": ["data.validation=0.05"], "test": None},
            "data.validation: the source is sorted by class, so the images that are held out are of few classes: "
            + SHUFFLE,
        ),
        (
            np.append(MIXED, [10, 10]),
            {"settings": ["data.validation=0.01"], "test": None},
            f"data.validation: class 10 would be held out whole, and never trained on: {SHUFFLE}",
        ),
        (MIXED % 9, {}, "data.source: only the test set has class 9: add training images of it"),
        (
            MIXED % 9 + 1,
            {"test": MIXED[1:10]},
            "data.source: no image has class 0, yet the model needs outputs for it: save the labels as y - 1",
        ),
        (
            MIXED + 7,
            {"test": None, "settings": ["data.validation=0.1"]},
            "data.source: no image has the classes 0, 1, 2, 3, 4 and 2 more, yet the model needs outputs for them: "
            "save the labels as y - 7",
        ),
        (
            MIXED % 3 * 2,
            {"test": MIXED % 3 * 2},
            "data.source: no image has the classes 1 and 3, yet the model needs outputs for them: "
            "number the classes without gaps",
        ),
        (
            SORTED,
            {"settings": ["data.limit=100"]},
            "data.limit: the first 100 images have none of the classes 4, 5, 6, 7, 8 and 1 more: "
            f"take more, or {SHUFFLE}",
        ),
        (
            MIXED,
            {"shape": (3, 32, 32), "test": None, "settings": ["data.validation=0.1"]},
            "data.source: images of 3×32×32 look like channels first, 3 of 32×32: save them as x.transpose(0, 2, 3, 1)",
        ),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_odd_is_said(advice, train, more, words):
    assert words in advice(train, **more)


def test_of_data_as_they_should_be_nothing_is_said(advice):
    assert advice(MIXED) == []
    assert advice(SORTED) == [], "the order is of no matter as long as nothing is cut off"
    assert advice(MIXED, settings=["data.validation=0.1", "data.limit=100"]) == []
    assert advice(MIXED, shape=(32, 32, 3)) == advice(MIXED, shape=(3, 3, 3)) == advice(MIXED, shape=(4, 32)) == []


@pytest.mark.parametrize("name", sorted(presets()))
def test_no_preset_has_odd_data(name):
    assert not [each for each in check(load(name)).advice if each.place[0] == "data"]


def test_it_is_said_beside_an_error_of_the_model(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.zeros((60, 8, 8), np.uint8), y_train=1 + MIXED[:60])
    asked = [f"data.source={tmp_path / 'own.npz'}", "data.validation=0.1"]
    checked = check(with_settings(load("notes-baseline"), asked))
    assert "set its units to 11" in str(checked.problems[0])
    assert "no image has class 0" in str(checked.advice[0])


def test_another_wrong_knob_leaves_the_source_as_it_is(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.zeros((60, 8, 8), np.uint8), y_train=MIXED[:60] % 3)
    asked = [f"data.source={tmp_path / 'own.npz'}", "data.limit=3", "model.layers[2].units=3"]
    checked = check(with_settings(load("notes-baseline"), asked))
    assert [str(each) for each in checked.problems] == ["data.limit: must be greater than or equal to 10, got 3"]
    assert checked.source == str(tmp_path / "own.npz")


def test_a_source_that_goes_while_it_is_checked_is_a_problem(tmp_path, monkeypatch):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=np.zeros((60, 8, 8), np.uint8), y_train=MIXED[:60])
    monkeypatch.setattr("engine.spec.check.conflicts", lambda experiment: path.unlink() or experiment.data.sizes())
    asked = [f"data.source={path}", "data.validation=0.1"]
    assert "there is no" in str(check(with_settings(load("notes-baseline"), asked)).problems[0])


def test_what_is_known_of_fashion_mnist_is_so():
    train, test = fashion_mnist.read_labels()
    assert FASHION_MNIST.first == tuple(int(np.argmax(train == number)) for number in range(10))
    assert FASHION_MNIST.tested == set(test.tolist())
    assert not FASHION_MNIST.grouped


def test_labels_are_read_once_however_many_knobs_are_turned(advice, tmp_path, monkeypatch):
    advice(MIXED)
    monkeypatch.setattr(own, "facts", None)
    document = with_settings(load("notes-baseline"), [f"data.source={tmp_path / 'own.npz'}"])
    for limit in range(10, 30):
        assert check(with_settings(document, [f"data.limit={limit}"])).experiment
