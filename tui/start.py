"""The first lines that run: they make importing quick, then hand over to the command line."""

from __future__ import annotations

import gc
import os
import sys

INTERRUPTED, BROKEN = 130, 70


def main() -> None:
    """Run ``nnplay``."""
    # Importing makes many objects and no garbage to collect. The app switches it on again after its first paint; the
    # other commands are over soon.
    gc.disable()
    # Pydantic would look through all installed packages for plugins; nnplay uses none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the outermost: a person is told in a sentence, whatever it is
        sys.exit(_tell(error))


def _run() -> None:
    from engine.plain import survive_poor_streams  # noqa: PLC0415

    survive_poor_streams()
    from tui.cli import main as command_line  # noqa: PLC0415 - only now

    command_line()


def _tell(error: Exception) -> int:
    """Say what is wrong, and return the exit status."""
    if isinstance(error, ImportError):
        sys.stderr.write(
            f"error: the installation of nnplay is broken: {error}. 'pip install --force-reinstall nnplay' mends it.\n"
        )
        return BROKEN
    from tui import crash  # noqa: PLC0415 - most never need it

    crash.tell(error, "nnplay")
    return crash.STATUS
