"""How a cell looks, and the shortest sequence from one look to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import SGR_STYLES

OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "53": "55",
}  # fmt: skip
"""What switches an attribute off. What is not here needs a reset."""
WEIGHT = ("1", "2")
"""Bold and dim are switched off together."""
UNSEEN_ON_BLANKS = {"1", "2", "3", "5", "6", "8"}
"""Of a blank, these attributes and the colour of its sign cannot be seen."""
DEFAULT_INK, DEFAULT_PAPER = "39", "49"


class Look(NamedTuple):
    """How a cell looks, as parts of SGR sequences.

    Attributes:
        attributes: bold, reverse, and the like.
        ink: the colour of the sign; empty for the terminal's own.
        paper: the colour behind it; empty for the terminal's own.
        link: where it leads; mostly nowhere.
    """

    attributes: tuple[str, ...] = ()
    ink: str = ""
    paper: str = ""
    link: str = ""


PLAIN = Look()
"""How a terminal writes by itself."""


@lru_cache(maxsize=16384)
def look_of(style: Style, colours: ColorSystem) -> Look:
    """Return how a cell of this style looks in a terminal with so many colours."""
    # Textual reads these privates where it renders a strip: what the public properties make of them takes longer.
    switched_on = style._attributes & style._set_attributes
    attributes = tuple(code for bit, code in enumerate(SGR_STYLES) if switched_on & (1 << bit))
    ink = ";".join(style.color.downgrade(colours).get_ansi_codes()) if style.color else ""
    paper = ";".join(style.bgcolor.downgrade(colours).get_ansi_codes(foreground=False)) if style.bgcolor else ""
    link = style.link or ""
    return Look(
        attributes,
        "" if ink == DEFAULT_INK else ink,
        "" if paper == DEFAULT_PAPER else paper,
        link if link.isascii() and link.isprintable() else "",
    )


@lru_cache(maxsize=16384)
def blank(look: Look) -> Look:
    """Return what is seen of a look where nothing is written."""
    if look.link or not UNSEEN_ON_BLANKS.issuperset(look.attributes):
        return look
    return Look(paper=look.paper)


@lru_cache(maxsize=16384)
def turned(look: Look) -> Look:
    """Return a look in which the colours of the sign and of what is behind it are exchanged."""
    return look._replace(ink=as_ink(look.paper), paper=as_paper(look.ink))


def as_paper(ink: str) -> str:
    """Return the colour of a sign as one behind it."""
    return f"10{ink[1:]}" if ink.startswith("9") else f"4{ink[1:]}"


def as_ink(paper: str) -> str:
    """Return the colour behind a sign as one of a sign."""
    return f"9{paper[2:]}" if paper.startswith("10") else f"3{paper[1:]}"


@lru_cache(maxsize=16384)
def change(before: Look, after: Look) -> str:
    """Return the shortest sequence after which what is written looks another way."""
    if before == after:
        return ""
    link = f"\x1b]8;;{after.link}\x1b\\" if after.link != before.link else ""
    codes = min((_anew(after), *_step(before, after)), key=len)
    return f"{link}\x1b[{codes}m" if codes else link


def _anew(after: Look) -> str:
    return ";".join(filter(None, ("0", *after.attributes, after.ink, after.paper)))


def _step(before: Look, after: Look) -> tuple[str, ...]:
    """Return what is different, if that can be said without a reset."""
    gone = [code for code in before.attributes if code not in after.attributes]
    if any(code not in OFF for code in gone):
        return ()
    codes = dict.fromkeys(OFF[code] for code in gone)
    switched_off = WEIGHT if any(code in WEIGHT for code in gone) else ()
    come = [code for code in after.attributes if code in switched_off or code not in before.attributes]
    ink = (after.ink or DEFAULT_INK) if after.ink != before.ink else ""
    paper = (after.paper or DEFAULT_PAPER) if after.paper != before.paper else ""
    return (";".join(filter(None, (*codes, *come, ink, paper))),)
