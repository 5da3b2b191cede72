"""An experiment whose knobs are each right by themselves: what cannot go together, and what would hardly learn."""

from __future__ import annotations

from typing import Any

from engine.spec.data import Data
from engine.spec.experiment import Compile, Experiment
from engine.spec.initializers import Ones, Zeros
from engine.spec.knob import TYPE
from engine.spec.layers.convolution import Conv2D
from engine.spec.layers.layer import Weighted
from engine.spec.metrics import fitting
from engine.spec.problem import Edit, Place, Problem, Remedy

FROM_LOGITS: Place = ("compile", "loss", "from_logits")
MORE_EPOCHS = 5
"""That a fork is offered to train on for."""


def _set(place: Place, value: Any) -> Remedy:
    return Remedy(f"set {place[-1]} to {value}", (Edit(place, value),))


def conflicts(experiment: Experiment) -> list[Problem]:
    """Say which knobs, each right by itself, cannot go together."""
    found = [*_amounts(experiment.data), *_wrong_metrics(experiment.compile)]
    late = experiment.compile.schedule.problem(experiment.length)
    if late:
        found.append(Problem(("compile", "schedule"), late))
    if experiment.fit.reduce_on_plateau and experiment.compile.schedule.type_name != "constant":
        message = "works on a constant learning rate only: choose the schedule 'constant', or no reduce_on_plateau"
        constant = Remedy("choose the constant schedule", (Edit(("compile", "schedule"), {TYPE: "constant"}),))
        found.append(Problem(("fit", "reduce_on_plateau"), message, remedy=constant))
    fork = experiment.fork
    if fork and fork.epoch >= experiment.fit.epochs:
        message = f"nothing is left to train after epoch {fork.epoch} of {fork.run}: set it to more than {fork.epoch}"
        found.append(Problem(("fit", "epochs"), message, remedy=_set(("fit", "epochs"), fork.epoch + MORE_EPOCHS)))
    return found


def advice_on(experiment: Experiment) -> list[Problem]:
    """Say what would run, but hardly learn, or not do what was asked for."""
    return [*_identical_units(experiment), *_outputs_and_loss(experiment), *_without_xla(experiment)]


def _amounts(data: Data) -> list[Problem]:
    trained, validated = data.sizes()
    place: Place = ("data", "validation")
    if data.validation == "test" and not validated:
        return [
            Problem(
                place,
                "there is no test set: hold out a fraction of the training set, such as 0.1",
                remedy=_set(place, 0.1),
            )
        ]
    if min(trained, validated) >= 1:
        return []
    message = f"leaves {trained} images to train on and {validated} to validate on: choose a fraction nearer to 0.1"
    return [Problem(place, message, remedy=_set(place, 0.1))]


MISCOMPUTED = (
    "without XLA, a CPU computes wrong numbers for one input channel, an output one column wide and strides of 1 "
    "down and more across. Set compile.jit_compile to auto, or choose other strides"
)
"""What TensorFlow's own kernel does there, oneDNN; see `engine.spec.layers.convolution.Conv2D.miscomputed`."""


def miscomputed(experiment: Experiment) -> Place:
    """Return where the first layer stands that a CPU computes wrongly without XLA; nothing where none does."""
    shape = experiment.data.facts.image_shape
    for index, layer in enumerate(experiment.model.layers):
        if isinstance(layer, Conv2D) and layer.miscomputed(shape):
            return ("model", "layers", index)
        shape = layer.output_shape(shape)
    return ()


def _without_xla(experiment: Experiment) -> list[Problem]:
    place = miscomputed(experiment)
    if not place or experiment.compile.jit_compile != "off":
        return []
    return [Problem(place, MISCOMPUTED, remedy=_set(("compile", "jit_compile"), "auto"))]


def _wrong_metrics(chosen: Compile) -> list[Problem]:
    place: Place = ("compile", "metrics")
    loss = type(chosen.loss)
    for wrong in chosen.metrics:
        right = fitting(wrong, loss)
        if right != wrong:
            labels = "one-hot labels" if loss.one_hot else "class numbers as labels"
            message = f"'{wrong}' cannot be: {loss.__name__} has {labels}. Choose 'accuracy' or '{right}'"
            metrics = list(dict.fromkeys(fitting(each, loss) for each in chosen.metrics))
            return [Problem(place, message, remedy=Remedy(f"choose {', '.join(metrics)}", (Edit(place, metrics),)))]
    if len(set(chosen.metrics)) < len(chosen.metrics):
        once = list(dict.fromkeys(chosen.metrics))
        remedy = Remedy("name each once", (Edit(place, once),))
        return [Problem(place, "names a metric twice: name each once", remedy=remedy)]
    return []


def _identical_units(experiment: Experiment) -> list[Problem]:
    """Find layers whose units begin equal and stay so. The last may: each of its units has another class to learn."""
    layers = [
        (index, layer.kernel_initializer)
        for index, layer in enumerate(experiment.model.layers)
        if isinstance(layer, Weighted)
    ]
    message = "with equal weights the units of a layer stay identical, and learning fails: choose he_normal"
    return [
        Problem(
            ("model", "layers", index, "kernel_initializer"),
            message,
            remedy=Remedy(
                "choose he_normal", (Edit(("model", "layers", index, "kernel_initializer"), {TYPE: "he_normal"}),)
            ),
        )
        for index, initializer in layers[:-1]
        if isinstance(initializer, Zeros | Ones)
    ]


def _outputs_and_loss(experiment: Experiment) -> list[Problem]:
    """Compare the last activation with what the loss expects."""
    loss, layers = experiment.compile.loss, experiment.model.layers
    from_logits = getattr(loss, "from_logits", None)
    if from_logits is None:
        return []  # mse takes any outputs
    activation = getattr(layers[-1], "activation", None)
    place: Place = ("model", "layers", len(layers) - 1)
    if activation == "softmax" and from_logits:
        message = "softmax is applied twice, here and in the loss, which slows learning: set from_logits = false"
        return [Problem(FROM_LOGITS, message, remedy=_set(FROM_LOGITS, value=False))]
    if activation not in (None, "softmax") and not from_logits:
        message = f"the loss expects probabilities, {activation} gives none: use softmax, or from_logits = true"
        return [Problem(place, message, remedy=_set((*place, "activation"), "softmax"))]
    return []
