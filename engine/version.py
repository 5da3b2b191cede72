"""Which version of nnplay this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def nnplay_version() -> str:
    """Return the version of this nnplay, such as ``0.5.0``; "unknown" in a checkout that was never installed."""
    try:
        return version("nnplay")
    except PackageNotFoundError:
        return "unknown"
