"""What training without screens prints at the end."""

from __future__ import annotations

import io
import shutil

import pytest

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.worker.report import TextReport
from tests.tui import runs


@pytest.fixture
def printed(tmp_path):
    run, out = RunDirectory(tmp_path / "run-1"), io.StringIO()
    run.path.mkdir()

    def end(*, gone: bool) -> str:
        if gone:
            shutil.rmtree(run.path)
        TextReport(out, io.StringIO()).end(History().after(runs.training(2)), run)
        return out.getvalue()

    return end


def test_a_run_whose_directory_was_removed_sends_nobody_there(printed):
    assert printed(gone=True).startswith("failed: the run's directory is gone, and all that it held: ")


def test_an_engine_without_a_word_leads_to_its_log(printed):
    assert "ended without a word; see " in printed(gone=False)
