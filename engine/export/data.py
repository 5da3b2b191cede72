"""The part of a script that reads the data: what is trained on and what is judged on, as the experiment splits them."""

from __future__ import annotations

from pathlib import Path

from engine.data.source import BUILT_IN
from engine.export.parts import Part
from engine.export.source import Function, written
from engine.spec.experiment import Experiment

READ_IDX = '''
def read_idx(path):
    """Read an array of bytes from an IDX file, as MNIST comes."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        content = file.read()
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
'''.strip()


def data(experiment: Experiment, width: int) -> Part:
    """Return the part that makes x_train, y_train and what is validated on.

    Raises:
        DataError: the source cannot be read.
    """
    chosen = experiment.data
    part = _read(chosen.source, width, test=chosen.facts.test > 0)
    blocks = [part.code, *_trained_on(experiment), *_pixels(experiment), *_labels(experiment)]
    imports = part.imports | ({"import numpy as np"} if chosen.label_noise else set())
    return Part("The data", "\n\n".join(blocks), frozenset(imports))


def held_out(experiment: Experiment) -> bool:
    """Say whether x_val and y_val are made; otherwise fit splits them off itself, or the test set is validated on."""
    chosen = experiment.data
    return chosen.validation != "test" and bool(chosen.label_noise or chosen.augment.active)


def _sets(experiment: Experiment) -> list[str]:
    """Return what the arrays' names end in."""
    return ["train", *["val"] * held_out(experiment), *["test"] * (experiment.data.facts.test > 0)]


def _read(source: str, width: int, *, test: bool) -> Part:
    if source == BUILT_IN:
        code = "(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()"
        return Part("", code)
    if not Path(source).is_dir():
        names = ["train", *["test"] * test]
        lines = [
            f'x_{name}, y_{name} = arrays["x_{name}"], arrays["y_{name}"].reshape(-1)' for name in names
        ]  # labels of shape (n, 1), as CIFAR's
        opened = written(Function("np.load", (source,)), before="with ", after=" as arrays:", width=width)
        code = "\n    ".join([opened, *lines])
        return Part("", code, frozenset({"import numpy as np"}))
    from engine.data.own import idx_files  # noqa: PLC0415 - brings NumPy, which the built-in data do without

    lines = [
        f"{letter}_{name} = read_idx(folder / {written(file.name)})"
        for name, files in idx_files(Path(source)).items()
        for letter, file in zip("xy", files, strict=True)
    ]
    folder = written(Function("Path", (source,)), before="folder = ", width=width)
    imports = {"import gzip", "import numpy as np", "from pathlib import Path"}
    return Part("", "\n".join([f"{READ_IDX}\n\n", folder, *lines]), frozenset(imports))


def _trained_on(experiment: Experiment) -> list[str]:
    """Return the code of the limit, of what is held out, and of the label noise, in this order."""
    chosen, blocks = experiment.data, list[str]()
    if chosen.limit and chosen.limit < chosen.facts.train:
        blocks.append(f"x_train, y_train = x_train[:{chosen.limit}], y_train[:{chosen.limit}]")
    if held_out(experiment):
        blocks.append(
            f"trained = int(len(x_train) * (1 - {written(chosen.validation)}))\n"
            "x_val, y_val = x_train[trained:], y_train[trained:]\n"
            "x_train, y_train = x_train[:trained], y_train[:trained]"
        )
    if chosen.label_noise:
        from engine.data.dataset import LABEL_NOISE  # noqa: PLC0415 - as above

        share = written(chosen.label_noise)
        blocks.append(
            "# Label noise: a share of the labels is dealt out anew among its images.\n"
            f"random = np.random.default_rng([{experiment.seed}, {LABEL_NOISE}])\n"
            f"chosen = random.permutation(len(y_train))[: round({share} * len(y_train))]\n"
            "y_train = y_train.copy()\n"
            "y_train[np.sort(chosen)] = y_train[chosen]"
        )
    return blocks


def _pixels(experiment: Experiment) -> list[str]:
    rescale = experiment.data.rescale
    if rescale == 1:
        how = ""
    elif rescale < 1 and rescale == 1 / round(1 / rescale):
        how = f" / {round(1 / rescale)}"
    else:
        how = f" * {written(rescale)}"
    return ["\n".join(f'x_{name} = x_{name}.astype("float32"){how}' for name in _sets(experiment))]


def _labels(experiment: Experiment) -> list[str]:
    classes = experiment.one_hot
    lines = [f"y_{name} = keras.utils.to_categorical(y_{name}, {classes})" for name in _sets(experiment)]
    return ["\n".join(lines)] if classes else []
