"""Images in the terminal: two pixels a cell by half blocks, or one character a cell where there is no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RAMP = " .:-=+*#%@"
"""From black to white, for terminals without colour."""
LARGEST = 16
"""Dots in a row at most: larger images are shown smaller."""
CHANNELS = 3
WHOLE = 32
"""The same, where there is so much room that images can be shown whole."""


CLOSE = 0.85
"""Dots of whole squares of pixels are the clearest. Where they would be fewer than this share of what fits, a dot may
cover parts of pixels."""

Dot = tuple[int, int, int]
"""Red, green and blue, to 255."""


class Picture(Widget):
    """One image, in grey or in colour, mostly smaller than it is: each dot is the mean of the pixels that it covers.

    Attributes:
        dots: by rows.
    """

    def __init__(self, pixels: NDArray[np.uint8], largest: int = LARGEST) -> None:
        super().__init__()
        self._largest = largest
        self.dots: list[list[Dot]] = []
        self.show(pixels)

    def show(self, pixels: NDArray[np.uint8]) -> None:
        """Show another image: height × width, or with channels, of which three are red, green and blue."""
        # Imported by whoever read the pixels.
        import numpy  # noqa: PLC0415

        height, width = _sides(pixels.shape, self._largest)
        image = pixels.reshape(*pixels.shape[:2], -1).astype(float)
        if image.shape[2] != CHANNELS:
            image = image.mean(axis=2, keepdims=True).repeat(CHANNELS, axis=2)
        rows, columns = (_shares(side, dots) for side, dots in zip(image.shape, (height, width), strict=False))
        means = numpy.einsum("yh,hwc,xw->yxc", rows, image, columns)
        dots = [[(r, g, b) for r, g, b in row] for row in numpy.rint(means).astype(int).tolist()]
        if dots != self.dots:
            self.dots = dots
            self.styles.width = width
            self.styles.height = (height + 1) // 2
            self.refresh()

    def render_line(self, y: int) -> Strip:
        rows = self.dots[2 * y : 2 * y + 2]
        if not rows:
            return Strip.blank(self.size.width)
        top, bottom = rows[0], rows[-1]
        if self.app.no_color or getattr(self.app, "ascii", False):
            means = ((sum(a) + sum(b)) // (2 * CHANNELS) for a, b in zip(top, bottom, strict=True))
            return Strip([Segment("".join(RAMP[mean * len(RAMP) // 256] for mean in means), Style())])
        colours = zip(top, bottom, strict=True)
        return Strip([Segment("▀", Style(color=f"rgb{_text(a)}", bgcolor=f"rgb{_text(b)}")) for a, b in colours])


def cells(image_shape: tuple[int, ...], largest: int = LARGEST) -> tuple[int, int]:
    """Return how many columns and lines an image of this shape takes."""
    height, width = _sides(image_shape, largest)
    return width, (height + 1) // 2


def _text(dot: Dot) -> str:
    return f"({dot[0]},{dot[1]},{dot[2]})"


def _sides(shape: tuple[int, ...], largest: int) -> tuple[int, int]:
    """Return how many dots high and wide an image is shown, of at most so many in a row."""
    longest = max(shape[:2])
    square = max(1 if largest > LARGEST or longest <= largest else 2, -(-longest // largest))
    of_squares = -(-longest // square)
    if square > 1 and of_squares < CLOSE * largest:
        height, width = (max(round(side * largest / longest), 1) for side in shape[:2])
    else:
        height, width = (-(-side // square) for side in shape[:2])
    return height, width


def _shares(side: int, dots: int) -> NDArray[np.float64]:
    """Return how much of each dot along a side is of each pixel: dots × pixels, rows that sum to 1."""
    import numpy  # noqa: PLC0415

    length = side / dots
    begin, pixel = numpy.arange(dots)[:, None] * length, numpy.arange(side)[None, :]
    covered = numpy.minimum(begin + length, pixel + 1) - numpy.maximum(begin, pixel)
    shares: NDArray[np.float64] = numpy.clip(covered, 0, None) / length
    return shares
