"""The time of the tests of place 6, and an app that only remembers what is asked of its runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.tui.at_runs import (
    NOW,
)


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """It is 14:03 on the 4th of March 2025, wherever the tests run."""
    monkeypatch.setattr("tui.screens.runs.time", SimpleNamespace(time=lambda: NOW))


@pytest.fixture
def asked(app, monkeypatch):
    """What the app was asked to do with which run."""
    asked = []
    for action in ("open", "fork", "resume", "stop"):
        monkeypatch.setattr(app, f"{action}_run", lambda run, action=action: asked.append((action, run.name)))
    return asked
