"""What a person noted of a run: one line of text in its directory."""

from __future__ import annotations

from engine import disk
from engine.runs.directory import RunDirectory
from engine.shown import visible

LONGEST = 200
"""Characters: a note is a reminder in a list."""
MOST_BYTES = 4 * LONGEST


def read_note(run: RunDirectory) -> str:
    """Return the note of a run, as it may be shown; empty where there is none that can be read."""
    try:
        with disk.reading(run.note) as file:
            text = file.read(MOST_BYTES).decode("utf-8", errors="replace")
    except OSError:
        return ""
    return as_note(text)


def as_note(text: str) -> str:
    """Return a text as a note holds it: one line, not too long."""
    return visible(" ".join(text.split()))[:LONGEST]


def write_note(run: RunDirectory, text: str) -> None:
    """Note something of a run, in the place of what was noted before; nothing takes the note away.

    Raises:
        OSError: it cannot be written.
    """
    note = as_note(text)
    if not note:
        run.note.unlink(missing_ok=True)
        return
    with disk.replaced(run.note) as file:
        file.write(f"{note}\n".encode())
