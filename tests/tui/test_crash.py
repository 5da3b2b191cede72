"""An error of our own is told in few words; its report is whole, private and one of few."""

from __future__ import annotations

import stat

from textual.worker import WorkerFailed

from tui import crash


def failed(words="what went wrong"):
    def fail():
        pixels = [0.123456] * 1000
        raise ValueError(words, len(pixels))

    try:
        fail()
    except ValueError as error:
        return error


def test_it_is_told_in_a_sentence_with_its_report(home, capsys):
    crash.tell(failed("\x1b[31mred"), "The screens", ["Go on so."])
    said = capsys.readouterr().err
    (report,) = (home / "crashes").iterdir()
    assert said.splitlines()[0].startswith("The screens ended because of an error in nnplay: ValueError:")
    assert str(report) in said
    assert said.endswith("Go on so.\n")
    assert "\x1b" not in said + report.read_text()


def test_the_report_has_the_lines_and_no_variables_and_is_private(home):
    report = crash.write(failed())
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "test_crash.py" in report.read_text()
    assert "0.123456]" not in report.read_text()


def test_an_error_that_holds_an_array_is_cut(home):
    assert len(crash.write(failed("0.1 " * 1_000_000)).read_text()) < 10 * crash.MOST_LETTERS
    assert len(crash.in_short(failed("0.1 " * 1_000_000))) < 2 * crash.LETTERS_OF_WHY


def test_an_error_that_cannot_say_what_it_is_has_its_report_all_the_same(home, capsys):
    class Mute(Exception):  # noqa: N818 - it says nothing
        def __str__(self):
            raise ValueError

    crash.tell(Mute(), "The screens", ["Go on so."])
    said = capsys.readouterr().err
    assert said.startswith("The screens ended because of an error in nnplay: Mute")
    assert "Go on so." in said
    assert len(list((home / "crashes").iterdir())) == 1


def test_few_reports_are_kept(home):
    (home / "crashes").mkdir(parents=True)
    for number in range(10):
        (home / "crashes" / f"nnplay-crash-20200101-00000{number}-1.txt").write_text("old")
    newest = crash.write(failed())
    left = list((home / "crashes").iterdir())
    assert len(left) == crash.MOST_REPORTS
    assert newest in left


def test_a_home_that_cannot_be_written_has_its_reports_elsewhere(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    assert crash.write(failed()).parent == tmp_path / "temporary"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    crash.tell(failed(), "The screens")
    assert "cannot be written" in capsys.readouterr().err


def test_what_failed_in_a_worker_is_told_and_not_that_it_was_one():
    assert crash.in_short(crash.cause(WorkerFailed(failed("inner")))) == "ValueError: ('inner', 1000)."
