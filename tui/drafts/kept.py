"""The draft that is kept between two visits, so that leaving loses nothing: ``draft.toml`` in the home.

A draft that cannot be read, or with which the screens have failed at once, is put aside: it is not lost, and it keeps
nobody out.
"""

from __future__ import annotations

import hashlib
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine import disk, paths
from engine.spec.check import Document
from tui.drafts import files as drafts

NAME = "draft.toml"
BLAMED = "draft.failed"
"""Holds the digest of the draft with which the screens ended at once."""
ASIDE = "draft-aside-{}.toml"
AT_ONCE_SECONDS = 30.0
MOST_BYTES = 4_000_000
MOST_ASIDE = 1000


@dataclass(frozen=True)
class Opened:
    """What the last visit left.

    Attributes:
        document: its draft; None where there is none.
        aside: where one was put that could not be opened.
    """

    document: Document | None = None
    aside: Path | None = None


class _Attempt:
    """The draft that these screens have opened, and when."""

    digest = ""
    began = 0.0


def open_last() -> Opened:
    """Return the draft of the last visit, to be shown; one that cannot be shown is put aside."""
    try:
        with disk.reading(path()) as file:
            content = file.read(MOST_BYTES + 1)
    except OSError:
        return Opened()
    digest = hashlib.sha256(content).hexdigest()
    document = None if digest == _blamed() else _parsed(content)
    if document is None:
        return Opened(aside=_put_aside())
    _Attempt.digest, _Attempt.began = digest, time.monotonic()
    return Opened(document)


def load() -> Document | None:
    """Return the draft that is kept, or None where there is none that can be read."""
    try:
        with disk.reading(path()) as file:
            return _parsed(file.read(MOST_BYTES + 1))
    except OSError:
        return None


def save(document: Document) -> None:
    """Keep a draft for the next visit.

    Raises:
        OSError: the home cannot be written.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    drafts.write(document, path())


def blame() -> None:
    """Remember the draft that was opened if the screens fail at once with it, so that the next visit puts it aside."""
    if not _Attempt.digest or time.monotonic() - _Attempt.began > AT_ONCE_SECONDS:
        return
    with suppress(OSError):
        if hashlib.sha256(path().read_bytes()).hexdigest() == _Attempt.digest:
            _record().write_text(_Attempt.digest, encoding="ascii")


def path() -> Path:
    """Return where it is kept."""
    return paths.home() / NAME


def _record() -> Path:
    return paths.home() / BLAMED


def _blamed() -> str:
    try:
        with disk.reading(_record()) as file:
            return file.read(100).decode("ascii", "replace")
    except OSError:
        return ""


def _parsed(content: bytes) -> Document | None:
    if len(content) > MOST_BYTES:
        return None
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _put_aside() -> Path | None:
    """Give the draft another name, which nothing has."""
    for number in range(1, MOST_ASIDE):
        aside = paths.home() / ASIDE.format(number)
        try:
            aside.hardlink_to(path())  # never over another one
            path().unlink()
        except FileExistsError:
            continue
        except OSError:
            return None  # it stays, and is met again
        with suppress(OSError):
            _record().unlink(missing_ok=True)
        return aside
    return None
