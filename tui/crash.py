"""An error of our own: a report in the home, and what a person is told instead of a traceback.

The report names the lines of the code and no variables: those hold images, and perhaps what is nobody's business.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path

STATUS = 70
"""EX_SOFTWARE: an internal error."""
FOLDER, SUFFIX = "crashes", ".txt"
MOST_REPORTS = 5
MOST_FRAMES = 60
MOST_LETTERS = 2000
"""A line of a report is cut there: an error's own words may hold a whole array."""
LETTERS_OF_WHY = 120
PACKAGES = ("nnplay", "textual", "rich", "pydantic", "click", "numpy", "tensorflow")


def tell(error: BaseException, doing: str, after: Iterable[str] = ()) -> None:
    """Write the report of an error, and say on stderr what happened, where the report is and how to go on.

    Args:
        error: what went wrong.
        doing: what ended because of it, as the subject of a sentence.
        after: how to go on, a sentence a line.
    """
    error = cause(error)
    lines = [f"{doing} ended because of an error in nnplay: {in_short(error)}"]
    try:
        lines.append(f"The report is in {_shown(str(write(error)))}. Please send it along when you tell of this.")
    except OSError as refused:
        lines.append(f"The report cannot be written ({_shown(str(refused))}). Its last lines:")
        lines += _report(error).splitlines()[-6:]
    text = "\n".join([*lines, *after]) + "\n"
    with suppress(OSError, ValueError, AttributeError):  # nobody is there to read it
        sys.stderr.write(text)
        sys.stderr.flush()


def cause(error: BaseException) -> BaseException:
    """Return the error itself: Textual wraps one that came up in a worker."""
    inner = getattr(error, "error", None)
    return inner if isinstance(inner, BaseException) else error


def in_short(error: BaseException) -> str:
    """Return an error in one line, not a long one."""
    why = _words(error)
    cut = " ".join(why[:LETTERS_OF_WHY].split()) + "…" * (len(why) > LETTERS_OF_WHY)
    return ": ".join(filter(None, [type(error).__name__, _shown(cut)])).rstrip(".") + "."


def write(error: BaseException) -> Path:
    """Write the report of an error where only its owner can read it: whole, or not at all. Old ones go.

    Raises:
        OSError: neither the home nor the folder of temporary files can be written.
    """
    text = _report(error)
    try:
        folder = _home() / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _written(folder, text)
    except OSError:
        return _written(Path(tempfile.gettempdir()), text)


def _written(folder: Path, text: str) -> Path:
    number, name = tempfile.mkstemp(prefix=".nnplay-crash-", dir=folder)  # 0600, and follows no link
    try:
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            with suppress(OSError):
                os.fsync(file.fileno())
        path = folder / f"nnplay-crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}{SUFFIX}"
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    ours = sorted(folder.glob(f"nnplay-crash-*{SUFFIX}"), key=lambda each: each.name)
    for old in ours[:-MOST_REPORTS]:
        with suppress(OSError):
            old.unlink()
    return path


def _report(error: BaseException) -> str:
    facts = [
        f"nnplay ended because of an error, {time.strftime('%Y-%m-%d %H:%M:%S %z')}",
        f"{platform.platform()}, Python {platform.python_version()}, {', '.join(map(_version, PACKAGES))}",
        f"TERM={os.environ.get('TERM', '')}, arguments: {sys.argv[1:]}",
        "",
    ]
    try:
        told = traceback.TracebackException.from_exception(error, limit=-MOST_FRAMES, capture_locals=False)
        lines = "".join(told.format()).splitlines()
    except Exception as why:  # noqa: BLE001 - an error whose own words raise another must not hide itself
        lines = [f"{type(error).__name__}, which cannot be told: {type(why).__name__}"]
    return "\n".join(_shown(line[:MOST_LETTERS]) for line in [*facts, *lines]) + "\n"


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as why:  # noqa: BLE001 - as above
        return f"(no words: {type(why).__name__})"


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} is missing"


def _home() -> Path:
    from engine import paths  # noqa: PLC0415 - a broken installation may lack what this needs

    return paths.home()


def _shown(text: str) -> str:
    from engine.shown import visible  # noqa: PLC0415

    return visible(text)
