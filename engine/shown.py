"""Text from files and people, as it may be shown: what would steer a terminal stands there as it is spelt in Python."""

from __future__ import annotations

import unicodedata

STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories whose characters move a cursor, change colours, turn the direction of writing, or are none."""


def visible(text: str) -> str:
    r"""Return the text in one line, with control characters written out: an escape character becomes ``\x1b``."""
    if text.isprintable():
        return text
    return "".join(_spelt(character) if steers(character) else character for character in text)


def steers(character: str) -> bool:
    """Return whether a terminal may take a character for more than something to show."""
    return unicodedata.category(character) in STEERING


def _spelt(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
