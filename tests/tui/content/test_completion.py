"""A half typed path, completed."""

from __future__ import annotations

import pytest

from tui.content.completion import MOST_NAMES, Completion, complete


@pytest.fixture
def folder(tmp_path):
    for name in ("mnist.npz", "mnist-small.npz", "notes.txt", ".hidden.npz", "one/inner.npz", "weights/"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if name.endswith("/") else path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "text", "names"),
    [
        ("mn", "mnist", ("mnist-small.npz", "mnist.npz")),
        ("mnist", "mnist", ("mnist-small.npz", "mnist.npz")),
        ("mnist.", "mnist.npz", ("mnist.npz",)),
        ("mnist.npz", "mnist.npz", ("mnist.npz",)),
        ("o", "one/", ("one/",)),
        ("one/", "one/inner.npz", ("inner.npz",)),
        ("no", "no", ()),
        (".h", ".hidden.npz", (".hidden.npz",)),
        ("gone/x", "gone/x", ()),
        ("", "", ("mnist-small.npz", "mnist.npz", "one/", "weights/")),
    ],
)
def test_a_path_is_completed_as_far_as_it_is_clear(folder, monkeypatch, typed, text, names):
    monkeypatch.chdir(folder)
    assert complete(typed, (".npz",)) == Completion(text, names)
    assert complete(f"{folder}/{typed}", (".npz",)) == Completion(f"{folder}/{text}", names)


def test_the_home_stays_as_it_is_typed(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    assert complete("~", (".npz",)).text == "~/"
    assert complete("~/o", (".npz",)) == Completion("~/one/", ("one/",))


def test_of_many_candidates_some_are_named():
    names = tuple(f"{number}.npz" for number in range(MOST_NAMES + 3))
    assert Completion("", names).words.endswith("7.npz   and 3 more")
