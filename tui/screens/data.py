"""Data: what is learnt from, and what the classes look like."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, ItemGrid, Vertical, VerticalScroll
from textual.widgets import Static

from engine.data.facts import DataError
from engine.data.source import BUILT_IN, read
from engine.spec.data import Data
from tui.screens.form_place import FormPlace
from tui.widgets.form import Form, Section
from tui.widgets.image import GreyImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.data.dataset import Split


class DataScreen(FormPlace):
    """Choose the data; look at one image of each class, and at another with a key."""

    MODE = "data"
    STEP = "The data"
    CSS_PATH = ["place.tcss", "data.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "again", "other images", id="data.again", tooltip="Draw the next image of each class"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._turn = 0
        self._drawn = BUILT_IN  # the source whose images are shown

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(classes="panel", id="knobs") as knobs:
                knobs.border_title = "data"
                yield Form()
                yield Static(id="sizes", markup=False)
                yield Static(id="explain", markup=False)
            with VerticalScroll(classes="panel", id="gallery", can_focus=False) as gallery:
                gallery.border_title = "the classes"
                yield Static("reading the images …", id="reading", markup=False)
                yield ItemGrid(id="images", min_column_width=16)

    def on_mount(self) -> None:
        super().on_mount()
        self._draw()

    def show_draft(self) -> None:
        draft = self.playground.draft
        sections = [Section(("data",), Data, draft.table(("data",)))]
        self.call_later(self.show_form, sections, draft.check.problems)
        experiment = draft.check.experiment
        sizes = ""
        if experiment is not None:
            trained, validated = experiment.data.sizes()
            shape = "×".join(map(str, experiment.data.facts.image_shape))
            sizes = f"{trained:,} images to train on,\n{validated:,} to validate on,\n{shape} pixels each"
        self.query_one("#sizes", Static).update(sizes)
        if self._drawn != draft.check.source:
            self._draw()

    def action_again(self) -> None:
        """Draw the next image of each class."""
        self._turn += 1
        self._draw()

    @work(exclusive=True)
    async def _draw(self) -> None:
        check = self.playground.draft.check
        self._drawn = check.source
        try:
            images = await asyncio.to_thread(_one_of_each, self._drawn, self._turn, len(check.facts.classes))
        except DataError as error:
            self.query_one("#reading", Static).update(f"✗ {error}")
            return
        grid = self.query_one("#images", ItemGrid)
        names = zip(check.facts.classes, images, strict=True)
        async with self.batch():
            self.query_one("#reading").display = False
            await grid.remove_children()
            await grid.mount_all(
                Vertical(GreyImage(image), Static(f"{number} {name}", markup=False), classes="sample")
                for number, (name, image) in enumerate(names)
                if image is not None
            )


@lru_cache(maxsize=1)
def _images(source: str) -> Split:
    """Read a source's images once: every look at others takes them from memory. The test set says enough, if any."""
    from engine.data import fashion_mnist  # noqa: PLC0415 - brings NumPy, which no other screen needs

    if source == BUILT_IN:
        return fashion_mnist.read_test()
    train, test = read(source)
    return test if len(test) else train


def _one_of_each(source: str, turn: int, classes: int) -> list[NDArray[np.uint8] | None]:
    """Return an image of each class: the first at turn 0, then the second, ...; None for a class without images."""
    import numpy as np  # noqa: PLC0415

    split = _images(source)
    found = [np.flatnonzero(split.labels == number) for number in range(classes)]
    return [split.images[indices[turn % len(indices)]] if len(indices) else None for indices in found]
