"""Experiments as TOML: read, written, named as presets, and changed at one place (``--set fit.epochs=3``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import paths
from engine.spec import toml
from engine.spec.check import Document
from engine.spec.experiment import Experiment
from engine.spec.following import followed
from engine.spec.knob import TYPE, document, suggest
from engine.spec.problem import Place, Problem, SpecError, show_place
from engine.spec.tree import inserted, replaced

BASELINE = "notes-baseline"
"""The preset that one begins with."""
LONGEST_VALUE = 50_000
"""Characters of a value that is given as text; no knob needs as many, nor do all layers of a model."""
SHORT = 60
"""Characters of a wrong setting that a message repeats."""


def presets() -> dict[str, Path]:
    """Return the experiments that come with nnplay, by name."""
    return {path.stem: path for path in sorted((paths.assets() / "presets").glob("*.toml"))}


def load(spec: str) -> dict[str, Any]:
    """Read the TOML file at a path, or a preset by its name. What it says is not checked here.

    Raises:
        SpecError: there is no such file or preset, or it is not TOML.
    """
    try:
        path = presets().get(spec) or Path(spec).expanduser()
        text = toml.read(path)
    except FileNotFoundError:
        raise SpecError([Problem((), f"there is no file or preset '{spec}': {suggest(spec, presets())}")]) from None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: no such user; ValueError: a NUL in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SpecError([Problem((), f"cannot read {spec}: {reason}")]) from None
    return toml.loads(text, str(path), "See 'nnplay presets' for samples")


def comment(text: str) -> str:
    """Return the first line of a TOML text, where that is a comment: what its author says that it is."""
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") else ""


def dumps(experiment: Experiment) -> str:
    """Write an experiment as TOML, with every knob and its value."""
    return toml.dumps(document(experiment))


def parse_place(text: str) -> Place:
    """Read ``model.layers[2].units``.

    Raises:
        SpecError: it is no such path.
    """
    keys = re.findall(r"([A-Za-z_]\w*)|\[(\d{1,4})\]", text)
    place: Place = tuple(int(number) if number else name for name, number in keys)
    if not place or len(place) > toml.DEEPEST or show_place(place) != text:
        raise SpecError(
            [Problem((), f"--set '{_short(text)}': not a path such as fit.epochs or model.layers[0].units")]
        )
    return place


def parse_value(text: str) -> Any:
    """Read a value as TOML does, and what is no TOML value as text: ``3``, ``0.01``, ``[3, 3]``, ``relu``.

    ``.5`` and ``1.`` are numbers, too, as a person writes them. Text that is too long for a knob's value stays text.
    """
    if len(text) > LONGEST_VALUE or "\n" in text:
        return text
    if re.fullmatch(r"[-+]?(\d+\.|\.\d+)", text):
        return float(text)
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # a TOMLDecodeError is a ValueError; so is a number with too many digits
        return text
    return text if toml.beyond(value) else value


def with_settings(tree: Document, settings: Sequence[str]) -> dict[str, Any]:
    """Return the document with each ``PATH=VALUE`` applied in turn, and with what follows from it as on the screens.

    ``PATH+=VALUE`` inserts before that element.

    Raises:
        SpecError: a setting is not of that form, or its path leads nowhere.
    """
    return applied(tree, settings)[0]


def applied(tree: Document, settings: Sequence[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what `with_settings` does, and a sentence for each thing that followed by itself.

    Raises:
        SpecError: as for `with_settings`.
    """
    changed, told = dict(tree), list[str]()
    for setting in settings:
        if not _is_text(setting):
            raise SpecError([Problem((), f"--set '{_short(setting)}': it has bytes that are not UTF-8 text")])
        path, equals, value = setting.partition("=")
        if not equals:
            raise SpecError([Problem((), f"--set '{_short(setting)}': write PATH=VALUE, such as --set fit.epochs=3")])
        place, parsed = parse_place(path.strip().removesuffix("+")), parse_value(value.strip())
        if path.strip().endswith("+"):
            changed = inserted(changed, place, parsed)
            continue
        if place[-1] == TYPE and len(place) > 1:
            # Another kind has other knobs: as on the screens, it begins with its own defaults.
            place, parsed = place[:-1], {TYPE: parsed}
        after, words = followed(changed, replaced(changed, place, parsed))
        changed = dict(after)
        told += [words] if words else []
    return changed, tuple(told)


def _is_text(text: str) -> bool:
    """Say whether it was UTF-8: Python hands bytes that are not through as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
