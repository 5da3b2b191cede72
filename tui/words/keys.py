"""Keys in prose: a text names a key by what it does, as ``[t](#app.train)``, and shows the one that does it here."""

from __future__ import annotations

import re
from collections.abc import Callable

Key = Callable[[str], str]
"""Names the key of a binding, by its id, as a person has it: `KeyNames.key` of the app."""

NAMED = re.compile(r"\[([^]\s]+)\]\(#([a-z]+\.[a-z0-9_]+)\)")
"""The key as it comes, so that a page can be read without nnplay, too; and the id that decides."""
ACTIVE = re.compile(r"([\\`*_|\[\]<>~])")
"""What would be more than a sign in Markdown."""


def with_keys(text: str, key: Key) -> str:
    """Return a text with its keys as they are here."""
    return NAMED.sub(lambda found: key(found[2]), text)


def in_markdown(page: str, key: Key) -> str:
    """Return a page with its keys as they are here, in bold."""

    def bold(found: re.Match[str]) -> str:
        shown = ACTIVE.sub(r"\\\1", key(found[2]))
        return f"**{shown}**"

    return NAMED.sub(bold, page)
