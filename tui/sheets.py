"""Style sheets that are parsed once for a set of colours.

Textual parses all sheets of an app anew whenever a screen brings another one along, and three times before the first
paint. None of them has changed by then.
"""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class Sheets(Stylesheet):
    """A style sheet that keeps what it has parsed as long as the colours stay."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other colours; the same ones leave all as it is."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is new. An error in it leaves the rules as they were, as Textual's own way does."""
        self.parse()
