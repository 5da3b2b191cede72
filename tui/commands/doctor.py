"""``nnplay doctor``: versions, devices, terminal and paths, each with whether it is in order and what to do if not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine import paths

PACKAGES = ("nnplay", "tensorflow", "keras", "numpy", "textual", "pydantic")
SMALLEST = (80, 24)
DEVICE_SECONDS = 120


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        ok: it is in order.
        remedy: what to do where it is not.
    """

    what: str
    found: str
    ok: bool = True
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at everything. Starting TensorFlow to ask for its devices takes some seconds."""
    return [
        Finding("python", f"{platform.python_version()} on {platform.platform()}"),
        *map(_package, PACKAGES),
        _devices(),
        _dataset(),
        _writable("home", paths.home),
        _writable("sockets", paths.sockets),
        _terminal(),
        _settings(),
    ]


def show(findings: Sequence[Finding]) -> None:
    """Print the findings, with a remedy below each that is not in order."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        sign = "[green]✓[/green]" if finding.ok else "[red]✗[/red]"
        table.add_row(sign, finding.what, Text(finding.found))
        if finding.remedy:
            table.add_row("", "", Text(f"→ {finding.remedy}"))
    Console(highlight=False).print(table)


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        return Finding(name, "not installed", ok=False, remedy=f"pip install {name}")


def _devices() -> Finding:
    # A process of its own: TensorFlow talks while it is imported, and the screens never import it.
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, "-P", "-m", "engine.build.devices"]
    remedy = "TensorFlow does not start: install nnplay again in a new virtual environment"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, check=False, timeout=DEVICE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return Finding("devices", f"no answer within {DEVICE_SECONDS} s", ok=False, remedy=remedy)
    if done.returncode != 0:
        return Finding("devices", (done.stderr.strip().splitlines() or ["no answer"])[-1], ok=False, remedy=remedy)
    return Finding("devices", done.stdout.strip().splitlines()[-1])


def _dataset() -> Finding:
    from engine.data import source  # noqa: PLC0415 - its reading brings NumPy, which only this finding needs
    from engine.data.facts import DataError  # noqa: PLC0415

    try:
        train, test = source.read(source.BUILT_IN)
    except DataError as error:
        return Finding("fashion-mnist", str(error), ok=False, remedy="Install nnplay again")
    return Finding("fashion-mnist", f"{len(train):,} + {len(test):,} images, every byte as it should be")


def _writable(what: str, folder: Callable[[], os.PathLike[str]]) -> Finding:
    try:
        path = folder()
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 - what came may be any path
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        variable = paths.HOME_VARIABLE if what == "home" else "XDG_RUNTIME_DIR"
        return Finding(what, str(error), ok=False, remedy=f"Set {variable} to a folder of yours that you can write")
    return Finding(what, f"{path} can be written")


def _terminal() -> Finding:
    size = shutil.get_terminal_size()
    names = {name: os.environ[name] for name in ("TERM", "COLORTERM", "NO_COLOR", "LANG") if name in os.environ}
    found = f"{size.columns}×{size.lines}  " + "  ".join(f"{name}={value}" for name, value in names.items())
    ok = size.columns >= SMALLEST[0] and size.lines >= SMALLEST[1]
    if ok or not sys.stdout.isatty():
        return Finding("terminal", found)
    return Finding("terminal", found, ok=False, remedy="The screens are made for 80×24 and more")


def _settings() -> Finding:
    from tui.settings import config, preferred  # noqa: PLC0415 - Textual costs time that the other commands have not

    if not config.path().exists():
        return Finding("settings", f"{config.path()}: none, so all is as it comes")
    wrong = preferred.problems(config.read())
    if wrong:
        found = "; ".join(map(str, wrong))
        return Finding("settings", found, ok=False, remedy=f"Mend {config.path()}; what is wrong there has its default")
    return Finding("settings", f"{config.path()} can be used")
