"""Checks a document in plain Python: is it an experiment, can its model work? Shapes and counts come with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from engine.data.facts import FASHION_MNIST, DataError, DataFacts
from engine.data.source import BUILT_IN
from engine.spec.conflicts import advice_on, conflicts
from engine.spec.data import Data
from engine.spec.data_advice import SOURCE, advice_on_data
from engine.spec.experiment import Experiment
from engine.spec.layers import Input, Layer, LayerError
from engine.spec.misfits import misfit, misplaced_input, no_layers, wrong_output
from engine.spec.problem import Place, Problem, SpecError
from engine.spec.shape import Shape
from engine.spec.wording import problems_of

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
        document: what was checked.
        facts: what the source holds.
        source: where the data come from; the built-in one while the given one cannot be used.
        known: what the source holds is known. If not, nothing is said of what depends on it; Fashion-MNIST stands in.
    """

    document: Document
    experiment: Experiment | None
    facts: DataFacts
    source: str
    rows: tuple[LayerRow, ...]
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = field(default=())
    known: bool = True

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
    data, facts, source = _usable(document, problems)
    known = facts is not None
    facts = facts or FASHION_MNIST
    rows = _rows(layers, facts, problems, known=known, from_logits=_from_logits(experiment))
    problems += [problem for row in rows for problem in row.problems if problem not in problems]
    if not rows and not problems:
        problems.append(no_layers(facts.image_shape, len(facts.classes), from_logits=_from_logits(experiment)))
    advice: list[Problem] = []
    try:
        if experiment and not problems:
            problems += conflicts(experiment)
        if data:
            advice += advice_on_data(data, facts)
        if experiment and not problems:
            advice += advice_on(experiment)
    except DataError as error:  # its files were there a moment ago
        problems.append(Problem(SOURCE, str(error)))
    experiment = None if problems else experiment
    return Check(document, experiment, facts, source, tuple(rows), tuple(problems), tuple(advice), known)


def _experiment(document: Document) -> tuple[Experiment | None, list[Problem]]:
    try:
        return Experiment.model_validate(dict(document)), []
    except ValidationError as error:
        return None, problems_of(error)


def _usable(document: Document, problems: list[Problem]) -> tuple[Data | None, DataFacts | None, str]:
    """Return the knobs of the data, what they hold and their source; nothing of what it holds where it cannot be used.

    The source counts also while another knob of the data is wrong, and there are no knobs.
    """
    given = document.get("data", {})
    data = _data(given)
    known = data or _data({"source": given.get("source", BUILT_IN)} if isinstance(given, Mapping) else {})
    if known is None:
        return None, None, BUILT_IN  # Experiment has complained about it
    try:
        return data, known.facts, known.source
    except DataError as error:
        problems.append(Problem(SOURCE, str(error)))
        return None, None, BUILT_IN


def _data(given: Any) -> Data | None:
    try:
        return Data.model_validate(given)
    except ValidationError:
        return None


def _from_logits(experiment: Experiment | None) -> bool:
    """Say whether the loss applies softmax itself."""
    return experiment is not None and bool(getattr(experiment.compile.loss, "from_logits", False))


def _rows(
    layers: Sequence[Any], facts: DataFacts, found: Sequence[Problem], *, known: bool, from_logits: bool
) -> list[LayerRow]:
    rows: list[LayerRow] = []
    shape: Shape | None = facts.image_shape if known else None
    for index, given in enumerate(layers):
        place: Place = ("model", "layers", index)
        layer = _layer(given)
        problems = [problem for problem in found if problem.place[:3] == place]
        parameters, statistics, multiply_adds, workspace = None, 0, None, None
        before, shape = shape, None
        if layer and before and not problems:
            try:
                shape = layer.output_shape(before)
                parameters, statistics = layer.parameters(before), layer.statistics(before)
                multiply_adds, workspace = layer.multiply_adds(before), layer.workspace(before)
            except LayerError as error:
                above = [(row.layer, row.before) for row in rows if row.before is not None]
                problems.append(misfit(error, layers, [*above, (layer, before)]))
        if isinstance(layer, Input) and index > 0:
            problems.append(misplaced_input(index, layers))
        last = index == len(layers) - 1
        if last and shape is not None and shape != (len(facts.classes),):
            read = [*(row.layer for row in rows), layer]
            problems.append(wrong_output(layers, read, shape, len(facts.classes), from_logits=from_logits))
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
