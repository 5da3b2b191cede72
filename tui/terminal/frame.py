"""What the terminal shows. Of an update, only the cells that differ from it are sent, for every screen.

Textual sends the whole region of each widget that was drawn; mostly nearly all of it stands there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from tui.terminal.cells import NARROW, SECOND_HALF, cells, is_wide
from tui.terminal.looks import PLAIN, Look, blank, look_of
from tui.terminal.pen import Pen

UNKNOWN = Look(("unknown",))
"""Of a cell of which is not known what it shows: it looks like nothing that is drawn."""


@dataclass
class Line:
    """What stands in the cells of one line, and how they look."""

    signs: list[str]
    looks: list[Look]

    @classmethod
    def unknown(cls, width: int) -> Line:
        """Return a line of which nothing is known."""
        return cls([" "] * width, [UNKNOWN] * width)

    def copy(self) -> Line:
        """Return one to draw on."""
        return Line(self.signs.copy(), self.looks.copy())

    def draw(self, x: int, strip: Strip, colours: ColorSystem, end: int | None = None) -> int:
        """Draw a strip, up to a column at most, and return the column behind it."""
        room = len(self.signs) if end is None else min(end, len(self.signs))
        for text, style, control in strip:
            if control:
                continue
            signs = cells(text)[: max(room - x, 0)]
            look = look_of(style, colours) if style else PLAIN
            unseen = blank(look)
            after = x + len(signs)
            self.signs[x:after] = signs
            # A blank is a blank, whatever the colour of the sign that does not stand there.
            self.looks[x:after] = [unseen if sign == " " else look for sign in signs]
            x = after
        return x

    def repair(self) -> None:
        """Put blanks where half of a wide sign was drawn over: terminals differ in what they show there."""
        if NARROW.issuperset(self.signs):
            return
        signs, last = self.signs, len(self.signs) - 1
        for x, sign in enumerate(signs):
            alone = sign == SECOND_HALF and (x == 0 or not is_wide(signs[x - 1]))
            if alone or (is_wide(sign) and (x == last or signs[x + 1] != SECOND_HALF)):
                signs[x], self.looks[x] = " ", blank(self.looks[x])


@dataclass(frozen=True)
class Changes(CompositorUpdate):
    """What is sent of an update. Empty where nothing differs."""

    text: str

    def render_segments(self, console: object) -> str:
        """Return what is sent, as Textual asks for it."""
        return self.text


class Frame:
    """All cells of the terminal, as they were sent."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._size = Size(0, 0)

    def forget(self) -> None:
        """Know no more what the terminal shows: it was cleared, has another size, or another program wrote to it."""
        self._lines = [Line.unknown(self._size.width) for _ in range(self._size.height)]

    def changes(self, update: LayoutUpdate | ChopsUpdate, size: Size, colours: ColorSystem) -> Changes:
        """Return what has to be sent for an update, and take it as sent.

        Args:
            update: what Textual is about to send.
            size: of the terminal.
            colours: how many it has.
        """
        if size != self._size:
            self._size = size
            self.forget()
        pen = Pen()
        for y, line in self._drawn(update, colours):
            line.repair()
            before, self._lines[y] = self._lines[y], line
            if line != before:
                _write(pen, y, before, line)
        return Changes(pen.text())

    def _drawn(self, update: LayoutUpdate | ChopsUpdate, colours: ColorSystem) -> Iterator[tuple[int, Line]]:
        if isinstance(update, LayoutUpdate):
            return _draw_all(update, self._lines, colours)
        return _draw_spans(update, self._lines, colours)


def _draw_all(update: LayoutUpdate, lines: list[Line], colours: ColorSystem) -> Iterator[tuple[int, Line]]:
    """Yield the lines of a region as they shall be."""
    for y, strips in enumerate(update.strips, update.region.y):
        if 0 <= y < len(lines):
            yield y, _drawn(lines[y], update.region.x, strips, colours)


def _drawn(before: Line, x: int, strips: Iterable[Strip], colours: ColorSystem) -> Line:
    line = before.copy()
    for strip in strips:
        x = line.draw(x, strip, colours)
    return line


def _draw_spans(update: ChopsUpdate, lines: list[Line], colours: ColorSystem) -> Iterator[tuple[int, Line]]:
    """Yield the lines as they shall be of which a part is drawn."""
    drawn: dict[int, Line] = {}
    for y, begin, end in update.spans:
        if not 0 <= y < len(lines):
            continue
        line = drawn.setdefault(y, lines[y].copy())
        for right, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < end and right > begin:
                line.draw(x, strip if right <= end else strip.crop(0, end - x), colours)
    yield from drawn.items()


def _write(pen: Pen, y: int, before: Line, after: Line) -> None:
    """Write the cells of a line that differ."""
    now = zip(before.signs, before.looks, after.signs, after.looks, strict=True)
    for x, (old, old_look, sign, look) in enumerate(now):
        if (sign != old or look != old_look) and sign != SECOND_HALF:
            pen.write(x, y, after.signs, after.looks)
