"""The code of the draft while a person edits: of its last good state, and what the newest edit changed in it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from engine.spec.draft import Draft
from engine.spec.experiment import Experiment
from tui.words.keys import Key
from tui.words.place import said


@dataclass(frozen=True)
class Written:
    """What the code is written from.

    Attributes:
        draft: as it is now; perhaps wrong.
        experiment: its last good state; None before the first.
        before: the last good state before the newest edit, undo or redo. Typing on in one field is one edit.
    """

    draft: Draft
    experiment: Experiment | None
    before: Experiment | None

    @classmethod
    def of(cls, draft: Draft) -> Written:
        """Begin with a draft: nothing has changed yet."""
        experiment = draft.check.experiment
        return cls(draft, experiment, experiment)

    def after(self, draft: Draft) -> Written:
        """Return what the code is written from when the draft has become this one."""
        if draft.document == self.draft.document:
            return replace(self, draft=draft)
        before = self.before if draft.past == self.draft.past else self.experiment
        experiment = draft.check.experiment or self.experiment
        # Where nothing was good before, all is new, and marks would say nothing.
        return Written(draft, experiment, before or experiment)

    def waits(self, key: Key) -> str:
        """Say what must be mended before the code can follow the draft; nothing where it does."""
        checked = self.draft.check
        return said(checked.problems[0], checked, key) if checked.problems else ""


@dataclass(frozen=True)
class Changes:
    """What is new in a text, line by line.

    Attributes:
        new: the numbers of lines that are new or changed, from 0.
        gone_before: the numbers of lines before which others stood that are gone without a successor.
        words: how much changed, in a few words; empty where nothing did.
    """

    new: frozenset[int] = frozenset()
    gone_before: frozenset[int] = frozenset()
    words: str = ""

    @classmethod
    def between(cls, before: str, after: str) -> Changes:
        """Compare two texts."""
        new, gone_before, counts = set[int](), set[int](), {"changed": 0, "new": 0, "gone": 0}
        matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
        for what, begin, end, first, last in matcher.get_opcodes():
            if what != "equal":
                new |= set(range(first, last))
                more = (last - first) - (end - begin)
                counts["changed"] += min(last - first, end - begin)
                counts["new" if more > 0 else "gone"] += abs(more)
            if what == "delete":
                gone_before.add(first)
        words = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
        return cls(frozenset(new), frozenset(gone_before), words)

    @property
    def first(self) -> int | None:
        """The first line where something changed."""
        return min((*self.new, *self.gone_before), default=None)
