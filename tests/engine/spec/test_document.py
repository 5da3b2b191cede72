"""Experiments as files: what is written is read again, and what is no experiment is refused in plain words."""

from __future__ import annotations

import pytest

from engine.spec.check import check
from engine.spec.document import dumps, load, parse_place, parse_value, presets, with_settings
from engine.spec.problem import SpecError, show_place
from engine.spec.toml import loads
from engine.spec.tree import replaced


@pytest.mark.parametrize("name", presets())
def test_presets_can_train_and_survive_writing(name):
    experiment = check(load(name)).experiment_or_raise()
    assert experiment.name == name
    assert check(loads(dumps(experiment), "itself")).experiment == experiment


def test_the_presets_of_the_readme_are_there():
    assert {"notes-baseline", "cnn-small"} <= set(presets())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name = ", "is not a TOML file"),
        (b"\xff\xfe\x00", "it is UTF-16 text"),
        (b"a = 1\na = 2\n", "is not a TOML file"),
    ],
)
def test_a_file_that_is_not_toml_is_refused(tmp_path, content, words):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=words) as error:
        load(str(path))
    assert "bad.toml" in str(error.value)


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(SpecError, match="did you mean 'notes-baseline'"):
        load("notes-basline")


def test_a_folder_is_no_experiment(tmp_path):
    with pytest.raises(SpecError, match="cannot read"):
        load(str(tmp_path))


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.toml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(SpecError, match="larger than"):
        load(str(path))


@pytest.mark.parametrize("place", [("fit", "epochs"), ("model", "layers", 2, "units"), ("seed",)])
def test_places_are_read_as_they_are_written(place):
    assert parse_place(show_place(place)) == place


@pytest.mark.parametrize("text", ["", "fit..epochs", "fit.epochs ", "model.layers[x]", "[0", "a-b"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(SpecError, match="not a path"):
        parse_place(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.01", 0.01),
        ("1e-3", 0.001),
        ("true", True),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.5", -0.5),
        ("[3, 3]", [3, 3]),
        ("relu", "relu"),
        ('"3"', "3"),
    ],
)
def test_values_are_toml_or_text(text, value):
    assert parse_value(text) == value


def test_settings_change_one_place_of_a_copy():
    before = load("notes-baseline")
    after = with_settings(before, ["model.layers[1].units=64", "checkpoint.monitor=val_loss"])
    assert after["model"]["layers"][1]["units"] == 64
    assert after["checkpoint"] == {"monitor": "val_loss"}
    assert before["model"]["layers"][1]["units"] == 128


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("fit.epochs", "write PATH=VALUE"),
        ("model.layers[7].units=3", "there are 3, counted from 0"),
        ("name.x=3", "is a value, not a table"),
        ("seed[0]=3", "there are 0"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(setting, words):
    with pytest.raises(SpecError, match=words):
        with_settings(load("notes-baseline"), [setting])


def test_replacing_makes_missing_tables():
    assert replaced({}, ("fit", "epochs"), 3) == {"fit": {"epochs": 3}}


@pytest.mark.parametrize("text", ["9" * 5000, "[" * 5000, "[" * 900, "0x" + "f" * 900, "a\nb", "²"])
def test_odd_values_are_text_that_the_spec_refuses(text):
    assert parse_value(text) == text or isinstance(parse_value(text), int)
    checked = check(with_settings(load("notes-baseline"), [f"seed={text}"]))
    assert checked.problems[0].place == ("seed",)
    assert len(checked.problems[0].message) < 200


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x.toml", "a\0b", "/dev/zero"])
def test_odd_file_names_are_refused(name):
    with pytest.raises(SpecError, match="cannot read|there is no file"):
        load(name)


def test_another_type_brings_its_own_defaults():
    changed = with_settings(load("notes-baseline"), ["compile.optimizer.type=sgd"])
    assert changed["compile"]["optimizer"] == {"type": "sgd"}
