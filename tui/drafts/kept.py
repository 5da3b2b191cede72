"""The draft that is kept between two visits, so that leaving loses nothing: ``draft.toml`` in the home."""

from __future__ import annotations

import tomllib
from pathlib import Path

from engine import paths
from engine.spec.check import Document
from tui.drafts import files as drafts

NAME = "draft.toml"


def load() -> Document | None:
    """Return the draft of the last visit, or None where there is none that can be read."""
    try:
        return tomllib.loads(path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def save(document: Document) -> None:
    """Keep a draft for the next visit.

    Raises:
        OSError: the home cannot be written.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    drafts.write(document, path())


def path() -> Path:
    """Return where it is kept."""
    return paths.home() / NAME
