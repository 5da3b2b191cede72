"""From where a run goes on: its newest good checkpoint; never over another version's files, never anew by itself."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.runs import saved
from engine.runs.directory import RunError
from engine.runs.events import Finished
from engine.runs.journal import Journal
from engine.runs.library import overview
from engine.runs.making import create, forkable
from engine.runs.resuming import check_resumable, newest_whole
from engine.runs.saved import DamagedError, ForeignError, Saved
from engine.runs.standing import Standing
from engine.spec.check import check
from engine.spec.document import load
from tests.engine.runs import foreign


@pytest.fixture
def run():
    """A run that was stopped: with a best epoch, and checkpoints of two steps."""
    experiment = check(load("notes-baseline")).experiment_or_raise()
    run = create(experiment)
    for path, epoch in ((run.best, 1), (run.previous, 1), (run.last, 2)):
        standing = Standing(step=epoch * 5, epoch=epoch, epochs_done=epoch)
        state = {"0000:dense/kernel": np.full((2, 3), float(epoch)), "0001:dense/bias": np.zeros(3)}
        saved.write(path, Saved(experiment, standing, jit=True, weights=2, state=state))
    journal = Journal(run.events)
    journal.append(Finished(time=1.0, step=10, epoch=2, reason="stopped"))
    journal.close()
    return run


def files(run):
    return {path.name: path.read_bytes() for path in run.checkpoints.iterdir()}


@pytest.mark.parametrize("way", foreign.WAYS)
@pytest.mark.parametrize("names", [("last",), ("last", "previous", "best"), ("best",)])
def test_what_another_version_saved_is_neither_renamed_nor_written_over(run, way, names):
    for name in names:
        foreign.rewrite(getattr(run, name), way)
    before = files(run)
    words = rf"{names[0]}\.npz was written by nnplay 99\.0, and nnplay .* cannot read it.*Resume {run.name} with that"
    with pytest.raises(ForeignError, match=words):
        newest_whole(run)
    with pytest.raises(RunError, match=words) as refused:
        check_resumable(overview(run))
    assert files(run) == before
    # Whatever is left of this version can still be forked.
    assert (f"nnplay fork {run.name}@{max(forkable(run), default=0)}" in str(refused.value)) == bool(forkable(run))


def test_damaged_files_are_put_aside_once_there_is_one_to_go_on_from_and_none_is_lost(run):
    for number in (1, 2, 3):
        run.last.write_bytes(b"nothing %d" % number)
        found, name, notes = newest_whole(run)
        assert (found.step, name) == (5, "previous.npz")
        assert len(notes) == 1
        assert re.search("last.npz is damaged", notes[0])
    kept = [path.read_bytes() for path in sorted(run.checkpoints.glob("last.npz.damaged*"))]
    assert kept == [b"nothing 1", b"nothing 2", b"nothing 3"]


def test_a_run_does_not_begin_anew_by_itself_where_all_its_checkpoints_are_damaged(run):
    for path in (run.last, run.previous, run.best):
        path.write_bytes(b"nothing")
    before = files(run)
    words = rf"no checkpoint of {run.name} can be gone on from.*last.npz.*'nnplay train .*experiment.toml'"
    for _ in range(2):
        with pytest.raises(DamagedError, match=words):
            newest_whole(run)
        with pytest.raises(RunError, match=words):
            check_resumable(overview(run))
    assert files(run) == before
    # As versions before this one left them.
    for path in (run.last, run.previous, run.best):
        path.replace(path.with_name(path.name + ".damaged"))
    with pytest.raises(DamagedError, match="last.npz.damaged"):
        newest_whole(run)


def test_a_run_without_any_checkpoint_begins_once_more(run):
    for path in (run.last, run.previous, run.best):
        path.unlink()
    assert newest_whole(run) == (None, "", [])
    check_resumable(overview(run))
