"""Marked runs keep their lines."""

from __future__ import annotations

from pathlib import Path

from engine.runs.directory import RunDirectory
from tui.content.marks import LINES, Marks

RUNS = [RunDirectory(Path(f"/runs/r-{number}")) for number in range(9)]


def test_a_line_is_kept_and_a_free_one_goes_to_the_next():
    marks = Marks().with_all(RUNS[:3]).toggled(RUNS[1])
    assert [marks.line(run) for run in RUNS[:3]] == [0, None, 2]
    assert RUNS[1] not in marks
    marks = marks.toggled(RUNS[5]).toggled(RUNS[1])
    assert [marks.line(run) for run in (RUNS[0], RUNS[5], RUNS[2], RUNS[1])] == [0, 1, 2, 3]
    assert marks.runs == (RUNS[0], RUNS[2], RUNS[5], RUNS[1])


def test_more_than_there_are_lines_are_marked_without_one():
    marks = Marks().with_all([*RUNS, *RUNS])
    assert [marks.line(run) for run in RUNS] == [*range(LINES), None, None, None]
    assert marks.among(RUNS[7:]).lines == ((RUNS[7], None), (RUNS[8], None))
    assert marks.among(RUNS) is marks


def test_another_name_keeps_the_line():
    after = RunDirectory(Path("/runs/better"))
    assert Marks().with_all(RUNS[:2]).renamed(RUNS[1], after).line(after) == 1
