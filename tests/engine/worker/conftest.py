"""A client of an engine process of its own, which ends with the test."""

from __future__ import annotations

import pytest

from engine.worker.client import EngineClient


@pytest.fixture
def client():
    client = EngineClient()
    yield client
    client.close()
    if client._process is not None:
        client._process.terminate()
        client._process.wait(20)
