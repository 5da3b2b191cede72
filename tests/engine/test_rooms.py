"""Who may import whom, seen from a fresh interpreter: TensorFlow stays where it belongs."""

from __future__ import annotations

import subprocess
import sys

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


def test_importing_these_imports_no_tensorflow():
    code = "import importlib, sys\n" + "\n".join(
        f"importlib.import_module({module!r}); print({module!r}, not {{'tensorflow', 'keras'}} & set(sys.modules))"
        for module in WITHOUT_TENSORFLOW
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{module} True" for module in WITHOUT_TENSORFLOW]


def test_the_first_screen_needs_no_numpy():
    code = "import sys, tui.app; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'numpy'" not in done.stdout
    assert "'textual.highlight'" not in done.stdout
    assert "'engine.export.script'" not in done.stdout
