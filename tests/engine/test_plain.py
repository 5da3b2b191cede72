"""Stand-ins in ASCII, and where they are needed."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from engine.plain import ERRORS, in_ascii, plain, register


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a · b, β₁·m", "a - b, b1*m"),
        ("▶ naïve Größe", "> naive Grose"),
        ("m̂ = m", "m = m"),
        ("語", "??"),
        ("⠀⡠⠔", " **"),
    ],
)
def test_texts_keep_their_width(text, shown):
    assert plain(text) == shown
    assert cell_len(plain(text)) == cell_len(text)


@pytest.mark.parametrize(
    ("environment", "encoding", "poor"),
    [
        ({"TERM": "linux", "LANG": "C.UTF-8"}, "utf-8", True),
        ({"LANG": "C"}, "utf-8", True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", True),
        ({"LANG": "de_DE.ISO-8859-1", "LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, "utf-8", True),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1", True),
        ({"LANG": "de_DE.utf8"}, "UTF-8", False),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, "utf8", False),
        ({}, "utf-8", False),
        ({}, "ascii", True),
        ({}, None, False),
    ],
)
def test_what_a_terminal_shows_is_found_out(environment, encoding, poor):
    assert in_ascii(environment, encoding) is poor


def test_printing_where_signs_cannot_be_written_says_their_stand_ins():
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii", errors=ERRORS)
    register()
    stream.write("✓ 80×24 语\n")
    stream.flush()
    assert written.getvalue() == b"+ 80x24 ??\n"
