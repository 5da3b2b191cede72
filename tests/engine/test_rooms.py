"""Who may import whom, seen from a fresh interpreter: TensorFlow stays where it belongs."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT_TENSORFLOW = [
    "engine.spec.draft",
    "engine.spec.document",
    "engine.data.dataset",
    "engine.data.own",
    "engine.data.augment",
    "engine.reference.optimizers",
    "engine.export.notebook",
    "engine.runs.directory",
    "engine.runs.history",
    "engine.runs.resuming",
    "engine.worker.client",
    "engine.worker.server",  # imports it, but on the engine thread
    "tui.cli",
    "tui.commands.runs",
    "tui.commands.export",
    "tui.app",
    "tui.commands.doctor",
    "tui.screens.help",
]


@pytest.mark.parametrize("module", WITHOUT_TENSORFLOW)
def test_importing_this_imports_no_tensorflow(module):
    code = f"import sys, {module}; print(sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'tensorflow'" not in done.stdout
    assert "'keras'" not in done.stdout


def test_the_first_screen_needs_no_numpy():
    code = "import sys, tui.app; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'numpy'" not in done.stdout
    assert "'textual.highlight'" not in done.stdout
    assert "'engine.export.script'" not in done.stdout
