"""The first lines that run: they make importing quick, then hand over to the command line."""

from __future__ import annotations

import gc
import os


def main() -> None:
    """Run ``nnplay``."""
    # Importing makes many objects and no garbage to collect. The app switches it on again after its first paint; the
    # other commands are over soon.
    gc.disable()
    # Pydantic would look through all installed packages for plugins; nnplay uses none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from engine.plain import survive_poor_streams  # noqa: PLC0415

    survive_poor_streams()
    from tui.cli import main as command_line  # noqa: PLC0415 - only now

    command_line()
