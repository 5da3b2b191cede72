"""An engine's temporary files: in a folder of its own, which nobody finds after it, however it ended."""

from __future__ import annotations

import subprocess
import sys
import tempfile

from engine.worker.scratch import scratch

KILLED = (
    "import os, tempfile\n"
    "from engine.worker.scratch import scratch\n"
    "with scratch():\n"
    "    tempfile.NamedTemporaryFile(delete=False)\n"
    "    os.kill(os.getpid(), 9)\n"
)


def test_what_is_left_is_removed_at_the_end_and_what_a_killed_one_left_at_the_next_beginning(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert subprocess.run([sys.executable, "-c", KILLED], check=False).returncode == -9
    (left,) = tmp_path.iterdir()
    assert list(left.iterdir())
    with scratch():
        assert not left.exists()
        (ours,) = tmp_path.iterdir()
        assert tempfile.gettempdir() == str(ours)
        code = "from engine.worker.scratch import scratch\nwith scratch(): pass"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
        assert ours.exists(), "another engine takes nothing away that is in use"
    assert list(tmp_path.iterdir()) == []


def test_where_no_folder_can_be_made_it_goes_without(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with scratch():
        assert tempfile.gettempdir() == str(tmp_path / "nowhere")
