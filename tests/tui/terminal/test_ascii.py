"""Where a terminal shows ASCII alone, nothing else is sent to it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

import engine
import tui
from engine.plain import plain
from engine.spec.document import load
from tests.tui import made, runs
from tests.tui.conftest import FakeSession
from tui.app import NNPlay
from tui.settings.config import Config, Preferences
from tui.widgets.frame import Keys


def signs() -> set[str]:
    folders = [Path(package.__file__).parent for package in (engine, tui)]
    files = (path for folder in folders for kind in ("*.py", "*.md") for path in folder.rglob(kind))
    return {sign for path in files for sign in path.read_text(encoding="utf-8") if not sign.isascii()}


def test_every_sign_of_ours_has_a_stand_in_of_its_width():
    for sign in signs():
        assert plain(sign).isascii(), sign
        assert "?" not in plain(sign), sign
        assert cell_len(plain(sign)) == cell_len(sign), sign


def lines(app) -> str:
    """What is sent to the terminal."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.fixture
def poor(monkeypatch, home):
    monkeypatch.setenv("TERM", "linux")
    app = NNPlay(load("notes-baseline"), session=FakeSession)
    app.runs = home / "runs"
    return app


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 15)])
async def test_every_place_is_in_ascii(poor, size):
    made.make(*runs.training(2), runs.DONE)
    async with poor.run_test(size=size) as pilot:
        poor._session.tell(*runs.training(2.5), runs.PAUSED)
        for keys in ("1", "2", "3", "4", "6", "2 a", "escape f1", "escape backspace t", "escape ctrl+p"):
            await pilot.press(*keys.split())
            await pilot.pause(0.1)
            assert lines(poor).isascii(), keys
            # What has no stand-in would be one; the list of layers has one of its own for a shape that is not known.
            unknown = sum(row.shape is None for row in poor.draft.check.rows)
            assert lines(poor).count("?") <= unknown, keys
        await pilot.press("escape", "2")
        assert "bksp del" in str(poor.screen.query_one(Keys).render()) or size[0] == 40


async def test_a_config_is_believed_more_than_the_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    app = NNPlay(load("notes-baseline"), preferences=Preferences(Config(ascii=False)), session=FakeSession)
    async with app.run_test(size=(80, 24)):
        assert "╭" in lines(app)


@pytest.mark.parametrize(("ascii_only", "encoding"), [(False, "utf-8"), (True, "ascii"), ("auto", "ascii")])
def test_where_a_person_says_that_all_can_be_shown_all_is_written(monkeypatch, ascii_only, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "__stderr__", stream)
    app = NNPlay(load("notes-baseline"), preferences=Preferences(Config(ascii=ascii_only)), session=FakeSession)
    assert stream.encoding == encoding
    assert app.ascii is (ascii_only is not False)
