"""What is about to be sent where a person wants no colour (NO_COLOR): in black, white and greys."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome

PLAIN = Style()


class Greys(Monochrome):
    """Takes a segment without a style, such as what pads a line, as plain; Textual's own filter fails of it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        styled = [each if each.style is not None else Segment(each.text, PLAIN, each.control) for each in segments]
        return super().apply(styled, background)


GREYS = Greys()
