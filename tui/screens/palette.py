"""The palette: Textual's own, in which enter runs what was typed, however fast that was."""

from __future__ import annotations

from textual.command import CommandPalette


class Palette(CommandPalette):
    """Says when its list is not yet that of what was typed: keys wait then that would take a row of another search."""

    @property
    def searching(self) -> bool:
        """A search is under way."""
        return any(worker.node is self and not worker.is_finished for worker in self.workers)
