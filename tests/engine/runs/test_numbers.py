"""A run's number is its own: it is not given out again when the run is gone, or has another name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from engine.runs import keeping, library, numbers
from engine.runs.library import Library
from tests.tui import made, runs


def test_the_number_of_a_deleted_or_renamed_run_does_not_come_again():
    first, second, third = (made.make(runs.STARTED, runs.DONE) for _ in range(3))
    keeping.remove(third)
    assert made.make().name == "notes-baseline-4"
    keeping.remove(second)
    fifth = made.make(runs.STARTED, runs.DONE)
    keeping.rename(fifth, "kept")
    assert made.make().name == "notes-baseline-6"
    assert made.make(settings=("name=notes-baseline-5",)).name == "notes-baseline-5-1"  # another name counts anew
    assert first.path.is_dir()


def test_marks_are_few_and_no_runs_and_may_be_lost():
    for run in [made.make(runs.STARTED, runs.DONE) for _ in range(3)]:
        keeping.remove(run)
    (mark,) = made.make().path.parent.glob(f"{numbers.MARK}*")
    assert mark.name == ".gone-notes-baseline-3"
    assert [seen.run.name for seen in Library().look()] == ["notes-baseline-4"]
    keeping.remove(library.find("notes-baseline-4"))
    for each in mark.parent.iterdir():
        each.unlink()
    assert made.make().name == "notes-baseline-1"


def test_two_that_begin_at_once_get_two_numbers(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: numbers.claim(tmp_path, "a").name, range(40)))
    assert len(set(names)) == 40


def test_only_numbers_count(tmp_path):
    for name in ("a-x", "a-2-9", "b-7", "a-٣"):
        (tmp_path / name).mkdir()
    assert numbers.claim(tmp_path, "a").name == "a-1"
