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
    from engine import streams  # noqa: PLC0415 - only now

    streams.ensure()
    sys.exit(streams.finished(_run()))


def _run() -> int:
    """Run the command line, and return its exit status."""
    try:
        from tui.cli import main as command_line  # noqa: PLC0415 - only now

        command_line()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
            return 1
        return end.code or 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the outermost: a person is told in a sentence, whatever it is
        return _tell(error)
    return 0


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
