"""Whatever the bytes, a file is a document of a sane depth or refused in words; a text is changed, not made anew."""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.spec import toml
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.spec.following import followed
from engine.spec.problem import SpecError
from engine.spec.tree import replaced
from tests.engine.spec.any_document import ANYTHING, LOADED, documents

QUICK = settings(max_examples=150, deadline=timedelta(seconds=20))
MINE = """\
# Mine.
format = 1
name = "mine"  # for short

[compile.optimizer]  # slow and sure
type = "sgd"
learning_rate = 1e-3   # small

# These two do the work.
[[model.layers]]
type = "flatten"

[[model.layers]]
type = "dense"
units = 0x0a  # ten
activation = 'softmax'
"""
OPTIMIZER, LAYERS = ("compile", "optimizer"), ("model", "layers")


def outcome(reading):
    """Return what is read, or None and why it is refused; nothing else may happen."""
    try:
        return reading(), ""
    except SpecError as error:
        return None, str(error)


def lines_changed(before, after):
    return set(after.splitlines()) - set(before.splitlines()), set(before.splitlines()) - set(after.splitlines())


@pytest.mark.parametrize(
    ("place", "value", "new", "gone"),
    [
        ((*OPTIMIZER, "type"), "sgd", set(), set()),
        ((*OPTIMIZER, "learning_rate"), 0.5, {"learning_rate = 0.5   # small"}, {"learning_rate = 1e-3   # small"}),
        (("fit",), {"epochs": 3}, {"[fit]", "epochs = 3"}, set()),
        ((*LAYERS, 1, "units"), 12, {"units = 12  # ten"}, {"units = 0x0a  # ten"}),
        ((*LAYERS, 1), {"type": "dense", "units": 10}, set(), {"activation = 'softmax'"}),
        (("data",), {"augment": {"zoom_range": (0.8, 1)}}, {"[data.augment]", "zoom_range = [0.8, 1]"}, set()),
    ],
)
def test_one_change_changes_one_line(place, value, new, gone):
    document = replaced(tomllib.loads(MINE), place, value)
    text = toml.rewritten(MINE, document)
    assert lines_changed(MINE, text) == (new, gone)
    assert text.startswith("# Mine.\n")


@pytest.mark.parametrize(
    "change", [lambda layers: [layers[0], {"type": "dropout"}, layers[1]], lambda layers: layers[1:], lambda layers: []]
)
def test_layers_come_and_go_and_the_others_keep_their_text(change):
    document = tomllib.loads(MINE)
    document = replaced(document, LAYERS, change(document["model"]["layers"]))
    text = toml.rewritten(MINE, document)
    assert tomllib.loads(text) == document
    assert {"learning_rate = 1e-3   # small", "# Mine."} <= set(text.splitlines())
    assert ("units = 0x0a  # ten" in text) == bool(document["model"]["layers"])


def test_lines_end_as_they_did():
    text = toml.rewritten(MINE.replace("\n", "\r\n"), replaced(tomllib.loads(MINE), ("seed",), 3))
    assert text.count("\r\n") == text.count("\n") > 10


@pytest.mark.parametrize("before", ["", "not TOML", "[model]\nlayers = 3", "model.layers = [{type = 'flatten'}]"])
def test_whatever_stood_there_the_document_is_what_is_read(before):
    document = tomllib.loads(MINE)
    assert tomllib.loads(toml.rewritten(before, document)) == document


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[fit]\nepochs = 3".encode("utf-16"), "it is UTF-16 text. Save it as UTF-8"),
        (b"# gr\xfc\xdfe\nname = 'x'", r"line 1 is not UTF-8 text \(byte 4\). Save it as UTF-8"),
        (b"a = 1\nb = \xff", "line 2 is not UTF-8 text"),
        (b"[" * 5000 + b"]" * 5000, "is not a TOML file"),
        (b"a = " + b"[" * 40 + b"]" * 40, "nested deeper"),
        (b"a." * 2000 + b"b = 1", "nested deeper"),
        (b"fit.epochs = 0x" + b"f" * 9000, "fit.epochs: is a number with too many digits"),
        (b"fit.epochs = " + b"9" * 9000, "is not a TOML file"),
    ],
)
def test_what_no_document_may_be_is_refused_in_words(tmp_path, content, words):
    (tmp_path / "it.toml").write_bytes(content)
    with pytest.raises(SpecError, match=words) as error:
        load(str(tmp_path / "it.toml"))
    assert "it.toml" in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_the_ends_of_lines_of_windows_are_read(tmp_path, mark, end):
    (tmp_path / "it.toml").write_bytes(mark + end.join([b"[fit]", b"epochs = 3", b""]))
    assert load(str(tmp_path / "it.toml")) == {"fit": {"epochs": 3}}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_is_not_waited_for(tmp_path, make):
    make(tmp_path / "it.toml")
    with pytest.raises(SpecError, match="cannot read"):
        load(str(tmp_path / "it.toml"))


@QUICK
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@example(b"type.a.a=1")
def test_any_bytes_are_a_document_or_refused(content):
    document, words = outcome(lambda: toml.loads(toml.decoded(content, "it"), "it"))
    if document is None:
        assert "it " in words or "(it)" in words
    else:
        check(document)


@QUICK
@given(documents())
def test_any_document_is_checked_and_every_problem_has_its_words(document):
    checked = check(document)
    assert (checked.experiment is None) == bool(checked.problems)
    for problem in checked.problems:
        assert problem.message
        assert len(str(problem)) < 2000
    for before in LOADED[:2]:
        followed(before, document)
        followed(document, before)


@QUICK
@given(documents(), st.sampled_from([MINE, "", *map(toml.dumps, LOADED[:1])]))
def test_any_document_is_written_and_read_again(document, before):
    for text in (toml.dumps(document), toml.rewritten(before, document)):
        assert toml.loads(text, "it") == document


SETTINGS = st.sampled_from(
    ["fit.epochs", "compile.loss.type", "model.layers[0]", "data", "a.b", "x[1]", "compile.metrics"]
)


@QUICK
@given(SETTINGS | st.text(max_size=20), st.text(max_size=20) | ANYTHING.map(repr))
@example("a" + ".a" * 1000, "1")
@example("model.layers[1].units", "[" * 400 + "]" * 400)
@example("name", "\udcff")
@example("\udcff.\udcfe", "1")
@example("model" + "[0]" * 1000, "1")
@example("x" * 100_000, "1")
def test_any_setting_is_applied_or_refused(path, value):
    changed, words = outcome(lambda: with_settings(LOADED[0], [f"{path}={value}"]))
    assert len(words) < 400
    if changed is not None:
        assert all(len(str(problem)) < 2000 for problem in check(changed).problems)
