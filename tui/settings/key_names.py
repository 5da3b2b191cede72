"""What keys are called on the screens: by a sign, and as a person has set them. A part of the app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from tui.terminal.ascii import KEY_NAMES
from tui.words.keys import Key

FUNCTION_KEY = re.compile(r"f[0-9]+")


class KeyNames(App[None]):
    """An app whose keys can be others than they come.

    Attributes:
        ascii: the terminal shows ASCII alone.
    """

    ascii = False
    _preferred: Mapping[str, str] = {}

    def use_keys(self, preferred: Mapping[str, str]) -> None:
        """Heed these keys from now on, by the ids of what they do."""
        self._preferred = preferred
        self.set_keymap(dict(preferred))

    def key(self, name: str) -> str:
        """Name the key of a binding by its id, as the footer does: the first that a person prefers, or that it has.

        This is the one place where texts have the names of keys from.

        Raises:
            LookupError: no binding has this id.
        """
        return self.get_key_display(self._bindings_of(name)[0])

    def pressed(self, name: str) -> str:
        """Return that key as Textual calls it."""
        return self._bindings_of(name)[0].key

    def key_does(self, key: str, name: str) -> bool:
        """Say whether a key, as Textual calls it, is one of a binding."""
        return any(each.key == key for each in self._bindings_of(name))

    def _bindings_of(self, name: str) -> list[Binding]:
        """Return a binding by its id, once for each key that it has here."""
        from tui.settings.bindings import named  # noqa: PLC0415 - it looks at the app

        binding = named(name).binding
        if preferred := self._preferred.get(name):
            binding = binding.with_key(preferred, key_display=None)
        return list(Binding.make_bindings([binding]))

    def sign(self, key: str) -> str:
        """Name a key, which need not be that of a binding."""
        return self.get_key_display(Binding(key, ""))

    def get_key_display(self, binding: Binding) -> str:
        """Name a key by its sign, or in a word where there are no signs."""
        if self.ascii and binding.key in KEY_NAMES:
            return KEY_NAMES[binding.key]
        shown = super().get_key_display(binding)
        return shown.upper() if FUNCTION_KEY.fullmatch(shown) else shown


def key_of(node: DOMNode) -> Key:
    """Return what names keys for a screen or a widget: its app."""
    return cast("KeyNames", node.app).key
