"""Images of the classes, and the same images before and after augmentation, as large as there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, ItemGrid, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from tui.widgets.image import CHANNELS, LARGEST, WHOLE, Picture, cells
from tui.widgets.latest import Latest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.content.pictures import Pairs

SMALLER = 10
"""Dots in a row of an image where the larger ones would not all be seen."""
COUNT_CELLS = 14
"""Such as 6,000 · 1,000 and a space."""
MOST_PAIRS = 12


@dataclass(frozen=True, eq=False)
class Sample:
    """A class: its name, an image of it, and how many there are, in words."""

    name: str
    pixels: NDArray[np.uint8]
    words: str


@dataclass(frozen=True)
class Size:
    """How large the images of the classes are.

    Attributes:
        dots: in a row of an image, at most.
        counted: how many images there are stands below each.
        apart: they do not touch each other.
    """

    dots: int
    counted: bool
    apart: bool

    def column(self, image_shape: tuple[int, ...]) -> int:
        """Return the cells of a column."""
        width = cells(image_shape, self.dots)[0] + self.apart
        return max(width, COUNT_CELLS) if self.counted else width

    def lines(self, image_shape: tuple[int, ...], classes: int, width: int) -> int:
        """Return the lines that so many classes take in a gallery of this width."""
        columns = max(width // self.column(image_shape), 1)
        each = cells(image_shape, self.dots)[1] + 1 + self.counted + self.apart
        return -(-classes // columns) * each + self.counted


SIZES = (Size(WHOLE, True, True), Size(LARGEST, True, True), Size(SMALLER, True, False), Size(SMALLER, False, False))
"""The largest that shows all classes is taken; the last one where none does."""
IN_COLOUR = tuple(Size(dots, True, True) for dots in (WHOLE, 24, 20, LARGEST, 14, 12)) + SIZES[2:]
"""The same for images in colour: they have more to be seen than a shape."""


class Classes(VerticalScroll, can_focus=False):
    """An image of each class."""

    DEFAULT_CSS = """
    Classes { height: 1fr; }
    Classes ItemGrid { grid-gutter: 0; height: auto; }
    Classes .sample { width: 100%; height: auto; }
    Classes.-apart ItemGrid { grid-gutter: 1 0; }
    Classes Static { color: $secondary; height: 1; padding-right: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._showing: Latest[Sequence[Sample]] = Latest(self, self._draw, group="classes")

    def compose(self) -> ComposeResult:
        legend = Static("below each: images to train on · to validate on", id="legend")
        legend.display = False
        yield legend
        yield ItemGrid(id="images")

    async def show(self, samples: Sequence[Sample]) -> None:
        """Show these classes, or what is wanted after them; done when this returns."""
        self._showing.want(samples)
        await self._showing.stands()

    def on_resize(self) -> None:
        """Choose the size of the images anew."""
        samples = self._showing.newest
        if samples and {self._fitting(samples)} != {box.how for box in self._boxes}:
            self._showing.want(samples)

    @property
    def _boxes(self) -> list[_Box]:
        return [box for box in self.query_one(ItemGrid).children if isinstance(box, _Box)]

    def _fitting(self, samples: Sequence[Sample]) -> Size:
        shape, count = samples[0].pixels.shape, len(samples)
        sizes = IN_COLOUR if len(shape) == 3 and shape[2] == CHANNELS else SIZES
        fitting = (size for size in sizes if size.lines(shape, count, self.size.width) <= self.size.height)
        return next(fitting, SIZES[-1])

    async def _draw(self, samples: Sequence[Sample]) -> None:
        if not samples or not self.size.width:
            return
        size, grid, boxes = self._fitting(samples), self.query_one(ItemGrid), self._boxes
        self.set_class(size.apart, "-apart")
        self.query_one("#legend").display = size.counted
        grid.min_column_width = size.column(samples[0].pixels.shape)
        if [box.how for box in boxes] == [size] * len(samples):
            for box, sample in zip(boxes, samples, strict=True):
                box.show(sample)
            return
        async with self.batch():
            await grid.remove_children()
            await grid.mount_all(_Box(sample, size) for sample in samples)


class _Box(Vertical):
    """An image of a class, and below it the name of the class and what there is of it."""

    def __init__(self, sample: Sample, how: Size) -> None:
        self.how = how
        self._image = Picture(sample.pixels, how.dots)
        self._lines = [Static(words, markup=False) for words in self._words(sample)]
        super().__init__(self._image, *self._lines, classes="sample")

    def _words(self, sample: Sample) -> list[str]:
        return [sample.name, sample.words] if self.how.counted else [sample.name]

    def show(self, sample: Sample) -> None:
        """Show another sample in the same way."""
        self._image.show(sample.pixels)
        for line, words in zip(self._lines, self._words(sample), strict=True):
            if str(line.content) != words:  # an equal text would still send bytes
                line.update(words)


class Preview(VerticalScroll, can_focus=False):
    """The same images twice: as they are, and as they are trained on."""

    DEFAULT_CSS = """
    Preview { height: auto; }
    Preview Horizontal { height: auto; }
    Preview Picture { margin-right: 1; }
    Preview.-tight Picture { margin-right: 0; }
    Preview Static { color: $secondary; height: auto; }
    """

    class Resized(Message):
        """Another number of images may stand side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._showing: Latest[tuple[Pairs, str]] = Latest(self, self._draw, group="preview")

    def compose(self) -> ComposeResult:
        was = Static("before", id="was")
        was.display = False  # until there is something
        yield was
        yield Horizontal(id="before")
        yield Static(id="is", markup=False)
        yield Horizontal(id="after")

    def on_resize(self) -> None:
        """Pass it on: a resize itself does not go up to the screen."""
        self.post_message(self.Resized())

    def most(self, image_shape: tuple[int, ...]) -> int:
        """Return how many images of this shape stand side by side."""
        width, _ = cells(image_shape)
        apart, side_by_side = (self.size.width + 1) // (width + 1), self.size.width // width
        self.set_class(apart < side_by_side and apart < 3, "-tight")
        return min(max(side_by_side if self.has_class("-tight") else apart, 1), MOST_PAIRS)

    async def show(self, pairs: Pairs, words: str) -> None:
        """Show these images, and say what was done to them, or what is wanted after them; done when this returns."""
        self._showing.want((pairs, words))
        await self._showing.stands()

    async def _draw(self, wanted: tuple[Pairs, str]) -> None:
        pairs, words = wanted
        self.query_one("#was").display = True
        line = self.query_one("#is", Static)
        if str(line.content) != words:  # an equal text would still send bytes
            line.update(words)
        for name, images in (("before", pairs.before), ("after", pairs.after)):
            row = self.query_one(f"#{name}", Horizontal)
            shown = [each for each in row.children if isinstance(each, Picture)]
            if len(shown) == len(images):
                for widget, pixels in zip(shown, images, strict=True):
                    widget.show(pixels)
            else:
                async with self.batch():
                    await row.remove_children()
                    await row.mount_all(Picture(pixels) for pixels in images)
