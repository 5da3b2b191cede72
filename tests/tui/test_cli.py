"""The command line: quick answers, and bad input as a message with exit status 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.spec.document import presets
from tui.cli import main


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


def test_the_version_is_told():
    assert run("--version").output.startswith("nnplay, version ")


def test_check_shows_the_summary():
    result = run("check", "notes-baseline")
    assert result.exit_code == 0
    for word in ("Flatten", "100,480", "101,770, 0.41 MB", "it can train", "1,875 steps"):
        assert word in result.output


def test_check_as_json_is_one_document():
    result = run("check", "notes-baseline", "--json", "--set", "model.layers[2].units=11")
    assert result.exit_code == 2
    answer = json.loads(result.output)
    assert answer["ok"] is False
    assert answer["problems"][0]["place"] == "model.layers[2]"


def test_check_gives_its_advice_beside_what_is_wrong():
    result = run("check", "notes-baseline", "--set", "model.layers[2].units=11", "--set", "data.limit=70000")
    assert result.exit_code == 2
    assert "advice: data.limit: asks for 70,000 images" in result.output
    assert "it can train" not in result.output


def test_presets_are_listed_with_their_paths():
    result = run("presets")
    assert result.exit_code == 0
    for name in presets():
        assert name in result.output
    assert set(json.loads(run("presets", "--json").output)) == set(presets())


BASE = presets()["notes-baseline"].read_text()


@pytest.mark.parametrize("command", ["check", "train"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "is not a TOML file"),
        (BASE.replace("epochs", "epoch", 1), "fit.epoch: unknown key; did you mean 'epochs'"),
        (BASE.replace("units = 128", 'units = "many"'), "model.layers[1].units: must be a whole number"),
        (BASE.replace('[[model.layers]]\ntype = "flatten"\n', ""), "model.layers[0]: Dense needs a vector, gets 28×28"),
        (BASE.replace("units = 10", "units = 12"), "model.layers[2]: the last layer gives 12 outputs for 10 classes"),
        (BASE.replace("0.001", "0"), "compile.optimizer.learning_rate: must be greater than 0"),
        (BASE.replace("0.001", "-1.0"), "compile.optimizer.learning_rate: must be greater than 0"),
        (
            presets()["cnn-small"].read_text().replace("kernel_size = 3", "kernel_size = 40", 1),
            "model.layers[1]: Conv2D's kernel 40×40 is larger than its input 28×28",
        ),
    ],
)
def test_bad_specs_are_refused_with_place_and_remedy(tmp_path: Path, home: Path, command, text, words):
    assert text != BASE
    path = tmp_path / "bad.toml"
    path.write_text(text)
    result = run(command, str(path))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not home.exists()  # nothing was begun


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "nowhere.toml"], "there is no file or preset"),
        (["train", "notes-baseline", "--set", "fit.epochs"], "write PATH=VALUE"),
        (["train", "notes-baseline", "--epochs", "0"], "fit.epochs"),
        (["train", "notes-baseline", "--epochs", "many"], "not a valid integer"),
        (["train", "notes-baseline", "--name", "../up"], "name: must be letters"),
        (["train"], "Missing argument"),
        (["--open", "nowhere"], "there is no file or preset"),
        (["--start", "presets"], "go without a command"),
        ([], "there is no terminal here, and the screens need one"),
    ],
)
def test_bad_arguments_are_refused(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_unwritable_home_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "file"))
    result = run("train", "notes-baseline")
    assert result.exit_code == 2
    assert "Set NNPLAY_HOME to a folder that you can write" in result.stderr


def test_what_follows_a_setting_is_told_and_can_train():
    settings = ("--set", "compile.loss.type=mean_squared_error", "--set", "model.layers[2].activation=linear")
    result = run("check", "notes-baseline", *settings)
    assert result.exit_code == 0
    assert "note: The metrics followed the loss: sparse_categorical_accuracy became" in result.stderr


@pytest.mark.parametrize(
    "setting",
    ["a" + ".a" * 1000 + "=1", "model=" + "[" * 400, "name=\udcff", "\udcff=1", "model.layers" + "[0]" * 1000 + "=1"],
)
def test_an_odd_setting_is_refused_in_few_words(setting):
    result = run("check", "notes-baseline", "--set", setting)
    assert result.exit_code == 2
    assert "error: " in result.stderr
    assert len(result.stderr) < 500


def test_types_that_are_tables_in_tables_are_refused(tmp_path):
    (tmp_path / "deep.toml").write_text("[model]\nlayers = [{type" + ".a" * 1000 + " = 1}]")
    result = run("check", str(tmp_path / "deep.toml"))
    assert result.exit_code == 2
    assert "nested deeper" in result.stderr
