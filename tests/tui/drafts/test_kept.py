"""The kept draft: one that cannot be opened keeps nobody out, and is not lost."""

from __future__ import annotations

import errno
import os

import pytest

from engine.spec.document import load
from engine.spec.draft import Draft
from tui.drafts import kept

BASELINE = Draft.new(load("notes-baseline"))
DRAFT = Draft.new({"name": "mine"})


def test_the_last_one_is_opened_and_stays(home):
    kept.save(DRAFT)
    assert kept.open_last() == kept.Opened(DRAFT)
    assert kept.open_last() == kept.Opened(DRAFT)
    assert kept.load() == DRAFT


def test_where_there_is_none_nothing_is_put_aside(home):
    assert kept.open_last() == kept.Opened()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name = ", b"a = " + b"[" * 5000 + b"]" * 5000])
def test_one_that_cannot_be_read_is_put_aside_as_it_is(home, content):
    home.mkdir()
    kept.path().write_bytes(content)
    opened = kept.open_last()
    assert opened.draft is None
    assert opened.aside.read_bytes() == content
    assert not kept.path().exists()


def test_one_that_ended_the_screens_at_once_is_put_aside_at_the_next_start(home):
    kept.save(DRAFT)
    kept.open_last()
    kept.blame()
    aside = kept.open_last().aside
    assert aside.read_text() == 'name = "mine"\n'
    kept.save(DRAFT)  # the same again, and it works by now
    assert kept.open_last() == kept.Opened(DRAFT)


def test_one_that_was_changed_since_or_worked_for_long_is_not_to_blame(home, monkeypatch):
    kept.save(DRAFT)
    kept.open_last()
    kept.save(BASELINE)
    kept.blame()
    assert kept.open_last().draft == BASELINE
    monkeypatch.setattr(kept, "AT_ONCE_SECONDS", -1.0)
    kept.blame()
    assert kept.open_last().draft == BASELINE


def test_none_is_put_where_another_lies(home):
    for number in (1, 2):
        home.mkdir(exist_ok=True)
        kept.path().write_text(f"{number} is no draft")
        assert kept.open_last().aside.name == f"draft-aside-{number}.toml"
    assert (home / "draft-aside-1.toml").read_text() == "1 is no draft"


def test_none_is_lost_where_there_are_no_hard_links(home, monkeypatch):
    def link(*_, **__):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    home.mkdir()
    kept.path().write_text("no draft")
    assert kept.open_last().aside.read_text() == "no draft"
    assert not kept.path().exists()


def test_one_that_cannot_be_put_aside_stays(home):
    kept.path().mkdir(parents=True)
    assert kept.open_last() == kept.Opened()
    assert [each.name for each in home.iterdir()] == [kept.NAME]


def test_a_pipe_in_its_place_holds_nobody_up(home):
    home.mkdir()
    os.mkfifo(kept.path())
    assert kept.load() is None
    assert kept.open_last().aside.name == "draft-aside-1.toml"
