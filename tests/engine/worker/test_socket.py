"""The engine's socket: for its owner alone, and made without a say in what other threads make meanwhile."""

from __future__ import annotations

import os
import stat

from engine.train.thread import EngineThread
from engine.worker.server import Server


async def test_it_is_for_its_owner_alone_and_other_threads_make_folders_as_ever(tmp_path, monkeypatch):
    masks = []
    monkeypatch.setattr(os, "umask", lambda mask: masks.append(mask) or 0o022)
    path = tmp_path / "engine.sock"
    path.touch()  # left by one that was killed
    server = await Server(path, EngineThread(path)).listen()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.is_serving()
    assert masks == []
    server.close()
