"""The list of layers to add."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc

from engine.spec.layers import Layer
from tui.screens.choose import Candidate, Choose, fitting


class AddLayer(Choose[str]):
    """Ends with the type of the chosen layer, or None."""

    def __init__(self) -> None:
        super().__init__("add a layer", "add", "no layer by that name")

    def candidates(self, search: str) -> Sequence[Candidate]:
        return fitting(
            [
                Candidate(name, kind.__name__, cleandoc(kind.__doc__ or "").partition("\n")[0])
                for name, kind in Layer.members.items()
            ],
            search,
        )

    def details(self, candidate: Candidate) -> str:
        return cleandoc(Layer.members[candidate.key].__doc__ or "")

    def take(self, key: str) -> None:
        self.dismiss(key)
