"""The list of whole stacks of layers to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from engine.spec.stacks import Stack, stacks
from tui.screens.choose import Candidate, Choose, fitting


class ChooseStack(Choose[Stack]):
    """Ends with a stack, or None."""

    def __init__(self) -> None:
        super().__init__("replace all layers by", "replace", "no stack by that name")
        self._stacks = {stack.name: stack for stack in stacks()}

    def candidates(self, search: str) -> Sequence[Candidate]:
        return fitting([Candidate(name, name, stack.words) for name, stack in self._stacks.items()], search)

    def take(self, key: str) -> None:
        self.dismiss(self._stacks[key])
