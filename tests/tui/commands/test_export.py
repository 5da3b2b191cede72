"""``nnplay export``: the code of a preset, a file, a run; and a run's weights for Keras."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.export.script import script
from engine.runs.events import Changed
from engine.spec.document import presets
from tests.tui import made
from tests.tui.runs import DONE, training
from tui.cli import main
from tui.commands import export as export_command


def run(*arguments: str):
    return CliRunner().invoke(main, ["export", *arguments])


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_preset_goes_to_stdout_and_nothing_else():
    result = run("notes-baseline")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == script(made.experiment())


def test_a_file_is_exported_and_no_file_is_replaced_unasked():
    Path("mine.toml").write_text(presets()["cnn-small"].read_text())
    result = run("mine.toml", "-o", "mine.py")
    assert (result.exit_code, result.stdout) == (0, "wrote mine.py\n")
    assert "layers.Conv2D(" in Path("mine.py").read_text()
    Path("mine.py").write_text("precious")
    result = run("mine.toml", "-o", "mine.py")
    assert result.exit_code == 2
    assert "mine.py exists: --force replaces it" in result.stderr
    assert Path("mine.py").read_text() == "precious"
    assert run("mine.toml", "-o", "mine.py", "--force").exit_code == 0
    assert "precious" not in Path("mine.py").read_text()


def test_a_notebook_is_named_after_what_it_holds():
    result = run("notes-baseline", "--to", "notebook")
    assert result.stdout == "wrote notes-baseline.ipynb\n"
    assert json.loads(Path("notes-baseline.ipynb").read_text())["nbformat"] == 4
    assert run("notes-baseline", "--to", "notebook").exit_code == 2


def test_a_run_says_what_people_changed_while_it_trained():
    def turned(number: int, value: float):
        return Changed(
            time=1.0, step=3750, epoch=2, place="compile.optimizer.learning_rate", value=value, before=0.001,
            why="by hand" if number else "no progress", number=number,
        )  # fmt: skip

    here = made.make(*training(2), turned(1, 0.0005), turned(0, 0.0001), turned(1, 0.0005), DONE)
    text = " ".join(run(here.name).stdout.replace("\n# ", " ").split())
    assert text.count("While it trained, compile.optimizer.learning_rate went from 0.001 to 0.0005 at step 3,750") == 1
    assert "0.0001" not in text  # a plateau's doing: the code does that itself
    assert "learning_rate=0.001" in text
    assert run(str(here.path)).stdout == run(here.name).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "there is no run 'nowhere': nothing was trained yet. Nor is it a file or a preset; presets: cnn"),
        (["notes-baselin"], "did you mean 'notes-baseline'"),
        (["notes-baseline", "--to", "keras"], "it needs a run: 'nnplay train notes-baseline' makes one"),
        (["notes-baseline", "--to", "paper"], "is not one of 'script', 'notebook', 'keras'"),
        (["notes-baseline", "-o", "no/such/folder.py"], "no/such/folder.py: No such file or directory"),
        (["bad.toml"], "fit.epoch: unknown key; did you mean 'epochs'"),
        (["~nobody-here/x.toml"], "there is no run"),
    ],
)
def test_bad_input_is_refused(arguments, words):
    Path("bad.toml").write_text(presets()["notes-baseline"].read_text().replace("epochs", "epoch", 1))
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_weights_need_a_best_epoch_and_the_right_ending():
    here = made.make(*training(0.5))
    assert "has no best epoch yet" in run(here.name, "--to", "keras").stderr
    made.save(here.best, made.experiment(), 1)
    assert "ends in .keras" in run(here.name, "--to", "keras", "-o", "x.h5").stderr
    assert "there is no folder" in run(here.name, "--to", "keras", "-o", "no/x.keras").stderr
    here.best.write_bytes(b"not a checkpoint")
    result = run(here.name, "--to", "keras")
    assert result.exit_code == 2
    assert "damaged" in result.stderr
    assert not list(Path().glob("*.keras"))


@pytest.mark.parametrize(
    ("status", "stdout", "stderr", "answer"),
    [
        (
            2,
            "x.keras cannot be written: No space left\n",
            "noise",
            (2, "error: x.keras cannot be written: No space left"),
        ),
        (1, "", "noise\nOSError: what happened\n\n", (1, "error: Keras could not write it: OSError: what happened")),
        (-9, "", "", (1, "error: Keras could not write it: exit status -9")),
    ],
)
def test_what_the_other_process_says_is_passed_on(monkeypatch, status, stdout, stderr, answer):
    here = made.make(*training(1))
    made.save(here.best, made.experiment(), 1)
    ended = subprocess.CompletedProcess([], status, stdout, stderr)
    monkeypatch.setattr(export_command.subprocess, "run", lambda *arguments, **named: ended)
    result = run(here.name, "--to", "keras")
    assert (result.exit_code, result.stderr.strip()) == answer


@pytest.mark.parametrize(
    ("settings", "ours"),
    [
        (["compile.optimizer.type=adam"], None),
        (["compile.optimizer.type=notes_adam"], "NotesAdam"),
        (["compile.schedule.type=one_cycle"], "OneCycle"),
        (["compile.schedule.type=one_cycle", "compile.optimizer.type=sgdm"], "SGDM and no OneCycle"),
    ],
)
def test_what_keras_cannot_load_is_said(monkeypatch, settings, ours):
    experiment = made.experiment(*settings)
    here = made.make(*training(1), settings=tuple(settings))
    made.save(here.best, experiment, 1)
    monkeypatch.setattr(export_command.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "", ""))
    said = run(here.name, "--to", "keras").stdout
    assert ("Keras has no" in said) == bool(ours)
    assert not ours or f"Keras has no {ours}: keras.models.load_model(FILE, compile=False)" in said
