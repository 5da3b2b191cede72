"""What a person prefers: ``config.toml`` in the home, read once at the start, checked as an experiment is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError, field_validator

from engine import disk, paths
from engine.shown import visible
from engine.spec import toml
from engine.spec.knob import Spec, knob
from engine.spec.problem import Problem, SpecError
from engine.spec.wording import problems_of

DEFAULT_THEME = "nnplay-dark"
SAMPLE = """\
# What you prefer in nnplay. It is read when nnplay starts; a line that begins with # says nothing.

# The colours: nnplay-dark, nnplay-light, nnplay-colourblind-dark, nnplay-colourblind-light, or any of the
# palette (ctrl+p, theme).
theme = "{theme}"

# A slow line: charts are drawn every five seconds, numbers once a second, nothing glides. 'nnplay --slow' does it once.
# slow = true

# ASCII alone, for terminals without braille and frames: "auto" finds out, true and false are sure.
# ascii = "auto"

# Keys: what F1 lists, by its name; several keys with commas.
[keys]
# app.train = "t"
# app.help = "f1,question_mark"
"""


class Config(Spec):
    """What a person can prefer."""

    theme: str = knob(DEFAULT_THEME, title="theme", help="the name of the colours")
    slow: bool = knob(False, title="slow", help="send little: for a slow line")
    ascii: Literal["auto"] | bool = knob("auto", title="ascii", help="show ASCII alone; auto: where the terminal must")
    keys: dict[str, str] = knob({}, title="keys", help="other keys, by the name of what they do")

    @field_validator("keys", mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        """Take ``app.train`` without quotes, too, which is a table in a table for TOML; and names of before."""
        if not isinstance(value, Mapping):
            return value
        return {RENAMED.get(name, name): keys for name, keys in _flattened(value)}


@dataclass(frozen=True)
class Preferences:
    """The config as it can be used, and what in the file could not be."""

    config: Config = field(default_factory=Config)
    problems: tuple[Problem, ...] = ()

    def slower(self, slow: bool) -> Preferences:
        """Return them for a slow line, where this visit is over one."""
        return replace(self, config=self.config.model_copy(update={"slow": True})) if slow else self


AS_IT_COMES = Preferences()
RENAMED = {"draft.remove_unknown_key": "draft.fix"}
"""What keys were called before, and are called now."""


def _flattened(table: Mapping[str, Any], base: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{base}{key}.")
        else:
            yield f"{base}{key}", value


def path() -> Path:
    """Return where the file is, or would be."""
    return paths.home() / "config.toml"


def read() -> Preferences:
    """Read the file. Never raises: what cannot be used is among the problems, and has its default."""
    try:
        document = toml.loads(toml.read(path()), path().name)
    except FileNotFoundError:
        return AS_IT_COMES
    except OSError as error:
        return Preferences(problems=(Problem((), f"it cannot be read: {error.strerror}"),))
    except SpecError as error:
        return Preferences(problems=error.problems)
    found: list[Problem] = []
    while True:  # an unknown key hides what else is wrong
        try:
            return Preferences(Config.model_validate(document), tuple(found))
        except ValidationError as error:
            problems = problems_of(error)
        found += problems
        wrong = {problem.place[0] for problem in problems}
        document = {key: value for key, value in document.items() if key not in wrong}


def write_sample(theme: str = DEFAULT_THEME) -> bool:
    """Write a config that explains itself, where there is none; say whether it was.

    Raises:
        OSError: the home cannot be written.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    try:
        with path().open("x", encoding="utf-8") as file:
            file.write(SAMPLE.format(theme=theme))
    except FileExistsError:
        return False
    return True


def remember_theme(name: str) -> None:
    """Write down which theme was chosen, and leave all else in the file as it is.

    Raises:
        OSError: it cannot be written.
        SpecError: it is not TOML.
    """
    if write_sample(name):
        return
    text = toml.read(path())
    changed = toml.rewritten(text, {**toml.loads(text, str(path())), "theme": name})
    with disk.replaced(path(), through_link=True) as file:  # a link leads to where the person keeps it
        file.write(changed.encode())


def in_words(problems: tuple[Problem, ...]) -> str:
    """Say what is wrong with the file, and what happens instead."""
    wrong = "\n".join(f"✗ {problem}" for problem in problems)
    return (
        f"{visible(str(path()))}:\n{wrong}\nWhat cannot be used has its default. Mend the file, and open nnplay again."
    )
