"""A rule as the docstring of its class writes it, with the symbol of the knob under the cursor standing out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from textual.content import Content

from engine.spec.knob import Spec, knobs, symbol_of, value_in_words

OUTSTANDING = "bold reverse"
"""Seen without colour, too."""


def rule(spec: type[Spec], values: Mapping[str, Any], symbol: str) -> Content:
    """Return the lines of a rule, the values of its symbols, and below them what it is in words.

    Args:
        spec: its docstring is the words and, after an empty line, the rule.
        values: of its knobs, as a document has them; what is not there has its default.
        symbol: what stands out; empty for nothing.
    """
    words, _, lines = cleandoc(spec.__doc__ or "").partition("\n\n")
    named = {name: symbol_of(field) for name, field in knobs(spec).items()}
    given = {name: values.get(name, spec.model_fields[name].default) for name in named}
    known = " · ".join(
        f"{each}={value_in_words(given[name])}"  # without a space: never parted by the end of a line
        for name, each in named.items()
        if each and isinstance(given[name], int | float) and each in lines
    )
    parts = [Content.styled(lines, "bold $foreground"), Content(known)] if lines else []
    parts = [_outstanding(part, symbol) for part in parts if part.plain]
    return Content("\n\n").join([*parts, Content.styled(words.replace("\n", " "), "$secondary")])


def _outstanding(text: Content, symbol: str) -> Content:
    if not symbol:
        return text
    # β is not β₁, and lr no part of a word; of β₁ᵗ it is β₁ that stands out.
    for found in re.finditer(rf"(?<!\w){re.escape(symbol)}(?![₀-₉A-Za-z])", text.plain):
        text = text.stylize(OUTSTANDING, found.start(), found.end())
    return text
