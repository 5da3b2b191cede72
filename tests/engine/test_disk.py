"""Files are replaced whole or not at all, under no name that one can guess; what is no file is left alone."""

from __future__ import annotations

import os
import stat

import pytest

from engine import disk


def names(folder):
    return [each.name for each in folder.iterdir()]


def written(path, content, **how):
    with disk.replaced(path, **how) as file:
        file.write(content)


def test_a_file_is_replaced_when_it_is_whole(tmp_path):
    path = tmp_path / "it"
    written(path, b"old")
    with disk.replaced(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["it"]


def test_it_is_readable_by_whom_any_new_file_is(tmp_path):
    before = os.umask(0o027)
    try:
        written(tmp_path / "it", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "it").stat().st_mode) == 0o640


def test_nothing_changes_where_writing_fails(tmp_path):
    path = tmp_path / "it"
    written(path, b"old")

    def interrupted():
        with disk.replaced(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["it"]


def test_the_new_file_and_its_name_reach_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(disk.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor)))
    written(tmp_path / "it", b"four")
    file, folder = synced
    assert (file.st_size, folder.st_ino) == (4, tmp_path.stat().st_ino)


def test_no_name_of_a_new_file_comes_twice(tmp_path):
    assert len({disk.temporary_beside(tmp_path / "it").name for _ in range(100)}) == 100


def test_a_name_that_was_guessed_is_not_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(disk.secrets, "token_hex", lambda size: "guessed")
    kept = tmp_path / "kept"
    kept.write_bytes(b"mine")
    disk.temporary_beside(tmp_path / "it").symlink_to(kept)
    with pytest.raises(FileExistsError):
        written(tmp_path / "it", b"theirs")
    assert kept.read_bytes() == b"mine"


def test_a_link_is_replaced_or_what_it_leads_to(tmp_path):
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_bytes(b"mine")
    link.symlink_to(kept)
    written(link, b"changed", through_link=True)
    assert (link.is_symlink(), kept.read_bytes()) == (True, b"changed")
    written(link, b"other")
    assert (link.is_symlink(), kept.read_bytes()) == (False, b"changed")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_or_a_folder_is_neither_replaced_nor_read(tmp_path, make):
    make(tmp_path / "it")
    with pytest.raises(OSError, match=r"no file|directory"):
        written(tmp_path / "it", b"")
    with pytest.raises(OSError, match=r"no file|directory"):
        disk.read(tmp_path / "it", 10)
    assert names(tmp_path) == ["it"]


def test_no_more_is_read_than_there_may_be(tmp_path):
    path = tmp_path / "it"
    path.write_bytes(b"1234")
    assert disk.read(path, 4) == b"1234"
    with pytest.raises(OSError, match="larger than 3 bytes"):
        disk.read(path, 3)


def test_what_a_killed_process_left_goes(tmp_path):
    disk.temporary_beside(tmp_path / "last.npz").touch()
    (tmp_path / "last.npz.tmp").touch()  # as earlier versions called it
    (tmp_path / "last.npz").touch()
    disk.remove_temporary(tmp_path)
    assert names(tmp_path) == ["last.npz"]
