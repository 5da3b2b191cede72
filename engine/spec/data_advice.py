"""What a person should know of their data before it trains: classes that are not where they are needed, odd axes.

It asks for nothing but `DataFacts`: where each class stands first is enough to say what a limit and a held-out tail
leave to train on.
"""

from __future__ import annotations

from engine.data.facts import DataFacts
from engine.spec.data import Data
from engine.spec.problem import Edit, Place, Problem, Remedy
from engine.spec.shape import show_shape

SOURCE: Place = ("data", "source")
VALIDATION: Place = ("data", "validation")
LIMIT: Place = ("data", "limit")
CHANNELS = (1, 3, 4)
"""Grey, RGB, RGB with transparency."""
MOST_NAMED = 5
SHUFFLE = "shuffle the images of the source together with their labels"


def advice_on_data(data: Data, facts: DataFacts) -> list[Problem]:
    """Say what would train, but not on what one thinks.

    Args:
        data: the knobs.
        facts: what their source holds.

    Raises:
        DataError: the source cannot be used.
    """
    return [*_channels_first(facts), *_missing(facts), *_limit(data, facts), *_held_out(data, facts)]


def _channels_first(facts: DataFacts) -> list[Problem]:
    shape = facts.image_shape
    if len(shape) < 3 or shape[0] not in CHANNELS or shape[2] in CHANNELS:
        return []
    look = f"look like channels first, {shape[0]} of {show_shape(shape[1:])}"
    message = f"images of {show_shape(shape)} {look}: save them as x.transpose(0, 2, 3, 1)"
    return [Problem(SOURCE, message)]


def _missing(facts: DataFacts) -> list[Problem]:
    """Find classes that have no image to train on, however much of the source is used."""
    missing = [number for number, first in enumerate(facts.first) if first is None]
    tested = [number for number in missing if number in facts.tested]
    nowhere = [number for number in missing if number not in facts.tested]
    found = []
    if tested:
        message = f"only the test set has {_classes(facts, tested)}: add training images of {_it(tested)}"
        found.append(Problem(SOURCE, message))
    if nowhere:
        begin = next(number for number in range(len(facts.first)) if number not in nowhere)
        remedy = f"save the labels as y - {begin}" if len(nowhere) == begin else "number the classes without gaps"
        message = f"no image has {_classes(facts, nowhere)}, yet the model needs outputs for {_it(nowhere)}: {remedy}"
        found.append(Problem(SOURCE, message))
    return found


def _limit(data: Data, facts: DataFacts) -> list[Problem]:
    """Compare the number of images that is asked for with those there are, and with the classes among them."""
    if data.limit is None:
        return []
    if data.limit > facts.train:
        message = f"asks for {data.limit:,} images, but there are {facts.train:,}: all of them are used"
        return [Problem(LIMIT, message, remedy=Remedy("leave it empty", (Edit(LIMIT, None),)))]
    left_out = [number for number, first in enumerate(facts.first) if first is not None and first >= data.limit]
    if not left_out:
        return []
    message = f"the first {data.limit:,} images have none of {_classes(facts, left_out)}: take more, or {SHUFFLE}"
    return [Problem(LIMIT, message)]


def _held_out(data: Data, facts: DataFacts) -> list[Problem]:
    """Find classes that are held out whole: validation has them, and training does not."""
    if data.validation == "test":
        return []
    trained, validated = data.sizes()
    held_out = range(trained, trained + validated)
    unseen = [number for number, first in enumerate(facts.first) if first is not None and first in held_out]
    if unseen:
        begin = "the source is sorted by class: " if facts.grouped else ""
        what = f"{begin}{_classes(facts, unseen)} would be held out whole, and never trained on"
    elif facts.grouped:
        what = "the source is sorted by class, so the images that are held out are of few classes"
    else:
        return []
    if not facts.test:
        return [Problem(VALIDATION, f"{what}: {SHUFFLE}")]
    remedy = Remedy("validate on the test set", (Edit(VALIDATION, "test"),))
    return [Problem(VALIDATION, f"{what}: {SHUFFLE}, or validate on the test set", remedy=remedy)]


def _classes(facts: DataFacts, numbers: list[int]) -> str:
    """Name classes: ``class 9``, ``the classes 3, 4 and 5``."""
    names = [facts.classes[number] for number in numbers[:MOST_NAMED]]
    if len(numbers) > MOST_NAMED:
        names.append(f"{len(numbers) - MOST_NAMED} more")
    return f"class {names[0]}" if len(names) == 1 else f"the classes {_listed(names)}"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _it(numbers: list[int]) -> str:
    return "them" if len(numbers) > 1 else "it"
