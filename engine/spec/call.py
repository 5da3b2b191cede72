"""KerasCall: the call that makes a Keras object, described as data.

`engine.build.objects` turns it into the object, so a spec can say what Keras shall do without importing it;
`engine.export.source` turns it into the code that a person would have written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OURS = "nnplay."
"""How the path of a class begins that Keras has not."""


@dataclass(frozen=True)
class KerasCall:
    """``KerasCall("layers.Dense", {"units": 128})`` stands for ``keras.layers.Dense(units=128)``.

    Attributes:
        path: the dotted name below ``keras``.
        arguments: keyword arguments; a value may itself be a KerasCall.
    """

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def also(self, **arguments: Any) -> KerasCall:
        """Return the call with more arguments."""
        return KerasCall(self.path, {**self.arguments, **arguments})

    @property
    def ours(self) -> tuple[str, ...]:
        """The classes that Keras has not, in the call and in its arguments."""
        own = (self.path.removeprefix(OURS),) if self.path.startswith(OURS) else ()
        calls = (each for each in self.arguments.values() if isinstance(each, KerasCall))
        return own + tuple(name for call in calls for name in call.ours)
