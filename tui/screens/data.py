"""Data: what is learnt from, what the classes look like, and what augmentation makes of the images."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.widgets import Static

from engine.data.facts import DataError
from engine.spec.check import Check
from engine.spec.data import Augment, Data
from engine.spec.draft import Draft
from engine.spec.knob import value_in_words, values
from engine.spec.problem import Problem
from tui.content import pictures
from tui.screens.form_place import FormPlace
from tui.widgets.brief import Brief
from tui.widgets.editors import KnobFocused
from tui.widgets.form import Form, Section
from tui.widgets.gallery import Classes, Preview, Sample
from tui.words.place import all_said, said

if TYPE_CHECKING:
    from engine.data.counts import Counts

BOTH_FROM = 32
"""A gallery of so many lines has room for the classes and for the preview."""


class DataScreen(FormPlace):
    """Choose the data; look at one image of each class, and at what augmentation makes of them."""

    MODE = "data"
    STEP = "The data"
    CSS_PATH = ["place.tcss", "data.tcss"]  # noqa: RUF012 - Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "again", "images", id="data.again", tooltip="Take the next image of each class"),
        Binding("a", "draw", "redraw", id="data.draw", tooltip="Augment the same images by other random draws"),
        Binding("p", "view", "preview", id="data.preview", tooltip="Augmented images instead of the classes, and back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._turn = 0
        self._epoch = 1
        self._previewing = False
        self._pictured: tuple[Any, ...] = ()  # of what the images are that are shown
        self._counted: tuple[Any, ...] = ()
        self._previewed: tuple[Any, ...] = ()
        self._counts: Counts | None = None
        self._texts: dict[str, str] = {}

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(classes="panel", id="knobs") as knobs:
                knobs.border_title = "data"
                yield Form()
                yield Static(id="sizes", markup=False)
                yield Brief(id="explain")
            with Vertical(classes="panel", id="gallery"):
                yield Brief(id="mend")
                yield Brief("reading the images …", id="reading")
                yield Classes()
                yield Preview()

    def show_draft(self) -> None:
        draft = self.playground.draft
        sections = [Section(("data",), Data, draft.table(("data",)))]
        self.call_later(self.show_form, sections, draft.check.problems)
        data = _data(draft)
        if data is not None and (data.source, draft.check.source) != (data.source,) * 2:
            data = None  # the source cannot be used
        counted = (data and data.model_copy(update={"augment": Augment()}), draft.check.facts, _seed(draft))
        if counted != self._counted:
            self._counted, self._counts = counted, None
            if data is not None:
                self._count(data, draft)
        self._say_sizes(data)
        self._say("mend", all_said(_rowless(draft.check), draft.check, self.playground.key, self.MODE))
        self._show_pictures()

    def action_again(self) -> None:
        """Take the next image of each class."""
        self._turn += 1
        self._show_pictures()

    def action_draw(self) -> None:
        """Draw anew, as the next epoch does."""
        self._epoch += 1
        self._previewing = True
        self._show_pictures()

    def action_view(self) -> None:
        """Go from the classes to the preview, or back."""
        self._previewing = not self._previewing
        self._show_pictures()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self._both if action == "view" else super().check_action(action, parameters)

    @on(KnobFocused)
    def _follow(self) -> None:
        """Show what the knob under the cursor is about."""
        if self.row is not None:
            self._previewing = self.row.place[:2] == ("data", "augment")
            self._show_pictures()

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._show_pictures)

    @on(Preview.Resized)
    def _widened(self) -> None:
        self._show_pictures()  # it has its width only after the screen has

    @property
    def _both(self) -> bool:
        """There is room for the classes and for the preview."""
        panels = self.query("#gallery")  # none before the screen is composed, when its keys are already asked for
        return bool(panels) and panels.first().size.height >= BOTH_FROM

    def _show_pictures(self) -> None:
        """Draw what is not as it should be."""
        if not self._seen or not self.query(Preview):
            return
        draft = self.playground.draft
        both, check = self._both, draft.check
        classes, preview = self.query_one(Classes), self.query_one(Preview)
        classes.display, preview.display = both or not self._previewing, both or self._previewing
        title = "augmentation" if preview.display and not both else "the classes"
        self.query_one("#gallery").border_title = title + ", and augmentation" * both
        wrong = _wrong_source(check)  # while one types a path, the images may stay and only the reason change
        pictured = (check.source, wrong, check.facts, self._turn, self._counts)
        if classes.display and pictured != self._pictured:
            self._pictured = pictured
            self._draw(check)
        data = _data(draft)
        augment = data and data.augment
        previewed = (check.source, wrong, self._turn, augment, _seed(draft), self._epoch, preview.size.width)
        if preview.display and data is not None and previewed != self._previewed:
            self._previewed = previewed
            self.call_after_refresh(self._preview, check, data.augment, _seed(draft))
        self.refresh_bindings()

    @work(exclusive=True, group="draw")
    async def _draw(self, check: Check) -> None:
        try:
            images = await asyncio.to_thread(pictures.one_of_each, check.source, self._turn, len(check.facts.classes))
        except DataError as error:
            self._say("reading", self._unreadable(error, check))
            return
        self._say_source(check)
        counts = self._counts
        await self.query_one(Classes).show(
            [
                Sample(
                    name,
                    image,
                    f"{counts.train[number]:,} · {counts.validation[number]:,}" if counts else "",
                )
                for number, (name, image) in enumerate(zip(check.facts.classes, images, strict=True))
                if image is not None
            ]
        )

    @work(exclusive=True, group="preview")
    async def _preview(self, check: Check, augment: Augment, seed: int) -> None:
        preview, classes = self.query_one(Preview), len(check.facts.classes)
        most = preview.most(check.facts.image_shape)
        try:
            pairs = await asyncio.to_thread(
                pictures.pairs, check.source, self._turn, classes, augment, seed, self._epoch, most
            )
        except DataError as error:
            self._say("reading", self._unreadable(error, check))
            return
        self._say_source(check)
        await preview.show(pairs, _made(augment, self._epoch))

    @work(exclusive=True, group="count")
    async def _count(self, data: Data, draft: Draft) -> None:
        try:
            self._counts = await asyncio.to_thread(pictures.counts, data, draft.check.facts, _seed(draft))
        except DataError:  # the images say the same, with the place
            return
        self._say_sizes(data)
        self._show_pictures()

    def _unreadable(self, error: DataError, check: Check) -> str:
        return f"✗ {said(Problem(('data', 'source'), str(error)), check, self.playground.key, self.MODE)}"

    def _say_source(self, check: Check) -> None:
        """Say why these are not the images that were asked for, if they are not."""
        wrong = _wrong_source(check)
        why = f"✗ {said(wrong, check, self.playground.key, self.MODE)}" if wrong else ""
        self._say("reading", f"{why}\nHere are images of {check.source} instead." if wrong else "")

    def _say_sizes(self, data: Data | None) -> None:
        self._say("sizes", "" if data is None else _sizes(data, self._counts))

    def _say(self, name: str, text: str) -> None:
        if self._texts.get(name) != text:  # an equal text would still send bytes
            self._texts[name] = text
            widget = self.query_one(f"#{name}", Static)
            widget.update(text)
            widget.display = bool(text)


def _made(augment: Augment, epoch: int) -> str:
    """Say what was done to the images, by the names that the knobs have in the form."""
    if not augment.active:
        return "after: the same, no knob of the augmentation is on"
    fields = Augment.model_fields
    turned = (name for name, value in values(augment).items() if value != fields[name].default)
    words = (f"{fields[name].title} {value_in_words(getattr(augment, name))}" for name in turned)
    return f"after (draws of epoch {epoch}): {' · '.join(words)}"


def _data(draft: Draft) -> Data | None:
    """Return what is asked of the data, be the model right or not; None where that is wrong itself."""
    try:
        return Data.model_validate(draft.table(("data",)))
    except ValidationError:
        return None


def _wrong_source(check: Check) -> Problem | None:
    return next((each for each in check.problems if each.place == ("data", "source")), None)


def _rowless(check: Check) -> list[Problem]:
    """Return what is wrong with the data, and stands at no knob of the form."""
    return [each for each in check.problems if each.place[:1] == ("data",) and (each.unknown or len(each.place) == 1)]


def _seed(draft: Draft) -> int:
    seed = draft.document.get("seed", 0)
    return seed if isinstance(seed, int) and seed >= 0 else 0


def _sizes(data: Data, counts: Counts | None) -> str:
    """Say how many images there are, and how evenly they are spread over the classes."""
    trained, validated = data.sizes()
    shape = "×".join(map(str, data.facts.image_shape))
    lines = [f"{trained:,} images to train on,", f"{validated:,} to validate on,"]
    if data.limit is not None and data.limit > data.facts.train:
        lines.insert(0, f"there are only {data.facts.train:,}:")
    if counts is None:
        return "\n".join([*lines, f"{shape} pixels each"])
    least, most = min(counts.train), max(counts.train)
    lines.append(f"{shape}, {least:,}{f'-{most:,}' if most > least else ''} a class")
    return "\n".join([*lines, *([f"{counts.wrong:,} labels to train on are wrong"] if counts.wrong else [])])
