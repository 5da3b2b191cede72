"""What a terminal sends, read as keys: Escape and a key that come at once stay two, unless they are an Alt key here.

To a program, Alt and a key look like Escape and that key (xterm: metaSendsEscape). Textual makes an Alt key of some,
or a special sign, and of others the key alone: Escape would be lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.events import Key

ESCAPE = "\x1b"
ALT = "alt+"
BEGINNINGS = frozenset("[O]PX^_")
"""Behind Escape, these begin sequences of their own: cursor keys, answers of the terminal."""
WORDS = frozenset("fb")
"""Option and an arrow on a Mac: Textual goes by words then."""


class AfterEscape(Key):
    """A key that came with Escape before it. Nothing handles it as it is: it is to be taken for one key, or for two."""

    def as_alt(self) -> tuple[Key]:
        """Return the Alt key."""
        return (self.copy(),)

    def apart(self) -> tuple[Key, Key]:
        """Return the two keys."""
        return Key("escape", ESCAPE), Key(self.key.removeprefix(ALT), self.character)


class Parser(XTermParser):
    """Textual's parser, which keeps Escape."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        _, escape, sign = sequence.rpartition(ESCAPE)
        plain = len(sign) == 1 and (sign.isprintable() or sign == "\r") and sign not in BEGINNINGS | WORDS
        if len(sequence) == 2 and escape and plain:
            for key in super()._sequence_to_key_events(sign):
                yield AfterEscape(f"{ALT}{key.key}", key.character)
        else:
            yield from super()._sequence_to_key_events(sequence, alt)
