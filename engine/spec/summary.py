"""The summary of a model: the table of layers, output shapes and parameters, as Keras prints it."""

from __future__ import annotations

from engine.spec.check import Check, LayerRow
from engine.spec.knob import snake_case
from engine.spec.shape import Shape

BYTES_PER_VALUE = 4
HEADS = ("Layer (type)", "Output shape", "Param #")


def summary(check: Check) -> str:
    """Return the table in plain text; what is not known, because a layer is wrong, is ``?``."""
    rows = [HEADS, *zip(_names(check), map(_shape, check.rows), map(_parameters, check.rows), strict=True)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}" for name, shape, count in rows]
    line = "─" * len(lines[0])
    return "\n".join([lines[0], line, *lines[1:], line, *_totals(check)])


def batched(shape: Shape) -> str:
    """Write a shape with its batch axis, as Keras does: ``(None, 28, 28)``."""
    return f"({', '.join(['None', *map(str, shape)])})"


def _names(check: Check) -> list[str]:
    """Return the layers' names as Keras gives them: by kind, and counted from the second on."""
    seen: dict[str, int] = {}
    names = []
    for row in check.rows:
        kind = type(row.layer).__name__ if row.layer else row.label
        count = seen[kind] = seen.get(kind, 0) + 1
        names.append(f"{snake_case(kind)}{f'_{count - 1}' if count > 1 else ''} ({kind})")
    return names


def _shape(row: LayerRow) -> str:
    return "?" if row.shape is None else batched(row.shape)


def _parameters(row: LayerRow) -> str:
    return "?" if row.parameters is None else f"{row.parameters:,}"


def _totals(check: Check) -> list[str]:
    total = check.parameters
    if total is None:
        return ["Total: unknown while a layer is wrong"]
    fixed = sum(row.statistics for row in check.rows)
    return [
        f"{name} params: {count:,} ({_size(count)})"
        for name, count in (("Total", total), ("Trainable", total - fixed), ("Non-trainable", fixed))
    ]


def _size(values: int) -> str:
    """Write how much memory values of 32 bits take, as Keras does."""
    size, unit = float(values * BYTES_PER_VALUE), "B"
    for larger in ("KB", "MB", "GB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.2f} {unit}"
