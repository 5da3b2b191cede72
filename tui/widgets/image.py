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
WHOLE = 32
"""The same, where there is so much room that images can be shown whole."""


class GreyImage(Widget):
    """One image in grey, mostly half size or smaller: each dot is the mean of a square of pixels."""

    def __init__(self, pixels: NDArray[np.uint8], largest: int = LARGEST) -> None:
        super().__init__()
        self._largest = largest
        self._grey: list[list[int]] = []
        self.show(pixels)

    def show(self, pixels: NDArray[np.uint8]) -> None:
        """Show another image."""
        # Imported by whoever read the pixels.
        import numpy  # noqa: PLC0415

        grey = pixels.mean(axis=2) if pixels.ndim == 3 else pixels
        square = _square(grey.shape, self._largest)
        height, width = (-(-side // square) for side in grey.shape)
        missing = [(0, sides * square - side) for sides, side in zip((height, width), grey.shape, strict=True)]
        whole = numpy.pad(grey, missing, mode="edge")
        dots = whole.reshape(height, square, width, square).mean(axis=(1, 3)).astype(int).tolist()
        if dots != self._grey:
            self._grey = dots
            self.styles.width = width
            self.styles.height = (height + 1) // 2
            self.refresh()

    def render_line(self, y: int) -> Strip:
        rows = self._grey[2 * y : 2 * y + 2]
        if not rows:
            return Strip.blank(self.size.width)
        top, bottom = rows[0], rows[-1]
        if self.app.no_color or getattr(self.app, "ascii", False):
            means = ((a + b) // 2 for a, b in zip(top, bottom, strict=True))
            return Strip([Segment("".join(RAMP[mean * len(RAMP) // 256] for mean in means), Style())])
        return Strip(
            [
                Segment("▀", Style(color=f"rgb({a},{a},{a})", bgcolor=f"rgb({b},{b},{b})"))
                for a, b in zip(top, bottom, strict=True)
            ]
        )


def cells(image_shape: tuple[int, ...], largest: int = LARGEST) -> tuple[int, int]:
    """Return how many columns and lines an image of this shape takes."""
    square = _square(image_shape, largest)
    height, width = (-(-side // square) for side in image_shape[:2])
    return width, (height + 1) // 2


def _square(shape: tuple[int, ...], largest: int) -> int:
    """Return the side of the squares of pixels that become dots."""
    return max(1 if largest > LARGEST else 2, -(-max(shape[:2]) // largest))
