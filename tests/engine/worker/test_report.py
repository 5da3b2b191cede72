"""What training without screens prints at the end."""

from __future__ import annotations

import io
import shutil

import pytest

from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.saved import Saved
from engine.runs.standing import Standing
from engine.spec.check import check
from engine.spec.document import load
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


@pytest.mark.parametrize(("kept", "words"), [(None, "which could not be"), (1, "which could not be"), (2, "in ")])
def test_the_best_epoch_is_said_to_be_in_a_file_only_where_it_is(printed, tmp_path, kept, words):
    best = RunDirectory(tmp_path / "run-1").best
    best.parent.mkdir()
    if kept:
        experiment = check(load("notes-baseline")).experiment_or_raise()
        saved.write(best, Saved(experiment, Standing(epoch=kept, epochs_done=kept), jit=True, weights=0))
    assert f"after epoch 2, {words}" in printed(gone=False)
