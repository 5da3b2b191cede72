"""Data: what is learnt from, what the classes look like, and what augmentation makes of the images."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.widgets import Static

from engine.data.facts import DataError, DataFacts
from engine.spec.check import Check
from engine.spec.data import Augment, Data
from engine.spec.draft import Draft
from engine.spec.knob import value_in_words, values
from engine.spec.problem import Problem
from tui.content import pictures
from tui.screens.form_place import FormPlace
from tui.widgets.brief import Brief, Explanation
from tui.widgets.editors import KnobFocused
from tui.widgets.form import Form, Section
from tui.widgets.gallery import Classes, Preview, Sample
from tui.widgets.latest import Latest
from tui.words.place import all_said, said

if TYPE_CHECKING:
    from engine.data.counts import Counts

BOTH_FROM = 32
"""A gallery of so many lines has room for the classes and for the preview."""


@dataclass(frozen=True)
class _Countable:
    """What the counts of the classes depend on."""

    data: Data
    facts: DataFacts
    seed: int


@dataclass(frozen=True)
class _Pictured:
    """What the images of the classes are of, and what stands beside them."""

    source: str
    wrong: Problem | None
    facts: DataFacts
    turn: int
    counts: Counts | None

    @property
    def of(self) -> tuple[str, DataFacts]:
        """The images."""
        return self.source, self.facts


@dataclass(frozen=True)
class _Previewed:
    """What the preview is of, and how it is augmented, for so many cells."""

    of: tuple[str, DataFacts]
    wrong: Problem | None
    turn: int
    augment: Augment
    seed: int
    epoch: int
    width: int


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
        self._picturing = Latest(self, self._draw_classes, group="draw")
        self._augmenting = Latest(self, self._draw_preview, group="preview")
        self._counting = Latest(self, self._count, group="count")
        self._counted: tuple[_Countable | None, Counts | None] = (None, None)
        self._texts: dict[str, str] = {}

    def body(self) -> ComposeResult:
        with Container(id="panels"):
            with Vertical(classes="panel", id="knobs") as knobs:
                knobs.border_title = "data"
                yield Form()
                yield Static(id="sizes", markup=False)
                yield Explanation(id="explain")
            with Vertical(classes="panel", id="gallery"):
                yield Brief(id="mend")
                yield Brief("reading the images …", id="reading")
                yield Classes()
                yield Preview()

    def show_draft(self) -> None:
        draft = self.playground.draft
        sections = [Section(("data",), Data, draft.table(("data",)))]
        self.show_form(sections, draft.check.problems)
        countable = _countable(draft)
        if countable is not None and countable != self._counting.newest:
            self._counting.want(countable)
        self._say_sizes()
        key = self.playground.key
        wrong = all_said(_rowless(draft.check), draft.check, key, self.MODE)
        odd = [f"! {said(each, draft.check, key, self.MODE)}" for each in draft.check.advice if each.place[0] == "data"]
        self._say("mend", "\n".join([wrong] * bool(wrong) + odd))
        self.query_one("#mend").set_class(not wrong, "-advice")
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
        pictured = _Pictured(check.source, wrong, check.facts, self._turn, self._counts)
        if classes.display and pictured != self._picturing.newest:
            self._picturing.want(pictured)
        augment = _augment(draft)
        width = preview.size.width  # another one is told, so that this is asked again
        if preview.display and augment is not None and width:
            previewed = _Previewed(pictured.of, wrong, self._turn, augment, _seed(draft), self._epoch, width)
            if previewed != self._augmenting.newest:
                self._augmenting.want(previewed)
        self.refresh_bindings()

    @property
    def _counts(self) -> Counts | None:
        """The counts of the draft as it is, where they are known by now."""
        countable, counts = self._counted
        return counts if countable == _countable(self.playground.draft) else None

    # What is read on another thread for a draft that has changed since is not shown any more: the next is under way.

    async def _draw_classes(self, wanted: _Pictured) -> None:
        source, facts, counts = wanted.source, wanted.facts, wanted.counts
        try:
            images = await asyncio.to_thread(pictures.one_of_each, source, wanted.turn, len(facts.classes))
        except DataError as error:
            self._say_unreadable(error, self._picturing)
            return
        if self._picturing.outdated:
            return
        self._say_source(source, wanted.wrong)
        await self.query_one(Classes).show(
            [
                Sample(
                    name,
                    image,
                    f"{counts.train[number]:,} · {counts.validation[number]:,}" if counts else "",
                )
                for number, (name, image) in enumerate(zip(facts.classes, images, strict=True))
                if image is not None
            ]
        )

    async def _draw_preview(self, wanted: _Previewed) -> None:
        source, facts = wanted.of
        preview = self.query_one(Preview)
        most = preview.most(facts.image_shape)
        try:
            pairs = await asyncio.to_thread(
                pictures.pairs, source, wanted.turn, len(facts.classes), wanted.augment, wanted.seed, wanted.epoch, most
            )
        except DataError as error:
            self._say_unreadable(error, self._augmenting)
            return
        if self._augmenting.outdated:
            return
        self._say_source(source, wanted.wrong)
        await preview.show(pairs, _made(wanted.augment, wanted.epoch))

    async def _count(self, wanted: _Countable) -> None:
        try:
            counts = await asyncio.to_thread(pictures.counts, wanted.data, wanted.facts, wanted.seed)
        except DataError:  # the images say the same, with the place
            return
        self._counted = wanted, counts
        if not self._counting.outdated:
            self._say_sizes()
            self._show_pictures()

    def _say_unreadable(self, error: DataError, reading: Latest[Any]) -> None:
        if not reading.outdated:
            problem = Problem(("data", "source"), str(error))
            self._say("reading", f"✗ {said(problem, self.playground.draft.check, self.playground.key, self.MODE)}")

    def _say_source(self, source: str, wrong: Problem | None) -> None:
        """Say why these are not the images that were asked for, if they are not."""
        why = f"✗ {said(wrong, self.playground.draft.check, self.playground.key, self.MODE)}" if wrong else ""
        self._say("reading", f"{why}\nHere are images of {source} instead." if wrong else "")

    def _say_sizes(self) -> None:
        countable = _countable(self.playground.draft)
        data = _data(self.playground.draft) if countable else None
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


def _augment(draft: Draft) -> Augment | None:
    """Return the augmentation that is asked for, be the rest right or not; None where it is wrong itself."""
    try:
        return Augment.model_validate(draft.table(("data", "augment")))
    except ValidationError:
        return None


def _countable(draft: Draft) -> _Countable | None:
    """Return what can be counted; None where the source cannot be used."""
    data = _data(draft)
    if data is None or (data.source, draft.check.source) != (data.source,) * 2:
        return None
    return _Countable(data.model_copy(update={"augment": Augment()}), draft.check.facts, _seed(draft))


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
    if counts is None:
        return "\n".join([*lines, f"{shape} pixels each"])
    least, most = min(counts.train), max(counts.train)
    lines.append(f"{shape}, {least:,}{f'-{most:,}' if most > least else ''} a class")
    return "\n".join([*lines, *([f"{counts.wrong:,} labels to train on are wrong"] if counts.wrong else [])])
