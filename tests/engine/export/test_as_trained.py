"""What is exported is what is trained: the code is run, and what it makes is compared with what nnplay trains."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from engine.build.model import build
from engine.data.augment import Transforms, matrices, resample
from engine.export.program import program
from engine.export.script import script
from tests.engine.export.made import all_of_them, made

NOT_COMPARED = ("name", "module", "registered_name")
"""What Keras numbers through, and where a class comes from."""


@pytest.fixture(autouse=True)
def _registry():
    """Scripts that carry our classes register them under the same names: nnplay's own must stand there afterwards."""
    known = keras.saving.get_custom_objects()
    before = dict(known)
    yield
    known.clear()
    known.update(before)
    keras.config.set_dtype_policy("float32")


class Remembers:
    """Stands in for a model: it remembers how it is trained, and loads nothing."""

    def __init__(self):
        self.named = {}

    def fit(self, *arguments, **named):
        self.named = named

    def load_weights(self, path):
        raise AssertionError(f"there is no {path}")

    def evaluate(self, *arguments):
        """Nothing is judged."""


def plain(config):
    if isinstance(config, dict):
        return {key: plain(value) for key, value in config.items() if key not in NOT_COMPARED}
    return [plain(each) for each in config] if isinstance(config, list | tuple) else config


def run(experiment, *titles, **names):
    """Run some steps of an experiment's code, and return its variables."""
    for step in program(experiment):
        if step.title in ("Imports", "What Keras has not", *titles):
            exec(compile(step.code, step.title, "exec"), names)  # noqa: S102 - that is the test
    return names


def test_model_weights_and_optimizer_are_those_that_are_trained(tmp_path):
    for name, experiment in all_of_them(tmp_path).items():
        ours = build(experiment, jit=False)
        theirs = run(experiment, "The model", "Compile")["model"]
        assert plain(ours.model.get_config()["layers"]) == plain(theirs.get_config()["layers"]), name
        for a, b in zip(ours.model.weights, theirs.weights, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=f"{name}: {a.path}")
        for one, other in ((ours.optimizer, theirs.optimizer), (ours.loss, theirs.loss)):
            assert type(one).__name__ == type(other).__name__, name
            assert plain(one.get_config()) == plain(other.get_config()), name
        keras.config.set_dtype_policy("float32")


ARRAYS = dict.fromkeys(("x_train", "y_train", "x_val", "y_val", "x_test", "y_test", "batches"))


def test_what_watches_training_is_what_was_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    watching = {}
    for name, experiment in all_of_them(tmp_path).items():
        model = Remembers()
        run(experiment, "Fit", model=model, **ARRAYS)
        assert model.named["epochs"] == experiment.fit.epochs
        watching[name] = {type(each).__name__: vars(each) for each in model.named["callbacks"]}
    assert all("ModelCheckpoint" in each for each in watching.values())
    stop, plateau = (watching["fit-watched"][kind] for kind in ("EarlyStopping", "ReduceLROnPlateau"))
    assert (stop["monitor"], stop["patience"], stop["min_delta"]) == ("accuracy", 2, 0)
    assert (plateau["monitor"], plateau["factor"], plateau["patience"]) == ("val_loss", 0.1, 2)
    assert watching["fit-best"]["ModelCheckpoint"]["save_best_only"]


def test_images_are_changed_by_our_rule():
    knobs = ("rotation_range=20", "width_shift_range=0.1", "height_shift_range=2", "zoom_range=[0.8, 1.1]")
    experiment = made(*(f"data.augment.{knob}" for knob in knobs), "data.augment.horizontal_flip=true")
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (30, 9, 12, 2), np.uint8)
    names = run(experiment, "The augmentation", x_train=images, y_train=np.arange(30))
    theirs = names["augmented"](images.astype("float32"), np.random.default_rng(5))

    random = np.random.default_rng(5)
    angles = np.deg2rad(random.uniform(-20, 20, 30))
    rows, columns = random.uniform(-2, 2, 30), random.uniform(-0.1, 0.1, 30) * 12
    drawn = matrices(images.shape[1:], angles, rows, columns, *random.uniform(0.8, 1.1, (2, 30)))
    ours = resample(images, Transforms(drawn, random.random(30) < 0.5))
    np.testing.assert_allclose(theirs, ours, atol=0.05)
    # Every image once an epoch, each with its label.
    batches = names["batches"]
    labels = np.concatenate([batches[index][1] for index in range(len(batches))])
    assert sorted(labels) == list(range(30))


@pytest.mark.parametrize("name", ["data-idx", "data-noise"])
def test_a_script_trains(tmp_path, monkeypatch, name):
    """The whole of it, as a person runs it; the images of Keras' own set are not fetched."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    sets = [(random.integers(0, 256, (n, 28, 28), np.uint8), np.arange(n) % 10) for n in (200, 20)]
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", lambda: sets)
    experiment = all_of_them(tmp_path)[name]
    names = {}
    exec(compile(script(experiment), name, "exec"), names)  # noqa: S102 - that is the test
    history = names["history"].history
    assert len(history["val_loss"]) == experiment.fit.epochs
    assert np.isfinite(history["loss"]).all()
    assert names["x_train"].max() <= 255 * experiment.data.rescale
    assert {path.name for path in tmp_path.glob("*.keras")} == {
        "notes-baseline-best.keras",
        "notes-baseline-last.keras",
    }
