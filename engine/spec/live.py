"""The knobs that can be turned while a run trains, found by the mark at their declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from engine.spec.experiment import Experiment
from engine.spec.knob import Spec, document, is_live, knobs, suggest
from engine.spec.layers import Layer
from engine.spec.problem import Place, Problem, SpecError, show_place
from engine.spec.tree import replaced
from engine.spec.wording import problems_of


@dataclass(frozen=True)
class LiveKnob:
    """A knob that can be turned, with its present value.

    Attributes:
        place: such as ``("compile", "optimizer", "learning_rate")``.
        of: what it belongs to, such as "Dropout 0.3 · layer 3"; empty for the optimizer.
    """

    place: Place
    of: str
    title: str
    help: str
    value: float


def live_knobs(experiment: Experiment) -> tuple[LiveKnob, ...]:
    """Return all knobs of an experiment that can be turned while it trains, the optimizer's first."""
    layers = [
        knob
        for index, layer in enumerate(experiment.model.layers)
        for knob in _of(layer, ("model", "layers", index), f"layer {index + 1}, {type(layer).__name__}")
    ]
    return (*_of(experiment.compile.optimizer, ("compile", "optimizer"), ""), *layers)


def _of(spec: Spec, place: Place, of: str) -> Iterator[LiveKnob]:
    for name, field in knobs(type(spec)).items():
        value = getattr(spec, name)
        if isinstance(value, Spec):
            title = field.title or name
            yield from _of(value, (*place, name), f"{of}: {title}" if isinstance(spec, Layer) else of)
        elif is_live(field) and value is not None:
            yield LiveKnob((*place, name), of, field.title or name, field.description or "", float(value))


def turned(experiment: Experiment, place: Place, value: float) -> Experiment:
    """Return the experiment with one of its live knobs at another value.

    Raises:
        SpecError: it has no such knob, or the value is outside its bounds.
    """
    places = [each.place for each in live_knobs(experiment)]
    if place not in places:
        hint = suggest(show_place(place), map(show_place, places))
        raise SpecError([Problem(place, f"cannot be changed while it trains; {hint}")])
    try:
        return Experiment.model_validate(replaced(document(experiment), place, value))
    except ValidationError as error:
        raise SpecError(problems_of(error)) from None
