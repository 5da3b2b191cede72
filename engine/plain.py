"""Stand-ins in ASCII, a cell each, for the signs that a poor terminal cannot show: the one table of them."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping

STAND_INS = {
    **dict.fromkeys("─━╌┄═▔‾–—−‐", "-"),
    **dict.fromkeys("│┃║▏▎▍▊▋▉┤├", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘┼┬┴┏┓┗┛╋╔╗╚╝", "+"),
    **dict.fromkeys("┆┊╎", ":"),
    **dict.fromkeys("█▓■▇▆◆◇", "#"),
    **dict.fromkeys("▅▄●•⬤▀★", "*"),
    **dict.fromkeys("▃▂", "."),
    **dict.fromkeys("▁", "_"),
    **dict.fromkeys("░…", "."),
    **dict.fromkeys("▐▕", "["),
    **dict.fromkeys("▌", "]"),
    **dict.fromkeys("▸▶→⇥›»", ">"),
    **dict.fromkeys("◂◀←⌫⌦‹«", "<"),
    **dict.fromkeys("↑▲▴⇧⏶", "^"),
    **dict.fromkeys("↓▼▾⏷", "v"),
    **dict.fromkeys("○◦◯", "o"),
    **dict.fromkeys("✗✘×✕", "x"),
    **dict.fromkeys("✓✔", "+"),
    **dict.fromkeys("‖", "="),
    **dict.fromkeys("⏎↵", "/"),
    **dict.fromkeys("·∙⋅", "*"),
    **dict.fromkeys("‘’′", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "🔎": "/ ",
    "≤": "<", "≥": ">", "≠": "#", "≈": "~", "±": "~", "∞": "8", "√": "r", "Σ": "S", "∑": "S", "∂": "d", "∇": "D",
    "Δ": "D", "α": "a", "β": "b", "γ": "g", "δ": "d", "ε": "e", "η": "n", "θ": "t", "λ": "l", "μ": "u", "π": "p",
    "ρ": "r", "σ": "s", "τ": "t", "φ": "f", "½": "/", "ß": "s", "ø": "o", "Ø": "O", "⊙": "*", "∈": "e", "↻": "@",
    "Φ": "F", "⟨": "<", "⟩": ">", "⌈": "[", "⌉": "]", "⌊": "[", "⌋": "]", "©": "c", "§": "$", "°": "o",
}  # fmt: skip
"""By sign. Letters with accents, small figures and the like lose what makes them special, by Unicode's own tables."""
SEPARATOR, PLAIN_SEPARATOR = " · ", " - "
"""Between words, the dot that elsewhere multiplies."""
ERRORS = "nnplay-plain"
"""The name of this way with characters that an encoding lacks, see `codecs.register_error`."""
NO_LOCALE = ("C", "POSIX")
COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""Where a person says one of the former, Python sets ``LC_CTYPE`` to one of these (PEP 538): nobody said that."""


def plain(text: str) -> str:
    """Return a text in ASCII that takes as many cells; what has no stand-in becomes a question mark a cell."""
    if text.isascii():
        return text
    return text.replace(SEPARATOR, PLAIN_SEPARATOR).translate(_TABLE)


def in_ascii(environment: Mapping[str, str], encoding: str | None) -> bool:
    """Say whether a terminal shows ASCII alone, as far as it can be known.

    The console of Linux has no braille. A locale that says it is not UTF-8 is believed; where none is said, UTF-8 is
    what terminals speak.

    Args:
        environment: the process'.
        encoding: of the stream that writes to the terminal.
    """
    if environment.get("TERM") == "linux":
        return True
    said = {name: environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")}
    if said["LANG"] in NO_LOCALE and said["LC_CTYPE"] in COERCED:
        del said["LC_CTYPE"]
    locale = next(filter(None, said.values()), "UTF-8")
    return any("utf8" not in name.lower().replace("-", "") for name in (locale, encoding or "utf8"))


def register() -> None:
    """Have streams that know ``ERRORS`` write the stand-ins of signs that they cannot write, instead of failing."""
    codecs.register_error(ERRORS, _stand_in)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


class _Table(dict[int, str]):
    """Finds the stand-in of a character when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = stand_in = _of(chr(code))
        return stand_in


_TABLE = _Table()


def _of(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign in STAND_INS:
        return STAND_INS[sign]
    if "⠀" <= sign <= "⣿":  # dots of braille
        return " " if sign == "⠀" else "*"
    if unicodedata.combining(sign):
        return ""
    bare = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii")[:1]
    wide = unicodedata.east_asian_width(sign) in ("W", "F")
    return (bare or "?").ljust(2 if wide else 1, "?" if not bare else " ")
