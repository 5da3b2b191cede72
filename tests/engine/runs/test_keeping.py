"""Renaming, noting and removing runs: only those that nobody trains, and nothing else on the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.runs import keeping, lock
from engine.runs.apart import Family
from engine.runs.asked import Asked
from engine.runs.comparison import compare
from engine.runs.directory import RunDirectory, RunError
from engine.runs.events import Changed
from engine.runs.library import Condition, Library, overview
from engine.runs.lock import Holder, held
from engine.runs.note import read_note, write_note
from engine.spec.toml import loads
from tests.tui import made, runs

STOPPED = runs.DONE.model_copy(update={"reason": "stopped"})


@pytest.fixture
def run():
    return made.make(*runs.training(1), STOPPED)


def test_a_run_gets_another_name_with_all_that_it_has(run):
    events = run.events.read_bytes()
    after = keeping.rename(run, "better.one")
    assert (after.name, after.events.read_bytes(), run.path.exists()) == ("better.one", events, False)
    assert overview(after).condition is Condition.STOPPED
    assert keeping.rename(after, "better.one") == after


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", "a b", "x\n", "n" * 81, "\x1b[31m", "notes-baseline-2"])
def test_a_name_leads_nowhere_and_replaces_nothing(run, name):
    other = made.make()
    with pytest.raises(RunError, match=r"a name has letters|there is a run"):
        keeping.rename(run, name)
    assert run.path.is_dir()
    assert other.path.is_dir()


@pytest.mark.parametrize("queued", [False, True])
@pytest.mark.parametrize("what", [lambda run: keeping.rename(run, "x"), keeping.remove])
def test_what_is_in_progress_is_left_alone(run, what, queued):
    fresh = made.make()
    with held(fresh, Holder.me(None, queued=queued)), pytest.raises(RunError, match="stop it first"):
        what(fresh)
    assert fresh.path.is_dir()
    made.lock(fresh, host="gpu-box", boot="another")
    with pytest.raises(RunError, match="waiting on gpu-box"):
        what(fresh)
    assert fresh.path.is_dir()


def test_only_runs_of_this_home_are_removed(run, tmp_path):
    outside = made.make(folder=tmp_path / "elsewhere")
    link = RunDirectory(run.path.with_name("link"))
    link.path.symlink_to(outside.path)
    empty = RunDirectory(run.path.with_name("mine"))
    empty.path.mkdir()
    for each, why in ((outside, "not among the runs"), (link, "a link to another place"), (empty, "is no run")):
        with pytest.raises(RunError, match=why):
            keeping.remove(each)
        assert each.path.is_dir()
    precious = tmp_path / "precious"
    precious.mkdir()
    (run.path / "link").symlink_to(precious)
    assert keeping.size(run) >= run.events.stat().st_size
    keeping.remove(run)
    assert not run.path.exists()
    assert precious.is_dir()


def test_a_note_is_one_short_line_and_shown_as_it_is_spelt(run):
    library = Library()
    assert library.look()[0].note == ""
    write_note(run, " first\nline \x1b[31m ")
    assert read_note(run) == "first line \\x1b[31m"
    assert library.look()[0].note == "first line \\x1b[31m"
    write_note(run, "x" * 1000)
    assert len(read_note(run)) == 200
    write_note(run, "  ")
    assert not run.note.exists()
    assert library.look()[0].note == ""
    assert [path.name for path in run.path.iterdir() if "note" in path.name] == []
    run.note.mkdir()
    assert read_note(run) == ""


def apart(*all_runs):
    family, asked = Family(Asked()), Asked()
    family.meet(all_runs)
    return [(found.origin, found.knobs) for run in all_runs for found in [family.apart(run, asked.experiment(run))]]


def test_a_run_is_set_apart_from_what_it_came_from():
    preset = made.make(settings=("fit.epochs=9",))
    first, second = (made.make(settings=("name=own", f"seed={seed}", "fit.batch_size=64")) for seed in (0, 1))
    fork = made.make(settings=("name=own", "fit.epochs=8"))
    path = fork.path / "experiment.toml"
    path.write_text(path.read_text() + f'\n[fork]\nrun = "{preset.name}"\nepoch = 2\n')
    assert loads(path.read_text(), "")["fork"]["epoch"] == 2
    assert apart(preset, first, second, fork) == [
        ("notes-baseline", "epochs 9"),
        ("notes-baseline", "batch size 64"),
        ("own-1", "seed 1"),
        (preset.name, "epochs 8"),
    ]


def test_an_experiment_is_read_once_and_again_when_it_was_changed(run):
    asked = Asked()
    first = asked.experiment(run)
    assert asked.experiment(run) is first
    path = run.path / "experiment.toml"
    path.write_text(path.read_text().replace("epochs = 5", "epochs = 66"))
    assert asked.experiment(run).fit.epochs == 66
    path.write_text("[")
    assert asked.experiment(run) is None
    path.unlink()
    assert asked.experiment(run) is None
    assert asked.knows(run)


def test_runs_beside_each_other_tell_what_people_turned(run):
    turned = Changed(time=1.0, place="compile.optimizer.learning_rate", value=0.5, before=0.1, why="by hand", number=1)
    by_itself = turned.model_copy(update={"number": 0, "place": "x"})
    other = made.make(*runs.training(1), turned, by_itself, settings=("fit.epochs=9",))
    found = compare([overview(run), overview(other)])
    assert [each.name for each in found.differences] == ["fit.epochs"]
    assert found.turned == ({}, {"compile.optimizer.learning_rate": 0.5})
    (other.path / "experiment.toml").write_text("x = 1")
    with pytest.raises(RunError, match="cannot be compared"):
        compare([overview(run), overview(other)])


FULL_DISK = (
    "import resource, sys\n"
    "from pathlib import Path\n"
    "from engine.runs import keeping\n"
    "from engine.runs.directory import RunDirectory\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"  # not a byte can be written
    "run = RunDirectory(Path(sys.argv[1]))\n"
    "keeping.remove(keeping.rename(run, 'renamed'))\n"
)


def test_on_a_full_disk_runs_are_renamed_and_removed(run):
    other = made.make()
    subprocess.run([sys.executable, "-c", FULL_DISK, str(run.path)], check=True)
    assert [path for path in run.path.parent.iterdir() if path.is_dir()] == [other.path]


def test_where_nothing_can_be_made_at_all_runs_are_renamed_and_removed(run, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping.numbers, "retire", full)
    monkeypatch.setattr(lock.disk, "appending", full)
    monkeypatch.setattr(Path, "mkdir", full)
    renamed = keeping.rename(run, "renamed")
    assert not run.path.exists()
    keeping.remove(renamed)
    assert not renamed.path.exists()
