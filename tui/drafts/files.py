"""Drafts as TOML files of their own: written whole or not at all, read, and found again in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import disk
from engine.spec import toml
from engine.spec.check import Document
from engine.spec.document import comment, load
from engine.spec.experiment import Experiment
from engine.spec.problem import Problem, SpecError

SUFFIX = ".toml"
MOST_FILES = 100
"""So many of the newest TOML files of a folder are looked into."""


@dataclass(frozen=True)
class Found:
    """A file that holds an experiment.

    Attributes:
        path: where it lies.
        name: of the experiment.
        words: its first comment, and its folder.
    """

    path: Path
    name: str
    words: str


def write(document: Document, path: Path, like: Path | None = None) -> None:
    """Write a draft; whoever reads the file meets the old one or the new one, never a part.

    Args:
        document: the draft.
        path: a link leads to where the person keeps the file.
        like: a file of the person's own whose comments, order and formatting are kept; it may be the same.

    Raises:
        OSError: it cannot be written.
    """
    text = toml.dumps(document)
    if like is not None:
        with suppress(OSError, SpecError):  # it is gone, or no TOML any more
            text = toml.rewritten(toml.read(like), document)
    with disk.replaced(path, through_link=True) as file:
        file.write(text.encode())


def read(path: Path) -> dict[str, Any]:
    """Read a draft, which may have errors, from a file that is meant as one.

    Raises:
        SpecError: there is no such file, or it is no experiment at all.
    """
    document = load(str(path))
    if not set(document) & set(Experiment.model_fields):
        keys = ", ".join(list(document)[:3]) or "nothing"
        raise SpecError([Problem((), f"{path} is no experiment: it holds {keys}, and no model")])
    return document


def found(folders: Iterable[Path], first: Sequence[Path] = ()) -> list[Found]:
    """Return the experiments in some files, then those in some folders; what cannot be read is none.

    Args:
        folders: their files come in the order in which they changed, the last first.
        first: files anywhere, in the order in which they are to stand.
    """
    ages: dict[Path, float] = {}
    for folder in folders:
        try:
            for path in folder.glob(f"*{SUFFIX}"):
                ages[path.absolute()] = path.stat().st_mtime
        except OSError:  # a folder that may not be read holds nothing to open
            continue
    newest = sorted(ages, key=lambda path: ages[path], reverse=True)[:MOST_FILES]
    others = [path for path in newest if path not in first]
    return [each for each in map(_look, (*first, *others)) if each]


def _look(path: Path) -> Found | None:
    try:
        text = toml.read(path)
        document = toml.loads(text, str(path))
    except (SpecError, OSError, ValueError):  # ValueError: a NUL in the name
        return None
    if "model" not in document:
        return None
    return Found(
        path, str(document.get("name", path.stem)), " · ".join(filter(None, [comment(text), str(path.parent)]))
    )
