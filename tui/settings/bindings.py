"""Every key that nnplay has, by the name of what it does; and whether the keys that a person prefers instead can be."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from textual.actions import parse
from textual.app import App
from textual.binding import ActiveBinding, Binding, InvalidBinding
from textual.dom import DOMNode
from textual.keys import REPLACED_KEYS, Keys, key_to_character
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from engine.spec.knob import suggest
from engine.spec.problem import Problem
from tui import screens, widgets

MODIFIERS = {"ctrl", "shift", "alt", "meta", "super", "hyper"}


@dataclass(frozen=True)
class Bound:
    """A binding, where it is declared, and the keys that it has."""

    owner: type[DOMNode]
    binding: Binding
    keys: frozenset[str]

    @property
    def id(self) -> str:
        """The name of what it does; "" where it has none."""
        return self.binding.id or ""

    def meets(self, other: Bound) -> bool:
        """Say whether one key may be asked to do both."""
        mine, theirs = self.owner, other.owner
        for one, another in ((mine, theirs), (theirs, mine)):
            if issubclass(one, App) and not issubclass(another, ModalScreen):
                return True  # what the app has is everywhere; below a dialog, it rests
            if issubclass(one, another):
                return True
        return False


def every() -> list[Bound]:
    """Return all bindings that nnplay declares. Imports every screen: not before the first paint."""
    return [bound for name in _rooms() for bound in _bound_in(import_module(name))]


@cache
def named(name: str) -> Bound:
    """Return the first binding of this name, as it is declared.

    A text in the first paint may name a key: what is not imported yet is looked through last.

    Raises:
        LookupError: none is called so.
    """
    imported = (sys.modules[room] for room in _rooms() if room in sys.modules)
    for module in imported:
        for bound in _bound_in(module):
            if bound.id == name:
                return bound
    for bound in every():
        if bound.id == name:
            return bound
    raise LookupError(name)


def _rooms() -> Iterator[str]:
    """Yield the names of the modules in which keys are declared."""
    yield "tui.app"
    for package in (screens, widgets):
        for module in pkgutil.iter_modules(package.__path__):
            yield f"{package.__name__}.{module.name}"


def _bound_in(module: ModuleType) -> Iterator[Bound]:
    for owner in vars(module).values():
        if isinstance(owner, type) and issubclass(owner, DOMNode) and owner.__module__ == module.__name__:
            for each in _declared(owner):
                yield Bound(owner, each, _keys(each.key))


@cache
def ranks(owner: type[DOMNode]) -> Mapping[str, int]:
    """Return where each binding of a class stands among all of them, by id, as Textual orders them by their own keys.

    Keys that a person prefers come last for Textual, whatever they do.
    """
    keys: dict[str, int] = {}
    found: dict[str, int] = {}
    for base in reversed(owner.__mro__):
        for each in Binding.make_bindings(_declared(base)):
            keys.setdefault(each.key, len(keys))
            found.setdefault(each.id or "", keys[each.key])
    return found


def kept_by_the_field(screen: Screen[Any]) -> Iterator[ActiveBinding]:
    """Yield what letters would do that are typed into the field under the cursor: the palette has them all the same."""
    field = screen.focused
    if not isinstance(field, Input):
        return
    for node in (screen, screen.app):
        for binding in (each for owner in type(node).__mro__ for each in _declared(owner)):
            if any(field.check_consume_key(key, key_to_character(key)) for key in _keys(binding.key)):
                _, action, parameters = parse(binding.action)
                enabled = bool(node.check_action(action, parameters))
                yield ActiveBinding(node, binding, enabled, binding.tooltip)


def _declared(owner: type[Any]) -> Iterator[Binding]:
    for each in owner.__dict__.get("BINDINGS", ()):
        yield each if isinstance(each, Binding) else Binding(*each)


def _keys(text: str) -> frozenset[str]:
    """Return the keys that a text names, as Textual calls them.

    Raises:
        InvalidBinding: it names none.
    """
    return frozenset(each.key for each in Binding.make_bindings([Binding(text, "")]))


def problems(preferred: Mapping[str, str], bindings: Iterable[Bound]) -> list[Problem]:
    """Return what is wrong with the keys that a person prefers."""
    bindings, wrong = list(bindings), []
    known = {each.id for each in bindings if each.id}
    usable: dict[str, frozenset[str]] = {}
    for name, text in preferred.items():
        place = ("keys", name)
        try:
            keys = _keys(text)
        except InvalidBinding:
            wrong.append(Problem(place, f"names no key, got '{text}'. Several stand with commas between them"))
            continue
        odd = sorted(key for key in keys if not _is_key(key))
        if name not in known:
            wrong.append(Problem(place, f"is no name of a key; {_near(name, known)}"))
        elif odd:
            wrong.append(Problem(place, f"'{odd[0]}' is no key: write it as x, f5, ctrl+x, shift+up, question_mark"))
        else:
            usable[name] = keys
    now = [Bound(each.owner, each.binding, usable.get(each.id, each.keys)) for each in bindings]
    told = set()
    for one in now:
        for other in now:
            shared = one.keys & other.keys if one.id in usable and one.id != other.id and one.meets(other) else ()
            if shared and (other.id, one.id) not in told and not _met_before(one.id, other.id, bindings):
                told.add((one.id, other.id))
                wrong.append(Problem(("keys", one.id), f"'{min(shared)}' is {other.id}, too: give one of them another"))
    return wrong


def _near(name: str, known: set[str]) -> str:
    """Return what was probably meant: all names of keys would be too many to say."""
    hint, _, _ = suggest(name, known).partition("allowed: ")
    return f"{hint}F1 lists them all"


def _met_before(one: str, other: str, bindings: list[Bound]) -> bool:
    """Say whether two share a key as it is: then they are meant to, and one of them rests while the other is asked."""
    keys = [[each.keys for each in bindings if each.id == name] for name in (one, other)]
    return any(mine & theirs for mine in keys[0] for theirs in keys[1])


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    return set(modifiers) <= MODIFIERS and (key_to_character(last) is not None or last in _NAMED)


_NAMED = {*(key.value for key in Keys), *REPLACED_KEYS}
