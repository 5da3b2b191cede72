"""Where things lie on disk: the assets that come with nnplay, and the home that holds the user's runs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

HOME_VARIABLE = "NNPLAY_HOME"


def assets() -> Path:
    """Return the folder of the assets: inside the package when installed from a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "assets"
    return inside if inside.is_dir() else package.parent / "assets"


def home() -> Path:
    """Return the folder of the user's data: ``$NNPLAY_HOME``, or the platform's data directory. It may not exist."""
    named = os.environ.get(HOME_VARIABLE)
    if not named:
        return Path(platformdirs.user_data_dir("nnplay", appauthor=False))
    # Not Path.expanduser: it raises for an unknown user, where a folder named "~so" is a plain, if odd, wish.
    return Path(os.path.expanduser(named)).absolute()  # noqa: PTH111


def runs() -> Path:
    """Return the folder that holds one directory a run. It may not exist yet."""
    return home() / "runs"


def sockets() -> Path:
    """Return the private folder of the engines' sockets, created with mode 0700.

    It stands outside the home: a socket's path may have at most about 100 characters, and a home may lie on a
    network file system that cannot hold sockets.

    Raises:
        PermissionError: the folder exists, but belongs to another user.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    owner = os.getuid()
    folder = Path(base) / "nnplay" if base and Path(base).is_dir() else Path(tempfile.gettempdir()) / f"nnplay-{owner}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != owner:
        raise PermissionError(f"{folder} belongs to another user: set XDG_RUNTIME_DIR to a folder of your own")
    folder.chmod(0o700)
    return folder
