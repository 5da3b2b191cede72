"""A draft: an experiment while a person edits it. It may be wrong at any moment, and nothing typed is lost.

Immutable: every edit returns a new draft that remembers the one before, for undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.spec.check import Check, Document, check
from engine.spec.following import followed
from engine.spec.knob import TYPE
from engine.spec.layers import Layer
from engine.spec.mending import mended
from engine.spec.problem import Place, Problem, Remedy
from engine.spec.tree import replaced, value_at, without

MOST_UNDOS = 200


@dataclass(frozen=True)
class Draft:
    """A document with its past and future.

    Attributes:
        document: what is edited: plain data, as TOML gives it.
        past: earlier documents, the newest last.
        future: documents that were undone, the next to redo last.
        last_edit: where the newest edit was typed; typing on there is the same edit.
        followed: what followed the newest edit by itself, in a sentence; empty where nothing did.
        files: what is known to lie on the disk, the newest last; None is what the draft began with, or a preset.
            Undoing an edit undoes nothing there.
    """

    document: Document
    past: tuple[Document, ...] = ()
    future: tuple[Document, ...] = ()
    last_edit: Place | None = None
    followed: str = ""
    files: tuple[tuple[Path | None, Document], ...] = ()

    @classmethod
    def new(cls, document: Document) -> Draft:
        """Return a draft that nothing was changed in yet."""
        return cls(document, files=((None, document),))

    @property
    def changed(self) -> bool:
        """It is not as it was opened or saved last."""
        return all(document != self.document for _, document in self.files)

    @property
    def file(self) -> Path | None:
        """The person's own file that it was opened from or saved to last; None where that had another name."""
        return next(
            (
                path
                for path, document in reversed(self.files)
                if path is not None and document.get("name") == self.document.get("name")
            ),
            None,
        )

    @property
    def origin(self) -> tuple[Path | None, Document]:
        """What it is on the disk, or was: as it is now, else under its name, else what was opened or saved last."""
        same = (each for each in self.files if each[1] == self.document)
        named = (each for each in reversed(self.files) if each[1].get("name") == self.document.get("name"))
        last = self.files[-1] if self.files else (None, self.document)
        return next(same, None) or next(named, last)

    @cached_property
    def check(self) -> Check:
        """Whether it can train, with rows and problems."""
        return check(self.document)

    @property
    def mendable(self) -> tuple[Problem, ...]:
        """The problems, then the advice, whose remedy can be done at once."""
        return tuple(each for each in (*self.check.problems, *self.check.advice) if each.remedy)

    @property
    def name(self) -> str:
        """Its name, also while that is wrong; never empty, for it is shown, and files are named after it."""
        return str(self.document.get("name") or "experiment")

    @property
    def layers(self) -> tuple[Any, ...]:
        """The layers as they stand in the document."""
        layers = self.value(("model", "layers"))
        return tuple(layers) if isinstance(layers, list | tuple) else ()

    def value(self, place: Place) -> Any:
        """Return what stands at a place, or None where nothing does."""
        return value_at(self.document, place)

    def table(self, place: Place) -> Mapping[str, Any]:
        """Return the table at a place, an empty one where something else or nothing stands there."""
        given = self.value(place)
        return given if isinstance(given, Mapping) else {}

    def settled(self) -> Draft:
        """Return the draft with its last edit closed: what is typed next, even at the same place, is another one."""
        return self if self.last_edit is None else replace(self, last_edit=None)

    def set(self, place: Place, value: Any, *, typing: bool = False) -> Draft:
        """Return the draft with a value at a place; None takes the value away, so its default holds.

        While ``typing``, edits that follow each other at one place are one edit for undo.
        """
        document = replaced(self.document, place, value) if value is not None else without(self.document, place)
        if document == self.document:
            return self
        if typing and place == self.last_edit:
            return replace(self, document=document, future=(), followed="")
        return self._edited(document, place if typing else None)

    def mended(self, problems: Iterable[Problem]) -> Draft:
        """Return the draft with what some of its problems name as their remedy; all of that is one edit.

        Raises:
            SpecError: a problem is none of this draft.
        """
        document = self.document
        for problem in problems:
            if problem.remedy:
                document = mended(document, problem.remedy)
        document, words = followed(self.document, document)
        return replace(self._edited(document, None), followed=words)

    def opened(self, document: Document, path: Path | None = None) -> Draft:
        """Return the draft with another document, of a person's own file or of none; undo brings the old one back."""
        return self._edited(document, None)._on_disk(path, document)

    def saved(self, path: Path) -> Draft:
        """Return the draft that knows: it lies in this file as it is."""
        return self._on_disk(path, self.document)

    def _on_disk(self, path: Path | None, document: Document) -> Draft:
        others = tuple(each for each in self.files if path is None or each[0] != path)
        return replace(self, files=(*others, (path, document))[-MOST_UNDOS:])

    def choose(self, place: Place, type_name: str) -> Draft:
        """Return the draft with another kind at a place, with that kind's defaults, and with what follows from it."""
        given = self.value(place)
        if isinstance(given, Mapping) and given.get(TYPE) == type_name:
            return self
        document, words = followed(self.document, replaced(self.document, place, {TYPE: type_name}))
        return replace(self._edited(document, None), followed=words)

    def add_layer(self, index: int, type_name: str) -> Draft:
        """Return the draft with a new layer before the one at ``index``, with its defaults written out.

        One that needs channels, as Conv2D does, brings the Reshape along that gives them to a grey image.
        """
        layer = {TYPE: type_name, **_starting_values(Layer.members[type_name])}
        added = self.with_layers((*self.layers[:index], layer, *self.layers[index:]))
        for problem in added.check.rows[index].problems:
            if problem.remedy and _adds_channels(problem.remedy):
                words = f"A Reshape came along: {problem.message.partition(':')[0]}."
                return replace(added, document=mended(added.document, problem.remedy), followed=words)
        return added

    def duplicate_layer(self, index: int) -> Draft:
        """Return the draft with a copy of a layer behind it."""
        return self.with_layers((*self.layers[: index + 1], *self.layers[index:]))

    def remove_layer(self, index: int) -> Draft:
        """Return the draft without a layer."""
        return self.with_layers((*self.layers[:index], *self.layers[index + 1 :]))

    def move_layer(self, index: int, to: int) -> Draft:
        """Return the draft with a layer at another place; the same draft where that is outside the list."""
        if not 0 <= to < len(self.layers):
            return self
        rest = [*self.layers[:index], *self.layers[index + 1 :]]
        rest.insert(to, self.layers[index])
        return self.with_layers(tuple(rest))

    def undo(self) -> Draft:
        """Return the draft before the last edit; the same draft where there is none."""
        if not self.past:
            return self
        return replace(
            self,
            document=self.past[-1],
            past=self.past[:-1],
            future=(*self.future, self.document),
            last_edit=None,
            followed="",
        )

    def redo(self) -> Draft:
        """Return the draft before the last undo; the same draft where there is none."""
        if not self.future:
            return self
        return replace(
            self,
            document=self.future[-1],
            past=(*self.past, self.document),
            future=self.future[:-1],
            last_edit=None,
            followed="",
        )

    def with_layers(self, layers: Sequence[Any]) -> Draft:
        """Return the draft with another stack of layers, and all else as it was."""
        return self._edited(replaced(self.document, ("model", "layers"), list(layers)), None)

    def _edited(self, document: Document, place: Place | None) -> Draft:
        past = (*self.past, self.document)[-MOST_UNDOS:]
        return replace(self, document=document, past=past, future=(), last_edit=place, followed="")


def _adds_channels(remedy: Remedy) -> bool:
    return all(edit.insert and edit.value.get(TYPE) == "reshape" for edit in remedy.edits)


def _starting_values(kind: type[Any]) -> dict[str, Any]:
    """Return what a new layer begins with where that is wiser than the default: hidden layers learn with a ReLU."""
    return {"activation": "relu"} if "activation" in kind.model_fields else {}
