"""A model in words: what its layers add up to, what one of them costs, and whether it can be trained."""

from __future__ import annotations

from textual.content import Content

from engine.spec.check import Check
from engine.spec.shape import show_shape
from tui.words import amounts
from tui.words.keys import Key
from tui.words.place import FIXES, LAYERS, said

HERE = "model"


def totals(check: Check) -> str:
    """Say what the layers add up to; nothing while one of them is wrong."""
    parameters, multiply_adds, workspace = check.parameters, check.multiply_adds, check.workspace
    if parameters is None or multiply_adds is None or workspace is None:
        return ""
    return (
        f"{parameters:,} parameters · {amounts.memory(parameters)} · {amounts.count(multiply_adds)} multiply-adds "
        f"and {amounts.memory(workspace)} an image"
    )


def costs(check: Check, index: int) -> str:
    """Say what a layer takes and gives, and what it costs."""
    row = check.rows[index]
    if row.before is None or row.shape is None:
        return ""
    parts = [f"{show_shape(row.before)} → {show_shape(row.shape)}"]
    if row.parameters:
        parts.append(f"{row.parameters:,} parameters ({amounts.memory(row.parameters)})")
    if row.multiply_adds:
        parts.append(f"{amounts.count(row.multiply_adds)} multiply-adds an image")
    if row.workspace:
        parts.append(f"{amounts.memory(row.workspace)} laid out an image")
    return " · ".join(parts)


def verdict(check: Check, key: Key) -> Content:
    """Say whether the model can be trained, and if not, where to look."""
    if not check.problems and not check.advice:
        classes = len(check.facts.classes)
        return Content.styled(f"✓ {classes} outputs for {classes} classes: {key('app.train')} trains it", "$success")
    if check.problems:
        in_rows = {problem for row in check.rows for problem in row.problems}
        elsewhere = [problem for problem in check.problems if problem not in in_rows]
        if not check.rows and {problem.place for problem in elsewhere} <= {LAYERS, LAYERS[:1]}:
            remedy = next((each.remedy.words for each in elsewhere if each.remedy), "")
            smallest = f"; {key(FIXES)} {remedy.replace('add', 'adds', 1)}" if remedy else ""
            return Content.styled(f"✗ No layers yet: {key('model.add')} adds one{smallest}", "$error")
        if elsewhere:
            return Content.styled(f"✗ {said(elsewhere[0], check, key, HERE)}", "$error")
        count = len(check.problems)
        return Content.styled(f"✗ {count} problem{'s' * (count > 1)} to fix before it can train", "$error")
    return Content.styled(f"! {said(check.advice[0], check, key, HERE)}", "$warning")
