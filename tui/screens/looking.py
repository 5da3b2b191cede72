"""A place with charts, and the keys and the mouse that look at them in other ways: all charts of it in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from tui.screens.place import Place
from tui.widgets.chart import Chart
from tui.widgets.view import Look
from tui.words.keys import with_keys
from tui.words.why_not import ALL_SEEN, CLOSEST

LOOKS = ("log_axis", "zoom_y", "steps", "smoothing", "closer", "wider", "all", "cursor", "pan", "no_cursor")
"""The actions, as `check_action` knows them."""
BEYOND = ("wider", "all", "pan")
"""Those that show what is beside the seen part, where not all is seen."""
NO_CURSOR = Binding("escape", "no_cursor", "no cursor", show=False, id="chart.no_cursor", tooltip="Put the cursor away")


class Looking(Place):
    """Holds one look for all its charts; `look_changed` shows what follows from it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "log_axis", "log axis", show=False, id="chart.log_axis", tooltip="A log y axis, or a linear one"
        ),
        Binding(
            "z", "zoom_y", "zoom y", show=False, id="chart.zoom_y",
            tooltip="Fit the y axis to the lines, or show it from 0 again (an accuracy: to 1)",
        ),
        Binding("e", "steps", "steps", show=False, id="chart.steps", tooltip="Count steps on the x axis, or epochs"),
        Binding(
            "m", "smoothing", "smooth", show=False, id="chart.smoothing",
            tooltip="Smooth the lines of training, more, most, not at all; what they were stays behind them as dots",
        ),
        Binding("plus,equals_sign", "closer", "zoom", show=False, id="chart.closer", tooltip="See less of the x axis"),
        Binding("minus", "wider", "wider", show=False, id="chart.wider", tooltip="Show more of the x axis"),
        Binding("0", "all", "all", show=False, id="chart.all", tooltip="Show all of the x axis"),
        Binding("left", "cursor(-1)", "read", show=False, id="chart.left", tooltip="Read values at a cursor; earlier"),
        Binding("right", "cursor(1)", "read", show=False, id="chart.right", tooltip="Read values at a cursor; later"),
        Binding("shift+left", "pan(-1)", "pan", show=False, id="chart.pan_left", tooltip="Show what was before"),
        Binding("shift+right", "pan(1)", "pan", show=False, id="chart.pan_right", tooltip="Show what came after"),
        NO_CURSOR,
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self._pinned = False

    @property
    def charts(self) -> Iterable[Chart]:
        """The charts of this place."""
        return self.query(Chart)

    @property
    def lookable(self) -> bool:
        """There is something in the charts, and they are seen."""
        return any(chart.display and chart.view.newest is not None for chart in self.charts)

    def look_of(self, chart: Chart) -> Look:
        """Return how a chart is looked at: all as one, where it has no reason for its own way."""
        return self.look

    def look_changed(self) -> None:
        """Show what follows from another look: the charts themselves have it already."""

    def look_at(self, look: Look) -> None:
        """Look at all charts in this way."""
        if look.cursor is None:
            self._pinned = False
        if look != self.look:
            offered = self._offered_looks
            self.look = look
            for chart in self.charts:
                chart.see(self.look_of(chart))
            self.look_changed()
            if self._offered_looks != offered:
                self.refresh_bindings()

    @property
    def _offered_looks(self) -> list[bool | None]:
        return [self.check_action(action, ()) for action in LOOKS]

    @property
    def _first(self) -> Chart:
        return next(iter(self.charts))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action not in LOOKS:
            return super().check_action(action, parameters)
        if action in BEYOND:
            return self.lookable and self.look.window is not None
        return self.lookable and (action != "no_cursor" or self.look.cursor is not None)

    def why_not(self, action: str) -> str:
        return with_keys(ALL_SEEN, self.playground.key) if action in BEYOND else super().why_not(action)

    def action_log_axis(self) -> None:
        """Make the y axis logarithmic, or linear again."""
        self.look_at(replace(self.look, log=not self.look.log))

    def action_zoom_y(self) -> None:
        """Fit the y axis to the lines, or show all of it again."""
        self.look_at(replace(self.look, fitted=not self.look.fitted))

    def action_steps(self) -> None:
        """Count steps on the x axis, or epochs again."""
        self.look_at(replace(self.look, by_step=not self.look.by_step))

    def action_smoothing(self) -> None:
        """Smooth more, or after the strongest not at all."""
        self.look_at(self.look.smoother())

    def action_closer(self) -> None:
        """See less of the x axis."""
        closer = self.look.zoomed(self._first.view, closer=True)
        if closer == self.look:
            self.playground.explain(CLOSEST)
        self.look_at(closer)

    def action_wider(self) -> None:
        """Show more of the x axis."""
        self.look_at(self.look.zoomed(self._first.view, closer=False))

    def action_all(self) -> None:
        """Show all of the x axis."""
        self.look_at(replace(self.look, window=None))

    def action_cursor(self, cells: int) -> None:
        """Move the cursor, which begins at the newest point."""
        self._pinned = True
        self.look_at(self.look.moved(self._first.view, cells, self._first.room))

    def action_pan(self, direction: int) -> None:
        """Show what is beside the seen part."""
        self.look_at(self.look.panned(self._first.view, direction))

    def action_no_cursor(self) -> None:
        """Put the cursor away."""
        self.look_at(replace(self.look, cursor=None))

    @on(Chart.Pointed)
    def _pointed(self, event: Chart.Pointed) -> None:
        if event.pinned or not self._pinned:
            self._pinned = event.pinned
            self.look_at(replace(self.look, cursor=event.x))

    @on(Chart.Left)
    def _left(self) -> None:
        if not self._pinned:
            self.look_at(replace(self.look, cursor=None))

    @on(Chart.Wheeled)
    def _wheeled(self, event: Chart.Wheeled) -> None:
        self.look_at(self.look.zoomed(self._first.view, closer=event.closer, around=event.x))

    def looks_line(self, more: Iterable[tuple[str, str]], width: int) -> Content:
        """Return the keys that look in other ways, and what each would do now.

        Args:
            more: other actions, and the words for them, for the end of the line.
            width: cells that there are.
        """
        look = self.look
        words = {
            "log_axis": "linear axis" if look.log else "log axis",
            "zoom_y": "whole y" if look.fitted else "zoom y",
            "steps": "epochs" if look.by_step else "steps",
            "smoothing": "smooth",
            "cursor(-1)": "read",
            "closer": "zoom",
            "all": "all",
            "no_cursor": "no cursor",
            **dict(more),
        }
        keys: dict[str, Binding] = {}
        for active in self.active_bindings.values():
            if active.enabled:
                keys.setdefault(active.binding.action, active.binding)  # the first of several keys
        line = Content("")
        for action, text in words.items():
            if action in keys:
                key = Content.styled(self.app.get_key_display(keys[action]), "$accent")
                part = Content.assemble(key, f" {text}").stylize(f"@click=screen.{_call(action)}")
                longer = Content.assemble(line, "  " if line else "", part)
                if longer.cell_length > width:
                    break
                line = longer
        return line


def _call(action: str) -> str:
    return action if "(" in action else f"{action}()"
