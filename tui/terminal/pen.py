"""What writes cells to a terminal in as few bytes as it can: it knows where it stands and how it writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.terminal.cells import is_wide
from tui.terminal.looks import PLAIN, Look, as_ink, as_paper, blank, change, turned

UPPER, LOWER, FULL = "▀▄█"
"""Half a cell in one colour and half in another can be said in two ways, and a whole one in one colour, too."""
FARTHEST = 8
"""Over so many cells at most one may be faster written than jumped: a jump takes from four to six bytes."""


class Pen:
    """Collects what is sent. It begins and ends with a terminal that writes plainly."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._look = PLAIN
        self._x = self._y = -1

    def write(self, x: int, y: int, signs: Sequence[str], looks: Sequence[Look]) -> None:
        """Write one cell of a line; where it has to go on a little, maybe the cells before it, as they stand there."""
        if y != self._y:
            self._written.append(f"\x1b[{y + 1};{x + 1}H")
        elif x != self._x:
            self._written.append(self._over(range(self._x, x), signs, looks) or f"\x1b[{x + 1}G")
        self._x, self._y = x, y
        sign, look = signs[x], looks[x]
        if look is self._look and sign.isascii():  # most of them
            self._written.append(sign)
            self._x += 1
        else:
            self._put(sign, look)

    def text(self) -> str:
        """Return what is sent."""
        return "".join((*self._written, change(self._look, PLAIN)))

    def _over(self, gap: range, signs: Sequence[str], looks: Sequence[Look]) -> str:
        """Return the cells of a gap, where writing them once more takes no more bytes than to jump."""
        if gap.start < 0 or not 0 < len(gap) <= FARTHEST:
            return ""
        for x in gap:
            sign = signs[x]
            same = looks[x] == (blank(self._look) if sign == " " else self._look)
            if not same or len(sign) != 1 or is_wide(sign):
                return ""
        text = "".join(signs[x] for x in gap)
        return text if len(text.encode()) <= len(f"\x1b[{gap.stop + 1}G") else ""

    def _put(self, sign: str, look: Look) -> None:
        sign, sequence, self._look = min(
            ((way, change(self._look, to), to) for way, to in self._ways(sign, look)), key=_bytes
        )
        wide = is_wide(sign)
        if len(sign) > 1:
            # Terminals differ in the width of what is made of several characters: leave nothing to that.
            column = f"\x1b[{self._x + 1}G"
            self._written.append(f"{sequence}{'  ' if wide else ' '}{column}{sign}")
            self._x = -1
            return
        self._written.append(sequence + sign)
        self._x += 2 if wide else 1

    def _ways(self, sign: str, look: Look) -> Iterator[tuple[str, Look]]:
        """Yield the ways to write a cell that look the same."""
        if sign == " ":
            for to in (self._look, self._look._replace(paper=look.paper)):
                if blank(to) == look:
                    yield sign, to
        yield sign, look
        if sign == UPPER and look.ink and look.paper and not look.attributes:
            yield LOWER, turned(look)
            if as_paper(look.ink) == look.paper:
                yield " ", self._look._replace(attributes=(), paper=look.paper, link=look.link)
                yield FULL, self._look._replace(attributes=(), ink=as_ink(look.paper), link=look.link)


def _bytes(way: tuple[str, str, Look]) -> int:
    sign, sequence, _ = way
    return len(sequence) + len(sign.encode())
