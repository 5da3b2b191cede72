"""Drafts are saved to files that a person names, and opened again."""

from __future__ import annotations

import tomllib

import pytest
from textual.widgets import Input, Static

from engine.spec.document import presets
from engine.spec.problem import SpecError
from tui.drafts import files as drafts
from tui.screens.ask import Ask
from tui.screens.dialog import Dialog
from tui.screens.open_draft import OpenDraft
from tui.widgets.frame import Subject


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def subject(app) -> str:
    return str(app.screen.query_one(Subject).render())


def names(app) -> list[str]:
    return [each.name for each in app.screen._offered]


async def settle(app, pilot) -> None:
    await app.workers.wait_for_complete([each for each in app.workers if each.name == "_look"])
    await pilot.pause()


async def test_a_draft_is_saved_with_its_errors_and_opened_again(app, here):
    async with app.run_test(size=(80, 24)) as pilot:
        assert " * " not in subject(app)
        await pilot.press("down", "enter", *"x", "escape")
        assert "notes-baseline *" in subject(app)
        broken = app.draft.document
        await pilot.press("ctrl+s")
        assert app.screen.query_one(Input).value == "notes-baseline.toml"
        await pilot.press("enter")
        await pilot.pause()
        assert "notes-baseline *" not in subject(app)
        assert tomllib.loads((here / "notes-baseline.toml").read_text()) == broken
        await pilot.press("u")
        assert "notes-baseline *" not in subject(app)  # as it was opened
        await pilot.press("backspace", "ctrl+o")
        await settle(app, pilot)
        assert names(app) == ["notes-baseline.toml", *presets()]
        await pilot.press("enter")
        assert app.draft.document == broken
        await pilot.press("u")
        assert len(app.draft.layers) == 2


async def test_opening_over_changes_says_how_they_come_back(app, here):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app._open_preset("cnn-small")
        await pilot.pause()
        assert not app._notifications  # nothing was changed
        changed = app.draft = app.draft.set(("seed",), 7)
        app._open_preset("lstm-rows")
        await pilot.pause()
        assert [each.message for each in app._notifications] == [
            "Your changes to cnn-small were not saved: u brings them back."
        ]
        await pilot.press("u")
        assert app.draft.document == changed.document


async def test_ones_own_file_is_saved_again_without_a_question_another_is_not(app, here):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s", *["backspace"] * 30, *"mine", "enter")
        assert app.draft.file == here / "mine.toml"
        await pilot.press("backspace", "ctrl+s")
        assert app.screen.query_one(Input).value == str(here / "mine.toml")
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(app.screen, Dialog | Ask)
        assert tomllib.loads((here / "mine.toml").read_text()) == app.draft.document
        # Another experiment is another file.
        app.draft = app.draft.set(("name",), "other")
        assert app.draft.file is None


async def test_a_broken_file_is_said_and_the_draft_stays(app, here):
    (here / "broken.toml").write_text("model = [")
    (here / "project.toml").write_text("[project]\nname = 'x'")
    async with app.run_test(size=(80, 24)) as pilot:
        before = app.draft
        await pilot.press("ctrl+o", *"broken.toml", "enter")
        assert "is not a TOML file" in str(app.screen.query_one("#wrong", Static).content)
        app.screen.query_one(Input).value = str(here / "project.toml")
        await pilot.press("enter")
        assert "no experiment: it holds project" in str(app.screen.query_one("#wrong", Static).content)
        app.screen.query_one(Input).value = "~nobody-here/[x].toml"
        await pilot.press("enter")
        assert "there is no file" in str(app.screen.query_one("#wrong", Static).content)
        await settle(app, pilot)
        assert isinstance(app.screen, OpenDraft)
        await pilot.press("escape")
        assert app.draft is before


async def test_presets_are_searched_by_what_they_are(app, here):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o", *"convolutional")
        await settle(app, pilot)
        assert names(app) == ["cnn-small"]
        await pilot.press("enter")
        assert app.draft.name == "cnn-small"
        assert "cnn-small *" not in subject(app)
        await pilot.press("ctrl+o", *"no such thing", "enter", "escape", "u")
        assert app.draft.name == "notes-baseline"


async def test_a_disk_that_cannot_be_written_is_said(app, here, monkeypatch):
    def full(*_, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts, "write", full)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "ctrl+s", "enter")
        assert isinstance(app.screen, Dialog)
        assert "No space left" in app.screen._text
        assert app.draft.changed


def test_only_experiments_are_found_the_newest_first(here):
    for name, text in (("a", "[model]"), ("b", "# Mine.\n[model]"), ("c", "x ="), ("d", "[project]")):
        (here / f"{name}.toml").write_text(text)
    seen = drafts.found([here, here / "missing"])
    assert {each.path.name for each in seen} == {"a.toml", "b.toml"}
    assert f"Mine. · {here}" in {each.words for each in seen}
    with pytest.raises(SpecError, match="holds project"):
        drafts.read(here / "d.toml")
