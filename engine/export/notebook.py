"""An experiment as a Jupyter notebook: the script's steps, a cell each, under headings.

The format: https://nbformat.readthedocs.io/en/latest/format_description.html, version 4.5.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from engine.export.program import about, program
from engine.shown import visible
from engine.spec.experiment import Experiment


def notebook(experiment: Experiment, notes: Sequence[str] = ()) -> str:
    """Return the notebook as JSON, with a newline at its end.

    Args:
        experiment: what is trained.
        notes: what else a person should know, a sentence each, such as what was changed while it trained.

    Raises:
        DataError: the source of its data cannot be read.
    """
    sentences = "\n\n".join(visible(each) for each in (*about(experiment), *notes))
    cells = [_cell("markdown", f"# {experiment.name}\n\n{sentences}")]
    for step in program(experiment):
        cells += [_cell("markdown", f"## {step.title}"), _cell("code", step.code)]
    document = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
