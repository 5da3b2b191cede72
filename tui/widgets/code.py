"""The Keras script of the draft, beside the form: it changes as one types, and marks what the newest edit changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.highlight import highlight
from textual.widgets import Static

from engine.data.facts import DataError
from engine.export.script import script
from tui.drafts.written import Changes, Written
from tui.settings.key_names import key_of
from tui.widgets.brief import Brief

NARROWEST = 30
"""The script is written for lines of at least so many characters."""
NEW, GONE = "▌", "▔"
"""The signs of a line that is new, and of one before which others are gone."""
MARGIN = 2
"""Cells for a sign."""
BREAKS = (" ,(=./", "_")
"""Behind these a line is broken that has no room; behind the second ones, where there are none of the first."""


class CodePanel(Vertical):
    """The script, and what it waits for while the draft is wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "screen.copy_code", "copy", id="code.copy", tooltip="Copy the script to the terminal's clipboard"),
        Binding(
            "w",
            "screen.save_code",
            "save",
            id="code.save_script",
            tooltip="Write the script into a file, or a notebook: NAME.ipynb",
        ),
        Binding("escape", "screen.close_code", "close", id="code.close", tooltip="Close the code"),
    ]
    DEFAULT_CSS = """
    CodePanel { border: round $border; background: $surface; }
    CodePanel { border-title-color: $foreground; border-subtitle-color: $success; }
    CodePanel:focus-within { border: round $primary; }
    CodePanel VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    CodePanel #code { width: 1fr; }
    CodePanel #waits { height: auto; max-height: 5; padding: 0 1; color: $error; border-top: solid $border; }
    """

    def __init__(self, written: Written, begin: str) -> None:
        """Take what to show.

        Args:
            written: the draft's code.
            begin: the title of the step that is seen first.
        """
        super().__init__()
        self._scroll = VerticalScroll()
        self._code = Static(id="code")
        self._begin = begin
        self._begun = False
        self.border_title = "Keras script of the draft"
        self._written = written
        self._drawn: object = None
        self._waits = ""

    def compose(self) -> ComposeResult:
        with self._scroll:
            yield self._code
        waits = Brief(id="waits")
        waits.display = False
        yield waits

    def show(self, written: Written) -> None:
        """Show the code of a draft."""
        self._written = written
        self._draw()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._draw()

    def focus_code(self) -> None:
        """Let the arrows scroll the code."""
        self.screen.set_focus(self._scroll)

    def _draw(self) -> None:
        room = self._scroll.scrollable_content_region.width - MARGIN
        written = self._written
        if room <= 0 or not self._scroll.is_mounted:
            return  # it is drawn when it is laid out
        waits = written.waits(key_of(self))
        if written.experiment is not None and (asked := (written.experiment, written.before, room)) != self._drawn:
            self._drawn = asked
            try:
                self._draw_code(room)
            except DataError as error:
                waits = str(error)
        elif written.experiment is None and self._drawn is not None:  # opened anew, on a draft that is wrong
            self._drawn = None
            self._code.update()
        self._say(waits)

    def _draw_code(self, room: int) -> None:
        """Write the script for so much room.

        Raises:
            DataError: the source of its data cannot be read.
        """
        experiment, before = self._written.experiment, self._written.before
        assert experiment is not None  # noqa: S101 - the caller's case
        assert before is not None  # noqa: S101 - where there is one, there is the other
        width = max(room, NARROWEST)
        text = script(experiment, width=width)
        changes = Changes.between(script(before, width=width), text) if before != experiment else Changes()
        rows, first, begin = list[Content](), None, 0
        for number, line in enumerate(highlight(text.rstrip("\n"), language="python").split("\n", allow_blank=True)):
            if number == changes.first:
                first = len(rows)
            if line.plain == f"# {self._begin}":
                begin = len(rows)
            rows += _rows(line, room, new=number in changes.new, gone=number in changes.gone_before)
        self._code.update(Content("\n").join(rows))
        self.border_subtitle = f"{NEW} {changes.words}" if changes.words else ""
        # It keeps its place, unless what changed would not be seen. Once it is laid out, it knows how far it goes.
        if begin and not self._begun:
            self._begun = True
            self.call_after_refresh(self._scroll.scroll_to, y=begin, animate=False, force=True)
        if first is not None:
            row = Region(0, min(first, len(rows) - 1), 1, 1)
            self.call_after_refresh(self._scroll.scroll_to_region, row, animate=False, force=True)

    def _say(self, waits: str) -> None:
        if waits == self._waits:
            return
        self._waits = waits
        line = self.query_one("#waits", Static)
        line.update(f"✗ it waits for {waits}" if waits else "")
        line.display = bool(waits)


def _rows(line: Content, room: int, *, new: bool, gone: bool) -> Iterator[Content]:
    """Yield the rows that a line takes, with its sign in the margin of the first."""
    sign = Content.styled(NEW, "$success") if new else Content.styled(GONE, "$error") if gone else Content(" ")
    for piece in _broken(line, room):
        row = Content.assemble(sign, " ", piece.pad_right(max(room - piece.cell_length, 0)))
        yield row.stylize_before("on $success 15%") if new else row
        sign = Content.styled(NEW, "$success") if new else Content(" ")


def _broken(line: Content, room: int) -> Iterator[Content]:
    """Yield a line in pieces that fit; what follows the first is indented."""
    text = line.plain
    margin = len(text) - len(text.lstrip())
    hanging = min(margin + 2, room // 2)
    start, indent = 0, 0
    while len(text) - start > room - indent:
        end = start + room - indent
        least = max(start, margin)
        stops = (max(text.rfind(each, least, end) for each in breaks) + 1 for breaks in BREAKS)
        stop = next((each for each in stops if each > least + 1), end)
        yield Content.assemble(" " * indent, line[start:stop])
        start, indent = stop + (text[stop : stop + 1] == " "), hanging
    yield Content.assemble(" " * indent, line[start:])
