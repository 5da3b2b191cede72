"""Every test has a home of its own, so that no test sees another's runs, nor the user's; and the same terminal."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

# Set before TensorFlow is imported anywhere: its log lines would bury the tests' own output.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The processes that tests start keep what they compile, as users' do: there are some hundred.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """Have garbage looked for among what the tests make alone: to look through TensorFlow takes half a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data directory of this test. It does not exist yet."""
    home = tmp_path / "home"
    monkeypatch.setenv("NNPLAY_HOME", str(home))
    for name in ("NO_COLOR", "LC_ALL", "LC_CTYPE", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    return home
