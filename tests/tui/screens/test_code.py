"""The code beside the form: ``c`` in places 1 to 4."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from engine import disk
from engine.export.script import script
from engine.spec.document import load
from engine.spec.draft import Draft
from tests.tui.conftest import FakeSession
from tests.tui.screens.test_help import thing
from tui.app import NNPlay
from tui.drafts.written import Changes, Written
from tui.screens.ask import Ask
from tui.screens.dialog import Dialog
from tui.settings.key_names import KeyNames
from tui.widgets.code import GONE, NEW, CodePanel, _broken

UNITS = ("model", "layers", 1, "units")


def panel(app) -> CodePanel | None:
    """The code, while it is open."""
    return next((each for each in app.screen.query(CodePanel) if each.display), None)


def rows(app) -> list[str]:
    return [row.rstrip() for row in str(app.screen.query_one("#code", Static).content).split("\n")]


def marked(app) -> list[str]:
    return [row.removeprefix(NEW).strip() for row in rows(app) if row.startswith(NEW)]


def raising(error: Exception):
    def act(*arguments, **named):
        raise error

    return act


def waits(app) -> str:
    line = app.screen.query_one("#waits", Static)
    return str(line.content) if line.display else ""


@pytest.mark.parametrize(
    ("size", "place", "step"),
    [
        ((80, 24), "1", "# The data"),
        ((80, 24), "2", "# The model"),
        ((80, 24), "3", "# Compile"),
        ((80, 24), "4", "# Fit"),
        ((40, 15), "2", "# The model"),
        ((40, 30), "3", "# Compile"),
        ((40, 15), "4", "# Fit"),
        ((200, 60), "1", "# The data"),
    ],
)
async def test_c_opens_it_at_the_step_of_the_place_and_closes_it(app, size, place, step):
    async with app.run_test(size=size) as pilot:
        await pilot.press(place, "c")
        await pilot.pause()
        code = panel(app)
        assert code.region.width >= 30
        assert code.region.height >= 8
        scroll = app.screen.query_one("CodePanel VerticalScroll")
        top = round(scroll.scroll_y)
        assert f"  {step}" in rows(app)[top : top + scroll.size.height]
        assert "model = keras.Sequential([" in " ".join(rows(app))
        await pilot.press("c")
        assert panel(app) is None


async def test_it_stays_open_from_place_to_place_but_not_where_nothing_is_edited(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "3")
        await pilot.pause()
        assert panel(app)
        await pilot.press("6", "c")
        assert panel(app) is None
        await pilot.press("1")
        await pilot.pause()
        assert panel(app)
        await pilot.press("escape", "2")
        assert panel(app) is None


async def test_it_changes_while_one_types_and_marks_what_the_edit_changed(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("c", "down", "enter")
        await pilot.pause()
        assert marked(app) == []
        await pilot.press("6", "4")
        assert marked(app) == ["64,"]
        assert panel(app).border_subtitle == f"{NEW} 1 changed"
        assert isinstance(app.focused, Input)  # typing goes on
        await pilot.press("escape")  # leaves the field; nothing has changed
        assert panel(app)
        assert marked(app) == ["64,"]
        await pilot.press("u")
        assert marked(app) == ["128,"]
        await pilot.press("d")
        assert "128," in marked(app)
        await pilot.press("escape")
        assert panel(app) is None


async def test_lines_that_went_are_shown_where_they_stood(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("c", "backspace")
        await pilot.pause()
        assert "put Flatten before it" in waits(app)
        await pilot.press("u", "down", "d", "backspace")
        assert [row for row in rows(app) if row.startswith(GONE)]


async def test_while_the_draft_is_wrong_the_last_good_code_stays(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "down", "enter", "6")
        await pilot.pause()
        await pilot.press("x")
        assert marked(app) == ["6,"]
        assert "it waits for layer 2 (Dense) · units: must be a whole number, got '6x'" in waits(app)
        await pilot.press("backspace", "5")
        assert waits(app) == ""
        await pilot.press("escape", "f1")
        assert "it waits for" not in thing(app)
        await pilot.press("escape")
        assert marked(app) == ["65,"]


async def test_a_draft_that_was_never_good_says_what_it_waits_for():
    app = NNPlay({"model": {"layers": [{"type": "dense"}]}}, session=FakeSession)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await pilot.pause()
        assert "put Flatten before it" in waits(app)
        await pilot.press("c", "1", "c")
        await pilot.pause()
        await pilot.press("w")  # the focus is in the code
        assert isinstance(app.screen, Dialog)
        assert "put Flatten before it" in app.screen._text
        await pilot.press("escape", "2")
        app.edit(lambda draft: draft.opened(load("notes-baseline")))
        await pilot.pause()
        assert waits(app) == ""
        assert "  layers.Flatten()," in [row[4:] for row in rows(app)]


async def test_it_keeps_its_place_and_goes_to_what_changes_out_of_sight(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "down", "enter")
        await pilot.pause()
        scroll = app.screen.query_one("CodePanel VerticalScroll")
        place = scroll.scroll_y
        await pilot.press("6", "4")
        await pilot.pause()
        assert scroll.scroll_y == place  # the line is in sight
        scroll.scroll_home(animate=False)
        await pilot.press("8")
        await pilot.pause()
        changed = next(number for number, row in enumerate(rows(app)) if row.startswith(NEW))
        assert scroll.scroll_y <= changed < scroll.scroll_y + scroll.size.height


async def test_nothing_is_drawn_while_it_is_closed_or_nothing_changes(app, monkeypatch):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await pilot.pause()
        drawn = []
        monkeypatch.setattr(CodePanel, "_draw_code", lambda self, room: drawn.append(room))
        app.screen._draft_changed()
        await pilot.press("down")
        assert drawn == []
        await pilot.press("c", "d", "u", "d")
        assert drawn == []
        await pilot.press("c")
        assert len(drawn) == 1


async def test_it_is_copied_and_saved_with_the_focus_in_it(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = script(app.draft.check.experiment)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "c")
        await pilot.pause()
        assert app.screen.query_one("CodePanel").has_focus_within
        await pilot.press("y")
        assert app.clipboard == wanted
        await pilot.press("w")
        assert isinstance(app.screen, Ask)
        await pilot.press("enter")
        await pilot.pause()
        assert (tmp_path / "notes-baseline.py").read_text() == wanted
        await pilot.press("w")
        app.screen.query_one(Input).value = "mine.ipynb"
        await pilot.press("enter")
        await pilot.pause()
        assert '"nbformat": 4' in (tmp_path / "mine.ipynb").read_text()
        await pilot.press("escape")
        assert panel(app) is None
        assert app.focused is None


async def test_the_palette_copies_and_saves_without_it(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        commands = {each.title: each for each in app.get_system_commands(app.screen)}
        commands["code: copy"].callback()
        assert app.clipboard == script(app.draft.check.experiment)
        commands["code: save script"].callback()
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        with monkeypatch.context() as full:
            full.setattr(disk, "replaced", raising(OSError(28, "No space left on device")))
            await pilot.press("enter")
            await pilot.pause()
        assert "notes-baseline.py: No space left on device" in app.screen._text
        await pilot.press("escape", "3", "c")
        await pilot.pause()
        titles = [each.title for each in app.get_system_commands(app.screen)]
        assert (titles.count("code: copy"), titles.count("code: save script")) == (1, 1)
        await pilot.press("6")
        assert "code: copy" not in [each.title for each in app.get_system_commands(app.screen)]


def test_what_the_newest_edit_changed():
    draft = Draft.new(load("notes-baseline"))
    begun = Written.of(draft)
    assert begun.before == begun.experiment == draft.check.experiment
    typed = draft.set(UNITS, 6, typing=True)
    wrong = typed.set(UNITS, "6x", typing=True)
    good = wrong.set(UNITS, 65, typing=True).settled()
    written = begun.after(typed).after(wrong)
    assert written.experiment == typed.check.experiment
    assert "must be a whole number" in written.waits(KeyNames().key)
    written = written.after(good)
    assert (written.before, written.experiment, written.waits(KeyNames().key)) == (
        begun.experiment,
        good.check.experiment,
        "",
    )
    undone = written.after(good.undo())
    assert (undone.before, undone.experiment) == (good.check.experiment, begun.experiment)


@pytest.mark.parametrize(
    ("before", "after", "new", "gone_before", "words"),
    [
        ("a b c", "a b c", [], [], ""),
        ("a b c", "a x c", [1], [], "1 changed"),
        ("a c", "a b c", [1], [], "1 new"),
        ("a b", "x y z b", [0, 1, 2], [], "1 changed, 2 new"),
        ("a b c", "x", [0], [], "1 changed, 2 gone"),
        ("a b c", "a c", [], [1], "1 gone"),
        ("a b c", "a b", [], [2], "1 gone"),
    ],
)
def test_changes_line_by_line(before, after, new, gone_before, words):
    changes = Changes.between(before.replace(" ", "\n"), after.replace(" ", "\n"))
    assert (changes.new, changes.gone_before, changes.words) == (set(new), set(gone_before), words)
    assert changes.first == min([*new, *gone_before], default=None)


@pytest.mark.parametrize("room", [10, 17, 30, 80])
def test_a_line_is_broken_without_loss(room):
    from textual.content import Content  # noqa: PLC0415

    text = "    kernel_initializer=initializers.GlorotUniform(seed=1982462498), and_a_name_that_has_no_end"
    pieces = [piece.plain for piece in _broken(Content(text), room)]
    assert all(len(piece) <= room for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
