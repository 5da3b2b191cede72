"""The events of a run, one JSON object a line in ``events.jsonl``. A reader ignores the kinds that it does not know."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from engine.runs.standing import Best
from engine.shown import visible

Text = Annotated[str, AfterValidator(visible)]
"""Events hold what people and libraries wrote: nothing in it may steer a terminal."""

Count = Annotated[int, Field(ge=0, le=10**12)]
Seconds = Annotated[float, Field(ge=0, le=1e11)]
"""Bounds beyond all that is ever trained: a damaged line is no event, not a number that nothing can reckon with."""

Metrics = dict[Text, float | None]
"""A number by its name ("loss", "accuracy", ...); None (JSON has no NaN) where it was not finite."""


class Event(BaseModel):
    """What every event says.

    Attributes:
        time: Unix seconds.
        step: training steps done since the run began.
        epoch: the epoch it falls in, counted from 1; 0 before the first.
    """

    # Built when first used: the first screen needs none of them.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, allow_inf_nan=False)

    time: Seconds
    step: Count = 0
    epoch: Count = 0


class Started(Event):
    """Training is about to begin, or to go on from `step`: what was told of later steps does not hold any more.

    Attributes:
        versions: of nnplay, tensorflow, keras and python.
        device: what computes, such as "CPU ×2".
        jit: compiled by XLA.
        metrics: names of the reported metrics, the first of them the accuracy.
        preparing: seconds to build the model and, where it was not known, to find the fastest way to train it.
        loaded: the checkpoint that it began with; empty where it began anew.
        resumed: it goes on with this same run.
        epochs_done: whole epochs before it, their validation included; all steps of the next may be done already.
        parent: the run and epoch that it was forked from, such as "notes-baseline-1@3".
        notes: what a person should know of how it began, such as a damaged checkpoint that was passed over.
    """

    kind: Literal["started"] = "started"
    versions: dict[Text, Text]
    device: Text
    jit: bool
    parameters: Count
    epochs: Annotated[Count, Field(ge=1)]
    steps_per_epoch: Annotated[Count, Field(ge=1)]
    train_images: Count
    validation_images: Count
    metrics: Annotated[tuple[Text, ...], Field(min_length=1)]
    preparing: Seconds = 0.0
    loaded: Text = ""
    resumed: bool = False
    epochs_done: Count = 0
    parent: Text = ""
    notes: tuple[Text, ...] = ()


class Progress(Event):
    """A chunk of steps is done. All numbers are means over its images.

    Attributes:
        steps: how many steps the chunk had.
        loss: data loss and penalty together, as Keras reports it.
        images_per_second: of this chunk, the waiting for its results included.
        learning_rate: of its last step.
        spread: where it is several chunks together, the lowest and the highest mean of one, for "loss" and each metric.
    """

    kind: Literal["progress"] = "progress"
    steps: Count
    loss: float | None
    data_loss: float | None
    penalty: float | None
    metrics: Metrics
    images_per_second: Annotated[float, Field(ge=0)]
    learning_rate: float
    spread: dict[Text, tuple[float, float]] = {}


class Epoch(Event):
    """An epoch is over.

    Attributes:
        train: means over the epoch while the weights changed: "loss" and the metrics.
        validation: of the weights at its end; empty where the epoch was not validated.
        confusion: counts [right class][predicted class]; empty as above.
        seconds: training and validation together, pauses left out.
        trained: the same, of all epochs so far.
        best: the best epoch so far, this one included.
    """

    kind: Literal["epoch"] = "epoch"
    train: Metrics
    validation: Metrics = {}
    confusion: tuple[tuple[int, ...], ...] = ()
    seconds: Seconds
    trained: Seconds = 0.0
    best: Best | None = None


class Validated(Event):
    """The weights were judged while an epoch ran: a point for the curves, which decides nothing.

    Attributes:
        validation: as that of an epoch.
    """

    kind: Literal["validated"] = "validated"
    validation: Metrics


class CheckpointSaved(Event):
    """All state was written to a file.

    Attributes:
        file: its name in ``checkpoints/``.
        best: it holds the best epoch so far.
        back_to: the epoch whose weights it holds, where training went back to them at its end; else 0.
    """

    kind: Literal["checkpoint"] = "checkpoint"
    file: Text
    best: bool = False
    back_to: Count = 0


class Changed(Event):
    """A knob was turned while the run went on.

    Attributes:
        place: the knob, such as "compile.optimizer.learning_rate".
        value: what it is now.
        before: what it was.
        why: what turned it.
        number: counts what people turned in this run, from 1; 0 where the run did it by itself. A resumed run makes the
            same change at the same step, and tells it once more.
    """

    kind: Literal["changed"] = "changed"
    place: Text
    value: float
    before: float | None = None
    why: Text
    number: Count = 0


class Paused(Event):
    """Training waits.

    Attributes:
        why: what it waits for; empty where a person asked it to.
    """

    kind: Literal["paused"] = "paused"
    why: Text = ""


class Continued(Event):
    """Training goes on after a pause."""

    kind: Literal["continued"] = "continued"


Reason = Literal["completed", "stopped", "interrupted", "early_stopped"]
"""How a run ended well: all epochs are done; a person asked; a signal came; it no longer got better."""


def _known_reason(value: Any) -> Any:
    return "completed" if isinstance(value, str) and value not in get_args(Reason) else value


class Finished(Event):
    """The run ended well.

    Attributes:
        reason: how; one that only a later version knows is a good end, too.
        why: what was watched, where it was stopped early.
        test: metrics on the test set, where it was not the validation set.
    """

    kind: Literal["finished"] = "finished"
    reason: Annotated[Reason, BeforeValidator(_known_reason)]
    why: Text = ""
    test: Metrics = {}


class Failed(Event):
    """The run ended in an error.

    Attributes:
        why: what happened.
        remedy: what to change.
    """

    kind: Literal["failed"] = "failed"
    why: Text
    remedy: Text = ""

    @property
    def sentence(self) -> str:
        """Why, and the remedy, as a person reads them."""
        return " ".join(text.rstrip(".") + "." for text in (self.why, self.remedy) if text)


AnyEvent = Started | Progress | Epoch | Validated | CheckpointSaved | Changed | Paused | Continued | Finished | Failed


@cache
def _adapter() -> TypeAdapter[AnyEvent]:
    return TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])


def parse(line: bytes | str | dict[str, Any]) -> AnyEvent | None:
    """Read one line; None where it is no event that this version knows."""
    try:
        return _adapter().validate_python(line) if isinstance(line, dict) else _adapter().validate_json(line)
    except ValidationError:
        return None


def of_another_version(line: bytes) -> bool:
    """Say whether a line that is no event of this version is whole, and of a kind that another version knows."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    kinds = {kind.model_fields["kind"].default for kind in get_args(AnyEvent)}
    return isinstance(found, dict) and isinstance(found.get("kind"), str) and found["kind"] not in kinds
