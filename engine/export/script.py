"""An experiment as the Keras script that a person would have written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from engine.export.program import about, program
from engine.export.source import WIDTH
from engine.shown import visible
from engine.spec.experiment import Experiment

DEFINITION = re.compile(r"^(def|class|@)", re.MULTILINE)


def script(experiment: Experiment, notes: Sequence[str] = (), *, width: int = WIDTH) -> str:
    """Return the whole script, with a newline at its end.

    Args:
        experiment: what is trained.
        notes: what else a person should know, a sentence each, such as what was changed while it trained.
        width: how long a line may be, as far as it can be broken.

    Raises:
        DataError: the source of its data cannot be read.
    """
    head, *steps = program(experiment, width)
    text = "\n".join([*_comments([f"{experiment.name}, a Keras script by nnplay.", *about(experiment), *notes], width)])
    text += f"\n\n{head.code}"
    before = head.code
    for step in steps:
        code = "\n".join([*_comments([step.title], width), step.code])
        # Two empty lines around a definition, one between all else.
        apart = DEFINITION.search(before.rpartition("\n\n\n")[2]) or DEFINITION.match(step.code)
        text += ("\n\n\n" if apart else "\n\n") + code
        before = step.code
    return f"{text}\n"


def _comments(sentences: Sequence[str], width: int) -> list[str]:
    """Return comments, each sentence from the beginning of a line. They may quote what a file says."""
    return [
        line
        for sentence in sentences
        for line in textwrap.wrap(
            visible(sentence), width, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
    ]
