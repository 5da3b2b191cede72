"""The keys of a dialog, in its last line: each with what it does, and a click does it, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

APART = "   "


@dataclass(frozen=True)
class Offer:
    """A key, as it is shown; what it does, in words; and the action of a click, where one makes sense."""

    key: str
    words: str
    action: str = ""


class KeyLine(Static):
    """Lays offers out in a line."""

    DEFAULT_CSS = """
    KeyLine { color: $secondary; height: auto; }
    """

    def __init__(self, offers: Iterable[Offer], before: str = "") -> None:
        parts = [Content(before)] if before else []
        for each in offers:
            part = Content.assemble(Content.styled(each.key, "bold $accent"), f" {each.words}")
            parts.append(part.stylize(f"@click={each.action}") if each.action else part)
        super().__init__(Content(APART).join(parts), id="keys")
        self.auto_links = False  # the whole line is for clicking: no underlines
