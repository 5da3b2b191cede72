"""TOML, whatever a file holds: read as plain data of a sane depth, or refused; changed, with its comments kept.

What is only read goes through the standard library, which is quick; tomlkit, which keeps comments, order and
formatting, is imported when a person's own text is changed.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import tomli_w

from engine import disk
from engine.spec.problem import Place, Problem, SpecError

MOST_BYTES = 1_000_000
"""A larger file is no experiment and no settings; reading it would only take long to say so."""
DEEPEST = 32
"""So many tables and arrays may stand in each other: twice as many as in any experiment, far from Python's limit."""
LARGEST = 2**63
"""TOML's whole numbers have 64 bits; one with thousands of digits cannot even be shown."""
OTHER_ENCODINGS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
"""What a text begins with that another encoding has written."""


def read(path: Path) -> str:
    """Return the text of a regular file.

    Raises:
        OSError: it cannot be read, is no regular file, or is too large.
        SpecError: it is not UTF-8.
    """
    return decoded(disk.read(path, MOST_BYTES), str(path))


def decoded(content: bytes, source: str) -> str:
    """Return UTF-8, with a byte order mark or without, as text.

    Raises:
        SpecError: it is something else.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = next((name for mark, name in OTHER_ENCODINGS.items() if content.startswith(mark)), "")
        what = f"it is {found} text" if found else f"line {line} is not UTF-8 text (byte {error.start})"
    raise SpecError([Problem((), f"{source} is not a TOML file: {what}. Save it as UTF-8 in your editor")])


def loads(text: str, source: str, remedy: str = "Correct the file in an editor") -> dict[str, Any]:
    """Read TOML from text that came from ``source``; a ``remedy`` is what to do where it is none.

    Raises:
        SpecError: it is not TOML, with the line; or it holds what no experiment does, with the place.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or numbers and nesting beyond Python's limits
        why = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise SpecError([Problem((), f"{source} is not a TOML file: {why}. {remedy}")]) from None
    if problem := beyond(document):
        raise SpecError([Problem(problem.place, f"{problem.message} ({source})")])
    return document


def beyond(value: Any) -> Problem | None:
    """Return why a value is none that a document may hold, wherever it stands in it; None where it is one."""
    waiting: list[tuple[Place, Any]] = [((), value)]
    while waiting:
        place, node = waiting.pop()
        if isinstance(node, Mapping | list | tuple):
            if len(place) >= DEEPEST:
                return Problem(place[:3], f"is nested deeper than {DEEPEST} levels: no experiment is")
            waiting += [((*place, key), each) for key, each in _items(node)]
        elif isinstance(node, int) and abs(node) >= LARGEST:
            return Problem(place, "is a number with too many digits")
    return None


def _items(node: Any) -> Any:
    return node.items() if isinstance(node, Mapping) else enumerate(node)


def dumps(document: Mapping[str, Any]) -> str:
    """Write a document as TOML, in a form of our own."""
    return tomli_w.dumps(dict(document))


def rewritten(text: str, document: Mapping[str, Any]) -> str:
    """Return the text with the values of a document; what it says of others, and around them, stays as it is.

    Where that is not possible, the document is written in a form of our own: its values come before its looks.
    """
    import tomlkit  # noqa: PLC0415 - takes longer to import than a file to read, and few texts are changed
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415

    windows = "\r\n" in text
    try:
        changed = tomlkit.parse(text.replace("\r\n", "\n"))
        _update(changed, document)
        result = tomlkit.dumps(changed)
        kept = _same(tomllib.loads(result), document)
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # Not TOML; or one of the forms in which a table can be written that tomlkit cannot change.
        kept = False
    if not kept:
        result = dumps(document)
    return result.replace("\n", "\r\n") if windows else result


def _update(table: Any, document: Mapping[str, Any]) -> None:
    """Make a table of tomlkit's say what a document says, and touch nothing else in it."""
    for key in [key for key in table if key not in document]:
        del table[key]
    for key, value in document.items():
        if key not in table:
            table[key] = _plain(value)
            continue
        old = table[key]
        if _same(old, value):
            continue
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            _update(old, value)
        elif _are_tables(old) and _are_tables(value):
            _update_list(old, value)
        else:
            table[key] = _plain(value)


def _update_list(tables: Any, documents: Sequence[Mapping[str, Any]]) -> None:
    """Make a list of tables say what a list of documents says; those that are the same keep their text."""
    before, after = ([_written(each) for each in side] for side in (tables, documents))
    for what, begin, end, first, last in reversed(SequenceMatcher(None, before, after, autojunk=False).get_opcodes()):
        if what == "equal":
            continue
        both = min(end - begin, last - first)
        for offset in range(both):
            _update(tables[begin + offset], documents[first + offset])
        for at in range(end - 1, begin + both - 1, -1):
            del tables[at]
        for at, document in enumerate(documents[first + both : last], begin + both):
            tables.insert(at, _plain(document))


def _are_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _plain(value: Any) -> Any:
    """Return a value without tuples, and without what tomlkit knows of the text that it stood in."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _same(one: Any, other: Any) -> bool:
    return _written(one) == _written(other)


def _written(value: Any) -> str:
    """Return a value so that equal texts are equal values of equal kinds: 1 is not 1.0, and not true."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(sorted(f"{str(key)!r}: {_written(each)}" for key, each in value.items())) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    plain = value.unwrap() if hasattr(value, "unwrap") else value
    return repr(plain)
