"""Style sheets that are parsed once for a set of colours.

Textual parses all sheets of an app anew whenever a screen brings another one along, and three times before the first
paint. None of them has changed by then. And the screen in front is not styled anew for a sheet about another one.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen


class Sheets(Stylesheet):
    """A style sheet that keeps what it has parsed as long as the colours stay."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other colours; the same ones leave all as it is."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is new. An error in it leaves the rules as they were, as Textual's own way does."""
        self.parse()


class Styled(App[None]):
    """An app whose screens bring sheets, as files, that are about nothing but themselves."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.stylesheet = Sheets(variables=self.get_css_variables())

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        new = [path for path in screen.css_path if not self.stylesheet.has_source(str(path), "")]
        for path in new:
            self.stylesheet.read(path)
        if new:
            self.stylesheet.reparse()
        screen._css_update_count = self._css_update_count  # its widgets are styled when they are mounted
