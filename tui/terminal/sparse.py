"""Of a screen of which a part is drawn, only the widgets are asked that have something in that part.

Textual asks all that lie in the smallest rectangle around what is drawn: where a key changes the first line and the
last one, that is all of the screen.
"""

from __future__ import annotations

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.widget import Widget


class Sparse(Compositor):
    """Draws a part of the screen from the widgets in that part."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn: tuple[Region, ...] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what has changed."""
        _ = self.cuts  # of all widgets, which are asked for here and then kept
        self._drawn = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._drawn = ()

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        """The widgets that are seen, from the front to the back; while a part is drawn, those in that part."""
        seen = super().visible_widgets
        if not self._drawn:
            return seen
        parts = ((widget, region, clip, region.intersection(clip)) for widget, (region, clip) in seen.items())
        return {
            widget: (region, clip)
            for widget, region, clip, part in parts
            if any(part.overlaps(drawn) for drawn in self._drawn)
        }
