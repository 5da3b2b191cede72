"""What can be opened: files used lately, the working directory's and the home's, presets, and any file by its path."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import work
from textual.widgets import Input

from engine import paths
from engine.spec.check import Document
from engine.spec.document import comment, load, presets
from engine.spec.problem import SpecError
from tui.drafts import files as drafts
from tui.drafts import kept, recent
from tui.screens.choose import Candidate, Choose, fitting
from tui.widgets.path_input import PathInput


@dataclass(frozen=True)
class Opened:
    """What was opened.

    Attributes:
        document: it may have errors.
        path: the person's own file; None for a preset, which stays as it is.
    """

    document: Document
    path: Path | None


class OpenDraft(Choose[Opened]):
    """Ends with a document, or None. A file that cannot be read is said, and the list stays.

    Attributes:
        searching: the folders are still being looked into; keys wait that would take a row.
    """

    def __init__(self) -> None:
        hint = "type to search, or a path such as ~/mine.toml"
        super().__init__("open an experiment", "open", "nothing by that name: type the path of a TOML file", hint)
        self._presets = presets()
        self._own: list[drafts.Found] = []
        self.searching = True

    def on_mount(self) -> None:
        self._look()

    @work
    async def _look(self) -> None:
        """Look into the folders, which may be slow, while the presets are shown already."""
        found = await asyncio.to_thread(lambda: drafts.found((Path.cwd(), paths.home()), recent.files()))
        self._own = [each for each in found if each.path != paths.home() / kept.NAME]
        self.searching = False
        if self._own:
            self.fill()

    def line(self, hint: str) -> Input:
        return PathInput(ends=(drafts.SUFFIX,), placeholder=hint)

    def candidates(self, search: str) -> Sequence[Candidate]:
        own = [Candidate(str(each.path), each.path.name, each.words, each.name) for each in self._own]
        ours = [
            Candidate(name, name, comment(path.read_text(encoding="utf-8")), "preset")
            for name, path in self._presets.items()
        ]
        typed = search.strip()
        if os.sep in typed or typed.startswith("~") or typed.endswith(drafts.SUFFIX):
            return [Candidate(typed, "open", typed), *fitting([*own, *ours], search)]
        return fitting([*own, *ours], search)

    def take(self, key: str) -> None:
        try:
            if key in self._presets:
                self.dismiss(Opened(load(key), None))
            else:
                path = Path(os.path.expanduser(key)).absolute()  # noqa: PTH111 - an unknown "~user" stays as it is typed
                self.dismiss(Opened(drafts.read(path), path))
        except SpecError as error:
            self.say(str(error))
