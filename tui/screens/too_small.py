"""A terminal that is too small for any screen says so, until it is larger."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.settings.key_names import key_of

LEAST = Size(40, 15)


class TooSmall(ModalScreen[None]):
    """Covers what could not be read."""

    DEFAULT_CSS = """
    TooSmall { background: $background; color: $foreground; }
    TooSmall Static { width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "app.quit", "quit", id="small.quit", tooltip="Leave; a run that trains may go on"),
    ]

    def __init__(self, fit: Callable[[], None]) -> None:
        """Take what decides whether it is still needed."""
        super().__init__()
        self._fit = fit

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_resize(self, event: Resize) -> None:
        """Say how large it is, and how large it must be."""
        now, least = (f"{size.width}×{size.height}" for size in (event.size, LEAST))
        self.query_one(Static).update(
            f"This terminal is {now}. nnplay needs {least}, better 80×24: make it larger. "
            f"What trains goes on. {key_of(self)('small.quit')} leaves."
        )

    def on_screen_resume(self) -> None:
        """Go, if the terminal has grown while another place was in front."""
        self.call_later(self._fit)


def fits(size: Size) -> bool:
    """Say whether the screens can be read at this size."""
    return size.width >= LEAST.width and size.height >= LEAST.height
