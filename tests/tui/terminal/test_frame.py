"""Only the cells that differ are sent, and the terminal shows what it would show if all were."""

from __future__ import annotations

from collections.abc import Sequence

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.terminal.cells import cells
from tui.terminal.frame import Frame

WIDTH, HEIGHT = 14, 3
SIZE = Size(WIDTH, HEIGHT)
CERTAIN = "ab xy  ─█▀▄⠁⠿·é"
"""Terminals agree on how wide these are."""
NASTY = [
    *CERTAIN, "字", "国", "e\u0301", "👍", "👍🏽", "👩\u200d🚀", "❤\ufe0f", "\x1b[31m", "\u202e",
    "\0", "\u0301", "\xad",
]  # fmt: skip
STYLES = [
    Style.parse(each)
    for each in (
        "none", "red", "on blue", "red on blue", "#102030 on #102030", "#102030 on #405060", "bold", "bold red",
        "underline", "reverse red on blue", "bold italic #102030", "strike on blue", "#405060 on #102030",
        "link https://keras.io", "bright_red on bright_blue",
    )
]  # fmt: skip
styles = st.sampled_from(STYLES)


Patch = tuple[int, int, list[Segment]]
"""A part of a line: y, from where, and what stands there then."""
Cells = list[tuple[str, Style]]


def patches(signs: Sequence[str]) -> st.SearchStrategy[list[Patch]]:
    drawn = st.lists(st.tuples(st.lists(st.sampled_from(signs), max_size=6), styles), max_size=4)
    return st.lists(st.builds(patch, st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), drawn), max_size=20)


def patch(y: int, begin: int, drawn: list[tuple[list[str], Style]]) -> Patch:
    """Return as much of it as there is room for."""
    room, segments = WIDTH - begin, []
    for signs, style in drawn:
        text = ""
        for sign in signs:
            if len(cells(text + sign)) <= room:
                text += sign
        segments.append(Segment(text, style))
        room -= len(cells(text))
    return y, begin, segments


class Seen:
    """A terminal, with what a person sees in each cell."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._screen.reset_mode(7, private=True)  # Textual does so
        self._stream = pyte.Stream(self._screen)

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    @property
    def cells(self) -> list[list[tuple[object, ...]]]:
        return [[_seen(self._screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    """Blocks are two halves with a colour each; of a blank nobody sees what colour its sign would have."""
    lines = (cell.underscore, cell.strikethrough)
    ink, paper = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
    if not any(lines) and not cell.reverse:
        halves = {" ": (paper, paper), "▀": (ink, paper), "▄": (paper, ink), "█": (ink, ink)}.get(cell.data)
        if halves:
            return halves if cell.data == " " or not cell.bold else (*halves, cell.bold)
    return (cell.data, ink, paper, cell.bold, cell.italics, *lines)


def whole(rows: list[Cells]) -> LayoutUpdate:
    return LayoutUpdate([[Strip(Segment(*cell) for cell in row)] for row in rows], Region(0, 0, WIDTH, HEIGHT))


def part(y: int, begin: int, end: int, segments: list[Segment]) -> ChopsUpdate:
    chops: list[dict[int, Strip | None]] = [{} for _ in range(HEIGHT)]
    ends: list[list[int]] = [[] for _ in range(HEIGHT)]
    strip = Strip(segments)
    chops[y], ends[y] = {0: None, begin: strip} if begin else {begin: strip}, [begin, end] if begin else [end]
    return ChopsUpdate(chops, [(y, begin, end)], ends)


def draw_over(row: Cells, begin: int, new: Cells) -> None:
    """Draw cells over others; of a wide sign that lost a half, a blank is left."""
    row[begin : begin + len(new)] = new
    for x, (sign, style) in enumerate(row):
        behind = row[x + 1][0] if x + 1 < WIDTH else " "
        before = row[x - 1][0] if x else " "
        if (cell_len(sign) == 2 and behind) or (not sign and cell_len(before) != 2):
            row[x] = (" ", style)


def told(changes: Sequence[Patch]) -> tuple[Seen, list[Cells], Frame]:
    """Send all changes, one after the other."""
    frame, seen = Frame(), Seen()
    rows: list[Cells] = [[(" ", Style())] * WIDTH for _ in range(HEIGHT)]
    seen.feed(frame.changes(whole(rows), SIZE, ColorSystem.TRUECOLOR).text)
    for y, begin, segments in changes:
        new = [(sign, text.style or Style()) for text in segments for sign in cells(text.text)]
        if new:
            draw_over(rows[y], begin, new)
            update = part(y, begin, begin + len(new), segments)
            seen.feed(frame.changes(update, SIZE, ColorSystem.TRUECOLOR).text)
    return seen, rows, frame


@settings(max_examples=100, deadline=None)
@given(patches(CERTAIN))
def test_it_shows_what_textual_would_have_shown(changes):
    seen, rows, frame = told(changes)
    textuals = Seen()
    textuals.feed(whole(rows).render_segments(Console(color_system="truecolor", force_terminal=True)))
    assert seen.cells == textuals.cells
    assert frame.changes(whole(rows), SIZE, ColorSystem.TRUECOLOR).text == ""


@settings(max_examples=100, deadline=None)
@given(patches(NASTY))
def test_whatever_the_signs_it_shows_what_it_shows_when_all_is_sent(changes):
    seen, rows, frame = told(changes)
    anew = Seen()
    anew.feed(Frame().changes(whole(rows), SIZE, ColorSystem.TRUECOLOR).text)
    assert seen.cells == anew.cells
    assert frame.changes(whole(rows), SIZE, ColorSystem.TRUECOLOR).text == ""


@settings(max_examples=50, deadline=None)
@given(patches(CERTAIN))
def test_after_it_was_forgotten_all_is_sent(changes):
    _, rows, frame = told(changes)
    frame.forget()
    anew = Seen()
    anew.feed("another program\r\nwrote")
    anew.feed(frame.changes(whole(rows), SIZE, ColorSystem.TRUECOLOR).text)
    textuals = Seen()
    textuals.feed(whole(rows).render_segments(Console(color_system="truecolor", force_terminal=True)))
    assert anew.cells == textuals.cells


def sent(before: str, after: str, *styled: Style) -> str:
    frame = Frame()
    first, then = styled * 2 if len(styled) == 1 else styled or (Style(), Style())
    size = Size(30, 1)
    for text, style in ((before, first), (after, then)):
        update = LayoutUpdate([[Strip([Segment(text.ljust(30), style)])]], Region(0, 0, 30, 1))
        changes = frame.changes(update, size, ColorSystem.TRUECOLOR)
    return changes.text


RED = Style.parse("red")


@pytest.mark.parametrize(
    ("before", "after", "styled", "expected"),
    [
        ("equal", "equal", (), ""),
        ("equal", "equal", (RED,), ""),
        ("", "", (RED, Style.parse("bold green")), ""),  # blanks show neither
        ("abcdef", "abXdef", (), "\x1b[1;3HX"),
        ("abcdef", "aXcdYf", (), "\x1b[1;2HXcdY"),  # two cells are written sooner than jumped over
        ("a0123456789b", "X0123456789Y", (), "\x1b[1;1HX\x1b[12GY"),
        ("abc", "aXc", (RED,), "\x1b[1;2H\x1b[31mX\x1b[0m"),
        ("a", "a", (RED, Style.parse("bold red")), "\x1b[1;1H\x1b[1;31ma\x1b[0m"),
        ("a", "❤\ufe0fb", (), "\x1b[1;1H  \x1b[1G❤\ufe0f\x1b[3Gb"),  # which terminals draw in one cell, or in two
    ],
)
def test_little_is_sent(before, after, styled, expected):
    assert sent(before, after, *styled) == expected


def test_another_size_is_drawn_anew():
    frame = Frame()
    for width in (30, 20):
        update = LayoutUpdate([[Strip([Segment("a" * width)])]], Region(0, 0, width, 1))
        assert "a" * width in frame.changes(update, Size(width, 1), ColorSystem.TRUECOLOR).text
