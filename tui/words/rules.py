"""A rule as its class writes it, with the symbol of the knob under the cursor standing out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from textual.content import Content

from engine.spec.knob import Kind, knobs, symbol_of, value_in_words

OUTSTANDING = "bold reverse"
"""Seen without colour, too."""


def rule(kind: type[Kind], values: Mapping[str, Any], symbol: str) -> Content:
    """Return the lines of a rule, the values of its symbols, and below them what it is in words.

    Args:
        kind: it has the rule, and the words.
        values: of its knobs, as a document has them; what is not there has its default.
        symbol: what stands out; empty for nothing.
    """
    named = {name: symbol_of(field) for name, field in knobs(kind).items()}
    given = {name: values.get(name, kind.model_fields[name].default) for name in named}
    lines = kind.rule(given)
    known = " · ".join(
        f"{each}={value_in_words(given[name])}"  # without a space: never parted by the end of a line
        for name, each in named.items()
        if each and isinstance(given[name], int | float) and each in lines
    )
    parts = [Content.styled(lines, "bold $foreground"), Content(known)] if lines else []
    parts = [_outstanding(part, symbol) for part in parts if part.plain]
    return Content("\n\n").join([*parts, Content.styled(kind.words(), "$secondary")])


def _outstanding(text: Content, symbol: str) -> Content:
    if not symbol:
        return text
    # β is not β₁, and lr no part of a word; of β₁ᵗ it is β₁ that stands out.
    for found in re.finditer(rf"(?<!\w){re.escape(symbol)}(?![₀-₉A-Za-z])", text.plain):
        text = text.stylize(OUTSTANDING, found.start(), found.end())
    return text
