"""An experiment as the steps of a Keras program: imports, data, model, compile, fit, summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from engine.export.augmentation import augmentation
from engine.export.data import data
from engine.export.ours import Carried, carried
from engine.export.parts import Part
from engine.export.source import WIDTH, Function, called, written
from engine.export.training import compiling, fitting
from engine.spec.call import OURS
from engine.spec.calls import layer_calls
from engine.spec.experiment import Experiment


def program(experiment: Experiment, width: int = WIDTH) -> list[Part]:
    """Return the steps in their order.

    Raises:
        DataError: the source of the data cannot be read.
    """
    steps = [
        data(experiment, width),
        *filter(None, [augmentation(experiment)]),
        _model(experiment, width),
        compiling(experiment, width),
        fitting(experiment, width),
        Part("Summary", "model.summary()"),
    ]
    paths = frozenset().union(*(step.calls for step in steps))
    ours = [carried(path.removeprefix(OURS)) for path in sorted(paths) if path.startswith(OURS)]
    head = Part("Imports", f"{_imports(steps, paths, ours)}\n\n{_settings(experiment)}")
    own = [Part("What Keras has not", "\n\n\n".join(each.code for each in ours))] if ours else []
    return [head, *own, *steps]


def about(experiment: Experiment) -> list[str]:
    """Return what a person should know of the code, a sentence each."""
    sentences = [
        "The initial weights are those that nnplay begins with; the images come in another order, so results differ "
        "as those of two seeds do."
    ]
    if experiment.data.augment.active:
        sentences.append("The images are changed by the same rule as in nnplay, with other random numbers.")
    if experiment.fit.epochs % experiment.fit.validation_freq:
        sentences.append("nnplay validates after the last epoch, too.")
    if experiment.fork:
        sentences.append(f"In nnplay it goes on from {experiment.fork}, with its weights; here it begins with epoch 1.")
    return sentences


def _model(experiment: Experiment, width: int) -> Part:
    layers = layer_calls(experiment).values()
    stack = [Function("keras.Input", (), {"shape": experiment.data.facts.image_shape}), *layers]
    code = written(Function("keras.Sequential", (stack,)), before="model = ", width=width)
    return Part("The model", code, calls=frozenset().union(*map(called, layers)))


def _settings(experiment: Experiment) -> str:
    lines = [f"keras.utils.set_random_seed({experiment.seed})"]
    if experiment.compile.precision != "float32":
        lines.append(f"keras.config.set_dtype_policy({written(experiment.compile.precision)})")
    return "\n".join(lines)


def _imports(steps: Iterable[Part], paths: Iterable[str], ours: Iterable[Carried]) -> str:
    """Return the lines that import all that is used: the standard library's first, each line once."""
    plain, names = {"import keras"}, defaultdict[str, set[str]](set)
    for line in (*(line for step in steps for line in step.imports), *(line for own in ours for line in own.imports)):
        if line.startswith("from "):
            _, module, _, name = line.split()
            names[module].add(name)
        else:
            plain.add(line)
    names["keras"] |= {path.partition(".")[0] for path in paths if not path.startswith(OURS)}
    lines = sorted(plain) + [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
    others = [line for line in lines if line.split()[1] in ("keras", "numpy")]
    standard = [line for line in lines if line not in others]
    return "\n\n".join("\n".join(block) for block in (standard, others) if block)
