"""The draft of the last visit comes back, and still differs from what it differed from; or it is set aside."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from textual.widgets import Input

from engine import paths
from engine.spec import toml
from engine.spec.document import load
from engine.spec.draft import Draft
from engine.spec.experiment import Experiment
from engine.spec.problem import SpecError
from tests.engine.spec.any_document import documents
from tests.tui.conftest import FakeSession
from tui.app import NNPlay
from tui.commands.command import opened
from tui.drafts import files, kept
from tui.widgets.form import outline
from tui.widgets.frame import Subject
from tui.words.place import all_said, where

BASELINE = load("notes-baseline")
SEED = ("seed",)


def again(draft):
    kept.save(draft)
    return kept.load()


def put(content):
    paths.home().mkdir(exist_ok=True)
    kept.path().write_bytes(content)


def test_what_has_changed_is_marked_after_a_visit_too(home, tmp_path):
    begun = Draft.new(BASELINE)
    assert not again(begun).changed
    changed = again(begun.set(SEED, 3))
    assert (changed.changed, changed.value(SEED)) == (True, 3)
    assert not changed.set(SEED, 0).changed  # as the preset is
    assert not again(changed.set(SEED, 0)).changed


def test_the_file_that_it_belongs_to_is_still_known(home, tmp_path):
    own = tmp_path / "own.toml"
    draft = Draft.new(BASELINE).set(SEED, 3)
    files.write(draft.document, own)
    saved = again(draft.saved(own))
    assert (saved.changed, saved.file) == (False, own)
    changed = again(again(saved.set(SEED, 4)))
    assert (changed.changed, changed.file) == (True, own)
    files.write(changed.document, own)  # by somebody else
    assert not again(changed).changed
    own.unlink()
    assert (again(changed).changed, again(changed).file) == (True, own)


def test_a_file_that_is_opened_at_the_start_is_ones_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write(BASELINE, tmp_path / "own.toml")
    assert opened("own.toml").file == tmp_path / "own.toml"
    assert opened("notes-baseline").file is None


@pytest.mark.parametrize(
    "origin", [None, b"", b"\xff", b"document = 3", b"file = 3\n[document]", b'file = "a\\u0000"\n[document]']
)
def test_a_draft_of_an_earlier_version_or_with_a_damaged_origin_opens(home, origin):
    put(toml.dumps(BASELINE).encode())
    if origin is not None:
        kept.path().with_name(kept.ORIGIN).write_bytes(origin)
    assert kept.load().document == BASELINE


@pytest.mark.parametrize("content", [b"a." * 1000 + b"b = 1", b"x = " + b"[" * 9000, b"\xff\xfea", b"#" * 1_000_001])
def test_a_draft_that_cannot_be_read_is_put_aside_never_over_another(home, content):
    for number in range(1, 3):
        put(content)
        opened_last = kept.open_last()
        assert (opened_last.draft, opened_last.aside) == (None, home / kept.ASIDE.format(number))
    assert (home / kept.ASIDE.format(1)).read_bytes() == content
    assert kept.open_last() == kept.Opened()


def test_a_pipe_as_the_draft_is_not_waited_for(home):
    home.mkdir()
    os.mkfifo(kept.path())
    assert kept.load() is None
    assert kept.open_last().aside == home / kept.ASIDE.format(1)
    assert again(Draft.new(BASELINE)).document == BASELINE


async def test_a_draft_that_was_saved_without_an_edit_is_not_marked_at_the_next_visit(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept.save(Draft.new(BASELINE).set(SEED, 3))
    for mark, keys in ((True, ("ctrl+s", "enter")), (False, ())):
        app = NNPlay(kept.load(), session=FakeSession)
        async with app.run_test(size=(80, 24)) as pilot:
            assert ("notes-baseline *" in str(app.screen.query_one(Subject).render())) == mark
            await pilot.press("down", *keys)
            await app.workers.wait_for_complete()


async def test_comments_survive_opening_editing_and_saving(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own.toml"
    text = f"# Mine.\n{toml.dumps(BASELINE)}"
    own.write_text(text)
    app = NNPlay(opened("own.toml"), session=FakeSession)
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(SEED, 7)
        await pilot.press("ctrl+s")
        assert app.screen.query_one(Input).value == str(own)
        await pilot.press("enter")
        await pilot.pause()
    assert own.read_text() == text.replace("seed = 0", "seed = 7")


@settings(max_examples=60, deadline=timedelta(seconds=20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents())
@example({**BASELINE, "name": ""})
def test_any_draft_is_kept_and_comes_back_and_can_be_shown(home, document):
    draft = Draft.new(BASELINE).opened(document)
    assert again(draft).document == document
    list(outline((), Experiment, document))
    assert all_said(draft.check.problems, draft.check, str) or not draft.check.problems
    for problem in draft.check.problems:
        assert len(where(problem.place, document, str)) < 1000
    assert draft.name
    for edit in (
        lambda: draft.mended(draft.mendable),
        lambda: draft.choose(("compile", "loss"), "mean_squared_error"),
        lambda: draft.add_layer(0, "dense"),
        lambda: draft.set(SEED, None),
    ):
        with suppress(SpecError):
            assert edit().check.problems or edit().check.experiment


async def test_a_file_that_is_opened_at_the_start_says_how_unsaved_changes_come_back(home):
    kept.save(Draft.new(load("notes-baseline")).set(("fit", "epochs"), 77))
    other = load("cnn-small")
    unsaved = kept.changed_since(other)
    app = NNPlay(Draft.new(other), unsaved=unsaved, session=FakeSession)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert app.draft.name == "cnn-small"
        assert not app.draft.changed
        said = [each.message for each in app._notifications]
        assert "Your changes to notes-baseline were not saved: u brings them back." in said
    assert kept.load().value(("fit", "epochs")) == 77  # who only looks loses nothing
    app = NNPlay(Draft.new(other), unsaved=unsaved, session=FakeSession)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("u")
        assert app.draft.value(("fit", "epochs")) == 77


def test_only_changes_that_lie_in_no_file_are_unsaved(home):
    assert kept.changed_since({}) is None
    baseline = Draft.new(load("notes-baseline"))
    kept.save(baseline)
    assert kept.changed_since(load("cnn-small")) is None
    changed = baseline.set(("fit", "epochs"), 77)
    kept.save(changed)
    assert kept.changed_since(changed.document) is None
