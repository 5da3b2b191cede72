"""Scripts as text: valid, formatted, and saying what a person would have said."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from engine.export.notebook import notebook
from engine.export.ours import carried
from engine.export.script import script
from engine.export.source import written
from engine.spec.call import KerasCall
from engine.spec.experiment import Fork
from tests.engine.export.made import all_of_them, made


def ruff(*arguments):
    done = subprocess.run([sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[:3000] + done.stderr[:1000]


def test_every_experiment_is_valid_code_as_a_formatter_would_have_it(tmp_path):
    """Ruff's preview style hugs brackets, as one writes ``Sequential([``."""
    out = tmp_path / "out"
    out.mkdir()
    for name, experiment in all_of_them(tmp_path).items():
        text = script(experiment)
        compile(text, name, "exec")
        compile(script(experiment, width=40), name, "exec")
        assert max(map(len, text.splitlines())) <= 100 or name.startswith("data-"), name  # a path may be long
        (out / f"{name}.py").write_text(text)
    ruff("format", "--isolated", "--no-cache", "--preview", "--line-length", "100", "--diff", str(out))
    # Nothing is imported that is not used, or used that is not there; the imports are in order.
    ruff("check", "--isolated", "--no-cache", "--select", "E4,E7,E9,F,I", str(out))


def test_the_baseline_is_what_one_writes_by_hand():
    text = script(made())
    for line in (
        "(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()",
        'x_train = x_train.astype("float32") / 255',
        "model = keras.Sequential([",
        "    layers.Flatten(),",
        "    optimizer=optimizers.Adam(learning_rate=0.001),",
        "    loss=losses.SparseCategoricalCrossentropy(),",
        "    epochs=5,",
        "    validation_data=(x_test, y_test),",
        "model.summary()",
    ):
        assert line in text.splitlines()
    assert "use_bias" not in text
    assert "import numpy" not in text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["data.validation=0.1"], ["validation_split=0.1", "model.evaluate(x_test, y_test)"]),
        (["data.validation=0.1", "data.label_noise=0.2"], ["validation_data=(x_val, y_val)"]),
        (["data.limit=1000"], ["x_train[:1000], y_train[:1000]"]),
        (["data.rescale=0.3"], ['x_test.astype("float32") * 0.3']),
        (["compile.loss.type=mean_squared_error"], ["y_test = keras.utils.to_categorical(y_test, 10)"]),
        (["compile.optimizer.type=sgdm"], ["class SGDM(MomentsOptimizer):", "optimizer=SGDM(learning_rate=0.01)"]),
        (["compile.optimizer.type=nesterov"], ["SGD(learning_rate=0.01, momentum=0.9, nesterov=True)"]),
        (["compile.schedule.type=step"], ["decay_steps=3750", "1,875 steps", "staircase=True", "=learning_rate)"]),
        (["compile.schedule.type=one_cycle"], ["def _half_cosine", "learning_rate = OneCycle(", "import math"]),
        (["compile.precision=mixed_float16"], ['keras.config.set_dtype_policy("mixed_float16")']),
        (["seed=3"], ["keras.utils.set_random_seed(3)"]),
        (["fit.early_stopping.monitor=val_accuracy"], ['EarlyStopping(monitor="val_sparse_categorical_accuracy"']),
        (["checkpoint.load_if_exists=true"], ['model.load_weights("notes-baseline-last.keras")']),
        (["checkpoint.save_weights_only=true"], ['"notes-baseline-best.weights.h5"', "save_weights_only=True"]),
        (["checkpoint.every_epochs=2"], ['"notes-baseline-{epoch:04d}.keras", save_freq=3750']),
        (["fit.validation_freq=2"], ["validation_freq=2", "validates after the last epoch, too"]),
        (["data.augment.rotation_range=10"], ["random.uniform(-10, 10, count)", "each turned at random", "batches,"]),
        (["data.augment.horizontal_flip=true"], ["each mirrored at random", "images[:, :, ::-1]"]),
    ],
)
def test_what_is_chosen_is_in_the_code(settings, words):
    text = " ".join(script(made(*settings)).split())
    for each in words:
        assert each in text


def test_a_fork_and_what_was_changed_are_said():
    experiment = made().model_copy(update={"fork": Fork(run="notes-baseline-1", epoch=3)})
    text = script(experiment, ["Something\x1b[2J was changed\nimport os"])
    assert "goes on from notes-baseline-1@3" in text
    assert r"# Something\x1b[2J was changed\nimport os" in text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1e-5, "1e-5"),
        (1e16, "1e16"),
        (0.25, "0.25"),
        (True, "True"),
        ((3,), "(3,)"),
        ("it's", '"it\'s"'),
        ('say "it\'s"', "'say \"it\\'s\"'"),
        ("a\nb", r'"a\nb"'),
        (KerasCall("layers.Conv2D", {"filters": 4, "kernel_size": (3, 3), "use_bias": True}), "layers.Conv2D(4, 3)"),
        (KerasCall("layers.Conv2D", {"kernel_size": (3, 5), "filters": 4}), "layers.Conv2D(4, (3, 5))"),
    ],
)
def test_values_are_written_as_by_hand(value, code):
    assert written(value) == code


def test_only_what_a_class_needs_is_carried():
    adam = carried("NotesAdam")
    assert [line for line in adam.code.splitlines() if line.startswith("class ")] == [
        "class MomentsOptimizer(keras.optimizers.Optimizer):",
        "class NotesAdam(MomentsOptimizer):",
    ]
    assert set(adam.imports) == {"from typing import Any", "import keras", "from keras import ops"}
    with pytest.raises(LookupError):
        carried("Adam")


def test_the_notebook_holds_the_same_code_under_headings():
    experiment = made("compile.optimizer.type=notes_adam")
    document = json.loads(notebook(experiment, ["The rate was changed."]))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    cells = document["cells"]
    assert "The rate was changed." in "".join(cells[0]["source"])
    assert len({cell["id"] for cell in cells}) == len(cells)
    code = [line for cell in cells if cell["cell_type"] == "code" for line in "".join(cell["source"]).splitlines()]
    assert [line for line in code if line] == [
        line for line in script(experiment).splitlines() if line and not (line.startswith("# ") and line not in code)
    ]
    assert [cell["source"][0] for cell in cells if cell["cell_type"] == "markdown"][1:3] == [
        "## Imports",
        "## What Keras has not",
    ]
