"""What is about to be sent to a terminal that shows ASCII alone, in ASCII: frames, signs, bars, all in one place."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from engine.plain import plain


class InAscii(LineFilter):
    """Puts a stand-in for each sign, after everything is laid out: widgets need not know."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else Segment(plain(segment.text), segment.style, segment.control)
            for segment in segments
        ]


IN_ASCII = InAscii()
KEY_NAMES = {
    "up": "up", "down": "down", "left": "left", "right": "right",
    "backspace": "bksp", "enter": "enter", "shift+up": "shift+up", "shift+down": "shift+down",
}  # fmt: skip
"""How keys are called where their signs cannot be shown."""
