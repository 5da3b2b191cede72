"""What the focused thing is, in words: for a knob all that is declared of it, for others a line or two."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any, Literal, get_args, get_origin

from textual.content import Content
from textual.widget import Widget

from engine.spec.about import about as about_knob
from engine.spec.knob import Kind, spec_of
from engine.spec.problem import show_place
from tui.widgets.chart import Chart
from tui.widgets.code import CodePanel
from tui.widgets.editors import KindRow, Row
from tui.widgets.layer_list import LayerList
from tui.widgets.query_line import QueryLine
from tui.widgets.run_list import RunList
from tui.widgets.tail_log import TailLog
from tui.words.keys import Key, with_keys

THINGS: Mapping[type[Widget], tuple[str, str]] = {
    LayerList: (
        "The layers",
        "From the image, above, to the outputs, below: for each what comes out of it, its share of all that is learnt, "
        "and how many values that is. The keys act on the layer under the cursor.",
    ),
    Chart: (
        "A chart",
        "Curves over the epochs, or steps. Dotted lines from top to bottom mark where something was changed while it "
        "trained; at the bottom edge stand the checkpoints.",
    ),
    CodePanel: (
        "The code",
        "The Keras script that trains this experiment without nnplay. It follows every edit; a bar in the margin marks "
        "the lines that the newest one changed. While something is wrong, the last good script stays.",
    ),
    TailLog: (
        "A log",
        "It follows what is written until you scroll up, and says then how much is new; end follows again. "
        "tab goes to the other one, [v](#train.log) back to the charts.",
    ),
    RunList: (
        "The runs",
        "A line a run; the cursor stays at its run wherever that moves to. The keys act on the run under the cursor; "
        "delete and diff, and the curves below, on all that are marked. The sign at a heading says what the list is "
        "ordered by: [o](#runs.order) goes to the next, [O](#runs.turn_order) turns it round.",
    ),
    QueryLine: (
        "The filter",
        "All terms must hold. Words are looked for in names and notes. acc, val_loss, epochs, params and time (in "
        "seconds) are compared with numbers: acc>0.88, epochs<=5. state:done, state:failed. Any knob by the last part "
        "of its place, in any layer: optimizer:adam, units>=64, layer:dropout, kernel_regularizer:l2. != for what must "
        "not be.",
    ),
}
"""What is said of a widget that is no knob."""


def about(focused: Widget | None, key: Key) -> Content:
    """Explain what has the focus: a title, and below it what it is; empty where nothing has it, or nothing is known."""
    for node in focused.ancestors_with_self if focused is not None else ():
        if isinstance(node, Row):
            return _knob(node)
        for kind, (title, text) in THINGS.items():
            if isinstance(node, kind):
                return Content("\n").join(
                    [Content.styled(title, "bold"), Content(with_keys(text, key)), *_under_the_cursor(node)]
                )
    return Content("")


def _knob(row: Row) -> Content:
    """Explain a knob: what it does, what it may be, how the command line sets it, what it chooses among."""
    chooses = isinstance(row, KindRow)
    lines = [
        Content.styled(row.title.strip(), "bold"),
        Content(row.field.description or ""),
        Content.styled(about_knob(row.field, row.place), "$secondary"),
        Content.assemble(Content.styled("without screens: ", "$secondary"), f"--set {_setting(row)}"),
    ]
    if get_origin(row.field.annotation) is Literal:
        lines.append(Content(f"one of {', '.join(map(str, get_args(row.field.annotation)))}"))
    family, _ = spec_of(row.field.annotation) if chooses else (None, False)
    if family is not None and issubclass(family, Kind):
        lines += [_member(name, member) for name, member in family.members.items()]
    return Content("\n").join(line for line in lines if line)


def _setting(row: Row) -> str:
    """Write what the knob is now as ``--set`` takes it, as a shell needs it."""
    return shlex.quote(f"{show_place(row.place)}={_value(row.value)}")


def _value(value: Any) -> str:
    return "VALUE" if value is None else value if isinstance(value, str) else json.dumps(value)


def _member(name: str, member: type[Kind]) -> Content:
    return Content.assemble("\n", Content.styled(name, "bold $accent"), "\n", cleandoc(member.__doc__ or ""))


def _under_the_cursor(widget: Widget) -> list[Content]:
    """Explain the layer that the cursor of the layers stands at."""
    layer = widget.chosen if isinstance(widget, LayerList) else None
    return [_member(layer.type_name, type(layer))] if layer is not None else []
