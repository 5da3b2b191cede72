"""The list of themes in the palette: nnplay's own first, and the chosen one is remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.theme import ThemeProvider

from tui.screens.palette import Palette
from tui.theme import OURS

if TYPE_CHECKING:
    from tui.settings.preferred import Preferred


class Themes(ThemeProvider):
    """All themes by name, nnplay's before the others."""

    @property
    def commands(self) -> list[tuple[str, Callable[[], None]]]:
        app = cast("Preferred", self.app)
        ours = [theme.name for theme in OURS]
        others = sorted(name for name in app.available_themes if name not in ours)
        return [(name, partial(app.choose_theme, name)) for name in (*ours, *others)]


def search() -> Palette:
    """Return the palette on the themes."""
    return Palette(providers=[Themes], placeholder="Search for themes…")
