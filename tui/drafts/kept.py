"""The draft that is kept between two visits, so that leaving loses nothing: ``draft.toml`` in the home.

What it was opened as, or saved as last, is kept beside it: so it is known after a visit, too, whether it has changed.
A draft that cannot be read, or with which the screens have failed at once, is put aside: it is not lost, and it keeps
nobody out.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import disk, paths
from engine.spec import toml
from engine.spec.check import Document
from engine.spec.draft import Draft
from engine.spec.problem import SpecError

NAME = "draft.toml"
ORIGIN = "draft-origin.toml"
FILE, DOCUMENT = "file", "document"
"""The keys of the origin: a file of the person's own, where it was one; and what it held."""
BLAMED = "draft.failed"
"""Holds the digest of the draft with which the screens ended at once."""
ASIDE = "draft-aside-{}.toml"
AT_ONCE_SECONDS = 30.0
MOST_ASIDE = 1000


@dataclass(frozen=True)
class Opened:
    """What the last visit left.

    Attributes:
        draft: None where there is none.
        aside: where one was put that could not be opened.
    """

    draft: Draft | None = None
    aside: Path | None = None


class _Attempt:
    """The draft that these screens have opened, and when."""

    digest = ""
    began = 0.0


def open_last() -> Opened:
    """Return the draft of the last visit, to be shown; one that cannot be shown is put aside."""
    try:
        content = disk.read(path(), toml.MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return Opened()
    except OSError:  # it is no file, or too large
        return Opened(aside=_put_aside())
    digest = hashlib.sha256(content).hexdigest()
    draft = None if digest == _blamed() else _parsed(content)
    if draft is None:
        return Opened(aside=_put_aside())
    _Attempt.digest, _Attempt.began = digest, time.monotonic()
    return Opened(draft)


def load() -> Draft | None:
    """Return the draft that is kept, or None where there is none that can be read."""
    try:
        return _parsed(disk.read(path(), toml.MOST_BYTES))
    except OSError:
        return None


def changed_since(document: Document) -> Draft | None:
    """Return the draft that is kept, where it has changes that lie in no file and is not this document."""
    draft = load()
    return draft if draft is not None and draft.changed and draft.document != document else None


def save(draft: Draft) -> None:
    """Keep a draft for the next visit.

    Raises:
        OSError: the home cannot be written.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    with disk.replaced(path()) as file:
        file.write(toml.dumps(draft.document).encode())
    own, document = draft.origin
    origin: dict[str, Any] = {DOCUMENT: document} if own is None else {FILE: str(own), DOCUMENT: document}
    with disk.replaced(path().with_name(ORIGIN)) as file:
        file.write(toml.dumps(origin).encode())


def blame() -> None:
    """Remember the draft that was opened if the screens fail at once with it, so that the next visit puts it aside."""
    if not _Attempt.digest or time.monotonic() - _Attempt.began > AT_ONCE_SECONDS:
        return
    with suppress(OSError):
        if hashlib.sha256(disk.read(path(), toml.MOST_BYTES)).hexdigest() == _Attempt.digest:
            with disk.replaced(_record()) as file:
                file.write(_Attempt.digest.encode())


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


def _parsed(content: bytes) -> Draft | None:
    try:
        document = toml.loads(toml.decoded(content, NAME), NAME)
    except SpecError:
        return None
    return Draft(document, files=(_origin() or (None, document),))


def _origin() -> tuple[Path | None, dict[str, Any]] | None:
    """Return the file that the draft belongs to with what is in it now, or what the draft began with."""
    try:
        kept = toml.loads(toml.read(path().with_name(ORIGIN)), ORIGIN)
    except (OSError, SpecError):  # of an earlier version, or damaged: then the draft is as it was opened
        return None
    document, name = kept.get(DOCUMENT), kept.get(FILE)
    if not isinstance(document, dict):
        return None
    if not isinstance(name, str):
        return None, document
    with suppress(OSError, SpecError, ValueError):  # it is gone, or cannot be read now; ValueError: a NUL in the name
        document = toml.loads(toml.read(Path(name)), name)
    return Path(name), document


def _put_aside() -> Path | None:
    """Give the draft another name, which nothing has."""
    for number in range(1, MOST_ASIDE):
        aside = paths.home() / ASIDE.format(number)
        try:
            aside.touch(exist_ok=False)  # never over another one; not every file system has hard links
        except FileExistsError:
            continue
        except OSError:
            return None  # it stays, and is met again
        try:
            path().replace(aside)
        except OSError:
            aside.unlink()
            return None
        with suppress(OSError):
            _record().unlink(missing_ok=True)
        return aside
    return None
