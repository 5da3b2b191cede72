"""Checks a document in plain Python: is it an experiment, can its model work? Shapes and counts come with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.data.facts import FASHION_MNIST, DataError, DataFacts
from engine.data.source import BUILT_IN
from engine.spec.data import Data
from engine.spec.experiment import Compile, Experiment
from engine.spec.initializers import Ones, Zeros
from engine.spec.layers import Input, Layer, LayerError
from engine.spec.layers.layer import Weighted
from engine.spec.problem import Place, Problem, SpecError
from engine.spec.shape import Shape, show_shape

Document = Mapping[str, Any]
"""An experiment as TOML gives it: plain, and perhaps wrong."""


@dataclass(frozen=True)
class LayerRow:
    """One layer as it is shown: what it makes of its input, or what is wrong with it.

    Attributes:
        label: its name and main knobs.
        layer: None when its knobs are wrong.
        shape: its output without the batch axis; None when it, or a layer before it, is wrong.
        parameters: how many values it holds; None as for the shape.
        statistics: how many of them it measures while training, instead of learning them.
        before: the shape of its input; None when a layer before it is wrong.
        multiply_adds: products that it forms and adds up for one image; None as for the shape.
        workspace: values that it lays out in memory for one image; None as for the shape.
    """

    label: str
    layer: Layer | None
    shape: Shape | None
    parameters: int | None
    statistics: int = 0
    problems: tuple[Problem, ...] = ()
    before: Shape | None = None
    multiply_adds: int | None = None
    workspace: int | None = None


@dataclass(frozen=True)
class Check:
    """The answer: an experiment that can run, or the problems that prevent it; and the rows of its model either way.

    Attributes:
        facts: what the source holds.
        source: where the data come from; the built-in one while the given one cannot be used.
    """

    experiment: Experiment | None
    facts: DataFacts
    source: str
    rows: tuple[LayerRow, ...]
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = field(default=())

    @property
    def parameters(self) -> int | None:
        """All values that the model holds, or None while a layer is wrong."""
        return _total(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int | None:
        """All products that the model forms and adds up for one image, or None while a layer is wrong."""
        return _total(row.multiply_adds for row in self.rows)

    @property
    def workspace(self) -> int | None:
        """All values that the model lays out in memory for one image, or None while a layer is wrong."""
        return _total(row.workspace for row in self.rows)

    def experiment_or_raise(self) -> Experiment:
        """Return the experiment.

        Raises:
            SpecError: with all its problems.
        """
        if self.experiment is None:
            raise SpecError(self.problems)
        return self.experiment


def _total(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def check(document: Document) -> Check:
    """Check a document. Never raises: whatever is wrong is among the problems, each with its place."""
    experiment, problems = _experiment(document)
    model = document.get("model")
    layers = model.get("layers", ()) if isinstance(model, Mapping) else ()
    layers = layers if isinstance(layers, Sequence) and not isinstance(layers, str) else ()
    facts, source = _facts(document, problems)
    rows = _rows(layers, facts, problems)
    problems += [problem for row in rows for problem in row.problems if problem not in problems]
    if not rows and not problems:
        problems.append(Problem(("model", "layers"), "has no layers: add Flatten, then Dense with 10 units"))
    if experiment and not problems:
        problems += [*_amounts(experiment.data), *_conflicts(experiment)]
    advice = _advice(experiment) if experiment and not problems else []
    return Check(None if problems else experiment, facts, source, tuple(rows), tuple(problems), tuple(advice))


def _experiment(document: Document) -> tuple[Experiment | None, list[Problem]]:
    try:
        return Experiment.model_validate(dict(document)), []
    except ValidationError as error:
        return None, problems_of(error)


def _facts(document: Document, problems: list[Problem]) -> tuple[DataFacts, str]:
    """Return what the data hold, and their source; while they are wrong, Fashion-MNIST stands in."""
    given = document.get("data", {})
    try:
        data = Data.model_validate(given)
        facts = data.facts
    except ValidationError:
        return FASHION_MNIST, BUILT_IN  # Experiment has complained about it
    except DataError as error:
        problems.append(Problem(("data", "source"), str(error)))
        return FASHION_MNIST, BUILT_IN
    return facts, data.source


def problems_of(error: ValidationError, base: Place = ()) -> list[Problem]:
    """Return what Pydantic found as problems, each at its place below ``base`` and in words that say what was given."""
    problems: dict[Place, Problem] = {}
    for detail in error.errors(include_url=False):
        place, message = _explain(detail)
        # Of a union ("test" or a number) every branch complains at the same place: one line says both.
        if place in problems:
            before = problems[place].message.split(", got ")[0]
            message = message if message.startswith(before) else f"{before}, or {message}"
        problems[place] = Problem((*base, *place), message)
    return list(problems.values())


SHORT = 60
"""Characters of a wrong value that a message repeats."""

WORDS = (
    ("Input should be", "must be"),
    ("Input should", "must"),
    ("Field required", "is missing"),
    ("a valid integer", "a whole number"),
    ("a valid number", "a number"),
    ("a valid boolean", "true or false"),
    ("Tuple must", "must"),
    ("Value should", "must"),
    ("String should", "must"),
    (" after validation", ""),
)
"""What Pydantic says, and what nnplay says instead."""


def _explain(detail: ErrorDetails) -> tuple[Place, str]:
    context = detail.get("ctx", {})
    # Pydantic names a union's branch in the place ("literal['test']", "float"); a person's file has no such key.
    place = tuple(key for key in detail["loc"] if isinstance(key, int) or key.isidentifier())
    place = tuple(key for key in place if key not in ("float", "int", "str", "bool"))
    if len(place) > 1 and isinstance(place[-1], int) and place[-2] != "layers":
        place = place[:-1]  # one side of a shape, one of the metrics: the knob is what a person can go to
    if "key" in context:
        return (*place, context["key"]), detail["msg"]
    message = detail["msg"]
    for theirs, ours in WORDS:
        message = message.replace(theirs, ours)
    if detail["type"] == "string_pattern_mismatch":
        message = "must be letters, digits, '.', '_' or '-', the first a letter or a digit"
    if detail["type"] == "tuple_type":
        message = "must be whole numbers, such as 3 or 3×5 (in a file: [3, 5])"
    if detail["type"] in ("model_type", "dict_type"):
        message = "must be a table of keys and values"
    given = detail["input"]
    got = (
        ""
        if isinstance(given, Mapping | Sequence) and not isinstance(given, str)
        else ", got nothing"
        if given == ""
        else f", got {_short(given)}"
    )
    return place, message + ("" if detail["type"] == "missing" else got)


def _short(given: object) -> str:
    try:
        text = repr(given)
    except ValueError:  # an integer with thousands of digits
        return "a number with too many digits"
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _rows(layers: Sequence[Any], facts: DataFacts, known: Sequence[Problem]) -> list[LayerRow]:
    rows: list[LayerRow] = []
    shape: Shape | None = facts.image_shape
    for index, given in enumerate(layers):
        place: Place = ("model", "layers", index)
        layer = _layer(given)
        problems = [problem for problem in known if problem.place[:3] == place]
        parameters, statistics, multiply_adds, workspace = None, 0, None, None
        before, shape = shape, None
        if layer and before and not problems:
            try:
                shape = layer.output_shape(before)
                parameters, statistics = layer.parameters(before), layer.statistics(before)
                multiply_adds, workspace = layer.multiply_adds(before), layer.workspace(before)
            except LayerError as error:
                problems.append(Problem(place, str(error)))
        if isinstance(layer, Input) and index > 0:
            problems.append(Problem(place, "Input says what goes into the model: move it to the top, or delete it"))
        last = index == len(layers) - 1
        if last and shape is not None and shape != (len(facts.classes),):
            problems.append(Problem(place, _wrong_output(layer, shape, len(facts.classes))))
        rows.append(
            LayerRow(
                _label(given, layer),
                layer,
                shape,
                parameters,
                statistics,
                tuple(problems),
                before=before,
                multiply_adds=multiply_adds,
                workspace=workspace,
            )
        )
    return rows


def _layer(given: Any) -> Layer | None:
    try:
        return Layer.model_validate(given)
    except ValidationError:
        return None


def _label(given: Any, layer: Layer | None) -> str:
    if layer:
        return layer.label()
    kind = given.get("type") if isinstance(given, Mapping) else None
    member = Layer.members.get(kind) if isinstance(kind, str) else None
    return member.__name__ if member else str(kind or "?")


def _wrong_output(layer: Layer | None, shape: Shape, classes: int) -> str:
    name = type(layer).__name__
    if name == "Dense":
        return f"the last layer gives {show_shape(shape)} outputs for {classes} classes: set its units to {classes}"
    outputs = f"{show_shape(shape)} outputs for {classes} classes"
    return f"the model ends in {name} with {outputs}: end with Dense of {classes} units"


def _amounts(data: Data) -> list[Problem]:
    trained, validated = data.sizes()
    place: Place = ("data", "validation")
    if data.validation == "test" and not validated:
        return [Problem(place, "there is no test set: hold out a fraction of the training set, such as 0.1")]
    if min(trained, validated) >= 1:
        return []
    message = f"leaves {trained} images to train on and {validated} to validate on: choose a fraction nearer to 0.1"
    return [Problem(place, message)]


def _conflicts(experiment: Experiment) -> list[Problem]:
    """Say which knobs, each right by itself, cannot go together."""
    found = _wrong_metrics(experiment.compile)
    late = experiment.compile.schedule.problem(experiment.length)
    if late:
        found.append(Problem(("compile", "schedule"), late))
    if experiment.fit.reduce_on_plateau and experiment.compile.schedule.type_name != "constant":
        message = "works on a constant learning rate only: choose the schedule 'constant', or no reduce_on_plateau"
        found.append(Problem(("fit", "reduce_on_plateau"), message))
    return found


def _wrong_metrics(chosen: Compile) -> list[Problem]:
    place: Place = ("compile", "metrics")
    wrong = "sparse_categorical_accuracy" if chosen.loss.one_hot else "categorical_accuracy"
    if wrong in chosen.metrics:
        labels = "one-hot labels" if chosen.loss.one_hot else "class numbers as labels"
        right = "categorical_accuracy" if chosen.loss.one_hot else "sparse_categorical_accuracy"
        message = f"'{wrong}' cannot be: {type(chosen.loss).__name__} has {labels}. Choose 'accuracy' or '{right}'"
        return [Problem(place, message)]
    if len(set(chosen.metrics)) < len(chosen.metrics):
        return [Problem(place, "names a metric twice")]
    return []


def _advice(experiment: Experiment) -> list[Problem]:
    """Say what would run but hardly learn."""
    return [*_identical_units(experiment), *_outputs_and_loss(experiment)]


def _identical_units(experiment: Experiment) -> list[Problem]:
    """Find layers whose units begin equal and stay so. The last may: each of its units has another class to learn."""
    layers = [
        (index, layer.kernel_initializer)
        for index, layer in enumerate(experiment.model.layers)
        if isinstance(layer, Weighted)
    ]
    message = "with equal weights the units of a layer stay identical, and learning fails: choose he_normal"
    return [
        Problem(("model", "layers", index, "kernel_initializer"), message)
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
        return [Problem(("compile", "loss", "from_logits"), message)]
    if activation not in (None, "softmax") and not from_logits:
        message = f"the loss expects probabilities, {activation} gives none: use softmax, or from_logits = true"
        return [Problem(place, message)]
    return []
