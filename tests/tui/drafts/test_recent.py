"""Files that were saved or opened lately are offered again, wherever they lie."""

from __future__ import annotations

import json

import pytest
from textual.widgets import Input, OptionList

from engine import paths
from engine.spec.document import presets
from tests.tui.drafts.test_files import names, settle
from tui.drafts import recent
from tui.screens.open_draft import OpenDraft


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder that is neither the home nor the one in which nnplay was started."""
    for name in ("work", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "elsewhere"


async def save(app, pilot, path):
    await pilot.press("ctrl+s")
    app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await pilot.pause()


async def test_a_draft_saved_elsewhere_is_offered_first_until_it_is_gone(app, elsewhere):
    async with app.run_test(size=(80, 24)) as pilot:
        await save(app, pilot, elsewhere / "first.toml")
        await pilot.press("backspace")
        await save(app, pilot, elsewhere / "second.toml")
        await pilot.press("ctrl+o")
        await settle(app, pilot)
        assert names(app) == ["second.toml", "first.toml", *presets()]
        await pilot.press(*"first.toml")
        app.screen.query_one(OptionList).highlighted = 1  # row 0 is what was typed, as a path
        await pilot.press("enter")
        assert app.draft.file == elsewhere / "first.toml"
        assert recent.files()[0] == elsewhere / "first.toml"
        (elsewhere / "second.toml").unlink()
        await pilot.press("ctrl+o")
        await settle(app, pilot)
        assert isinstance(app.screen, OpenDraft)
        assert names(app) == ["first.toml", *presets()]


@pytest.mark.parametrize(
    "text", ["", "{}", "[1, null, {}]", '["relative", "\\u0000/x"]', "[" * 100_000, f'["/{"x" * 5000}"]', "\x00\xff"]
)
def test_what_is_damaged_is_nothing_and_is_written_anew(home, tmp_path, text):
    paths.home().mkdir(exist_ok=True)
    (paths.home() / recent.NAME).write_text(text)
    assert recent.files() == []
    (tmp_path / "a.toml").write_text("")
    recent.remember(tmp_path / "a.toml")
    assert recent.files() == [tmp_path / "a.toml"]


def test_few_are_remembered_each_once_and_a_home_that_cannot_be_is_no_trouble(home, tmp_path, monkeypatch):
    for number in [*range(recent.MOST + 5), 7]:
        (tmp_path / f"{number}.toml").write_text("")
        recent.remember(tmp_path / f"{number}.toml")
    assert len(recent.files()) == recent.MOST
    assert [path.stem for path in recent.files()][:2] == ["7", "24"]
    assert len(json.loads((paths.home() / recent.NAME).read_text())) == recent.MOST
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "0.toml"))
    recent.remember(tmp_path / "1.toml")
    assert recent.files() == []
