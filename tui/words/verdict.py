"""What the figures of a run mean: how it began, whether it learns at all, whether it overfits.

A warning on a healthy run is worse than none: each rule was tried on every preset and template, trained to its end
(``tests/bench/remarks.py``), and says nothing where it cannot know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.data.facts import DataError
from engine.runs.history import History
from engine.spec.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from tui.snapshot import Watched
from tui.words.run import loaded

EPOCHS_TO_LEARN = 2
"""Before so many epochs are over nobody is told that nothing was learnt."""
LUCK = 0.5, 0.05
"""An accuracy is no better than guessing up to these shares above it: of the chance, and of what is left up to 1."""
NOISE = 0.5
"""A first loss this close to that of guessing is as good: it is the mean of one batch."""
FAR = 2.0
"""A first loss so far above it comes of outputs that spread over 2 and more: He's rule, batch normalisation and dropout
together reach 1 (a spread s of the outputs adds s²/2)."""
PATIENCE = 3
"""Validation loss goes up and down: after so many in a row above the lowest, all of them by `RISE`, it rises."""
RISE = 0.02
GAP = 0.1
"""And it is a share of the training loss above that: where dropout keeps it below, nothing is overfitted."""
MOSTLY_NOISE = 0.8
"""With so much label noise there is next to nothing to learn."""


@dataclass(frozen=True)
class Verdict:
    """What is said, and whether something is wrong."""

    words: str
    warns: bool = False


def verdicts(watched: Watched) -> list[Verdict]:
    """Return what the figures mean by now: one thing that is wrong, or else how it began and how it goes on."""
    classes = classes_of(watched)
    if guesses := as_good_as_guessing(watched):
        return [Verdict(guesses, warns=True)]
    began, goes = _beginning(watched, classes), _validation(watched.history)
    # How it began is news until there is some of how it goes on, but for a reason to worry.
    return [each for each in (began if began and (began.warns or not goes) else None, goes) if each is not None]


def classes_of(watched: Watched) -> int:
    """Return how many classes are told apart; 0 where that is not known: not every epoch is validated."""
    if counted := next((len(each.confusion) for each in reversed(watched.history.epochs) if each.confusion), 0):
        return counted
    try:
        return len(watched.asked.data.facts.classes) if watched.asked else 0
    except DataError:  # its files are gone since, or changed
        return 0


def as_good_as_guessing(watched: Watched) -> str:
    """Say that nothing was learnt, after some epochs in which it could have been; nothing where it was."""
    history, classes = watched.history, classes_of(watched)
    epochs, best = history.whole_epochs, history.best
    if classes < 2 or epochs < EPOCHS_TO_LEARN or best is None or best.accuracy is None:
        return ""
    chance = 1 / classes
    of_chance, of_the_rest = LUCK
    if best.accuracy > chance + min(of_chance * chance, of_the_rest * (1 - chance)):
        return ""
    return f"After {epochs} epochs it is no better than guessing among {classes} classes: {_suspects(watched)}."


def _suspects(watched: Watched) -> str:
    data = watched.asked.data if watched.asked else None
    if data and data.label_noise >= MOSTLY_NOISE:
        return f"with a label noise of {data.label_noise:g} there is next to nothing to learn"
    scale = "the rescaling of the pixels, " if data and _too_large(data.rescale) else ""
    return f"look at {scale}the initial weights, the activations and the learning rate"


def _too_large(rescale: float) -> bool:
    """Say whether inputs go far beyond what initial weights are made for: -1 to 1."""
    return rescale * 255 > 10


def _beginning(watched: Watched, classes: int) -> Verdict | None:
    """Compare the first loss with that of guessing."""
    history, asked = watched.history, watched.asked
    first = history.data_loss.first  # a penalty says nothing of how good the first guesses are
    entropy = asked is not None and isinstance(
        asked.compile.loss, CategoricalCrossentropy | SparseCategoricalCrossentropy
    )
    if classes < 2 or first is None or not entropy or _began_elsewhere(watched):
        return None
    chance = math.log(classes)
    far = first > chance + FAR
    penalty = " without its penalty" if history.penalty.first else ""
    begins = f"The loss began at {first:.2f}{penalty}; guessing gives ln {classes} = {chance:.2f}"
    if far:
        what = "rescaling of the pixels" if asked and _too_large(asked.data.rescale) else "initial weights"
        return Verdict(f"{begins}: far above it. Look at the {what}.", warns=True)
    return Verdict(f"{begins}: about the same." if abs(first - chance) < NOISE else f"{begins}.")


def _began_elsewhere(watched: Watched) -> bool:
    """Say whether its first loss may be that of weights which had learnt before."""
    started = watched.history.started
    if started is None or started.parent or loaded(started):
        return True
    # What a resumed run tells of its beginning is where it was resumed.
    return started.resumed and bool(watched.asked and watched.asked.checkpoint.load_if_exists)


def _validation(history: History) -> Verdict | None:
    """Say whether validation loss still falls, or since when it does not, or that the model overfits."""
    judged = [
        (epoch.epoch, train, loss)
        for epoch in history.epochs
        if (loss := epoch.validation.get("loss")) is not None and (train := epoch.train.get("loss")) is not None
    ]
    if len(judged) < 2:
        return None
    epoch, train, lowest = min(judged, key=lambda each: each[2])
    *_, (last, newest_train, newest) = judged
    if epoch == last:
        return Verdict("Validation loss still falls.")
    since = [loss for when, _, loss in judged if when > epoch]
    rises = len(since) >= PATIENCE and min(since[-PATIENCE:]) > lowest + RISE * abs(lowest)
    if rises and newest_train < train and newest - newest_train > GAP * abs(newest_train):
        words = f"Validation loss has risen since epoch {epoch}, while training loss falls: the model overfits."
        return Verdict(words, warns=True)
    return Verdict(f"Validation loss was lowest after epoch {epoch}.")
