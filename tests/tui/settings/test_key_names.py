"""A key is called on every screen, in dialogs, help and sentences, what it is set to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from textual.widgets import Input, Markdown, Static

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from tests.tui import made, runs
from tests.tui.settings.test_preferred import app_with
from tui.messages import KnobsFound
from tui.screens import finding, place
from tui.screens.dialog import Dialog
from tui.screens.help import PAGES, HelpScreen
from tui.screens.modal import Modal
from tui.settings.key_names import KeyNames
from tui.widgets.frame import Keys, Places, Subject
from tui.widgets.key_line import KeyLine
from tui.words.focused import THINGS
from tui.words.keys import NAMED, in_markdown, with_keys
from tui.words.train import cursor_remark

OTHER = """[keys]
app.train = "f5"
app.help = "f2,f3"
app.undo = "ctrl+z"
model.add = "plus"
choose.cancel = "f9"
dialog.copy = "f8"
go.model = "f6"
runs.resume = "f7"
"""
TEXTS = [*(path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.md")))]
TEXTS += [place.FIRST_STEPS, finding.NO_RUNS, finding.NO_MATCH, *(text for _, text in THINGS.values())]
VERBS = (
    "trains|goes|takes|adds|shows|undoes|stops|brings|begins|opens|closes|copies|removes|finds|resumes|forks|marks|helps|"
    "watches|leaves|continues|tries|gives|saves|changes|moves|explains|zooms|has it"
)
DIALOGS = {
    "add a layer": ["a"],
    "open an experiment": ["ctrl+o"],
    "replace all layers by": ["m"],
    "save the draft as": ["ctrl+s"],
    "summary": ["s"],
}


def shown(widget) -> str:
    return str(widget.render())


def line_of(app) -> str:
    return str(app.screen.query_one(KeyLine).content)


def explained(app) -> str:
    assert isinstance(app.screen, HelpScreen)
    return str(app.screen.query_one("#thing", Static).content)


def test_what_texts_call_keys_as_they_come_is_what_they_are():
    links = [link for text in TEXTS for link in NAMED.findall(text)]
    assert len(links) > 100
    app = KeyNames()
    assert [link for link in links if app.key(link[1]) != link[0]] == []


def test_texts_spell_no_key_out_that_can_be_another():
    for text in TEXTS:
        assert re.findall(r"\*\*(?:\S{1,2}|esc|enter|space|shift\+.)\*\*", text) == []
        assert "](#" not in with_keys(text, lambda name: "x")  # none is written wrongly


def spoken(node: ast.AST) -> Iterator[str]:
    """Yield the texts of a module that people may read: all but what explains the code."""
    explains = {
        id(each.body[0].value)
        for each in ast.walk(node)
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and each.body
        and isinstance(each.body[0], ast.Expr)
    }
    explains |= {id(each.value) for each in ast.walk(node) if isinstance(each, ast.Expr)}
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in explains:
            yield each.value


def test_no_sentence_of_the_screens_spells_a_key_out():
    does = re.compile(rf"(?:^|[\s(])(?:[A-Za-z/=+]|\^\w|esc|enter|space|F\d+) (?:{VERBS})\b")
    found = {
        f"{path.name}: {text}"
        for path in PAGES.parent.rglob("*.py")
        for text in spoken(ast.parse(path.read_text(encoding="utf-8")))
        if does.search(NAMED.sub("", text))
    }
    assert found == set()
    assert does.search("It is saved, r goes on")


def test_a_key_that_means_something_in_markdown_is_shown_as_it_is():
    assert in_markdown("[t](#app.train) trains", lambda name: "*") == r"**\*** trains"


async def test_sentences_footers_and_help_name_the_keys_that_are_set():
    app = app_with(OTHER)
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        assert "F5 trains this network; + adds a layer; F2 helps" in shown(app.screen.query_one(Subject))
        assert "F5 trains it" in str(app.screen.query_one("#verdict", Static).content)
        assert "[F6 Model]" in shown(app.screen.query_one(Places))
        await pilot.press("end")
        assert str(app.screen.query_one("#explain", Static).content).startswith("+ adds a layer")
        await pilot.press("4")
        assert str(app.screen.query_one("#remark", Static).content).startswith("F5 trains")
        await pilot.press("6")
        await pilot.pause(0.2)
        assert "F5 trains" in str(app.screen.query_one("#none", Static).content)
        await pilot.press("4", "f3")
        assert app.screen.query(Markdown).first().source.split("\n")[2].startswith("**F5** trains")
        await pilot.press("f2")  # either of its keys closes it, too
        assert not isinstance(app.screen, HelpScreen)


async def test_keys_that_are_set_stand_in_the_footer_where_they_stood_before(app):
    words = []
    for each in (app, app_with("[keys]\napp.train = 'f5'\nmodel.edit = 'space'\nmodel.up = 'ctrl+up'")):
        async with each.run_test(size=(100, 24)) as pilot:
            await pilot.press("down")
            footer = shown(each.screen.query_one(Keys))
            words.append(re.sub(r"(?<=  )\S+|^\S+", "", footer))
    assert words[0] == words[1]
    assert "F5 train" in footer


async def test_a_dialog_names_its_keys_as_they_are_set():
    app = app_with(OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus")
        assert line_of(app) == "↑↓ choose   ⏎ add   F9 cancel"
        await pilot.press("f9")
        app.tell("Title", "text")
        await pilot.pause()
        assert line_of(app) == "F8 copy   esc back"


@pytest.mark.parametrize("title", DIALOGS)
async def test_help_explains_every_dialog_and_comes_back_to_it(app, title):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*DIALOGS[title])
        dialog = app.screen
        assert isinstance(dialog, Modal)
        await pilot.press("f1")
        assert explained(app).startswith(with_keys(dialog.ABOUT, app.key))
        assert "app.help" in str(app.screen.query_one("#keys", Static).content)
        await pilot.press("f1")
        assert app.screen is dialog
        await pilot.press("escape")
        assert len(app.screen_stack) == 1


async def test_help_explains_the_row_under_the_cursor_of_a_list(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", *"dropout", "f1")
        assert "\nDropout\n" in f"\n{explained(app)}\n"
        assert "sets a share" in explained(app).lower() or "drop" in explained(app).lower()


async def test_help_explains_the_knob_that_is_turned_and_what_a_question_wants(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        app._session.tell(*runs.training(1.5))
        app.post_message(KnobsFound(RunDirectory(app.runs / "notes-baseline-1"), made.experiment()))
        await pilot.pause()
        await pilot.press("f1")
        assert "learning rate\nsize of each step" in explained(app)
        await pilot.press("escape", "escape", "t")
        app.tell("Title", "text")
        await pilot.pause()
        await pilot.press("f1")
        assert "esc changes nothing" in explained(app)
        await pilot.press("escape", "escape")
        app.push_screen(Dialog("Which?", "text", {"1": "epoch 5"}))
        await pilot.pause()
        await pilot.press("enter", "f1")  # a question is not closed by a key that says neither yes nor no
        assert explained(app).endswith("\n1 epoch 5")
        assert "dialog.enter" not in str(app.screen.query_one("#keys", Static).content)


async def test_help_in_a_line_that_is_typed_loses_nothing_of_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s", *"mine", "f1", "f1")
        assert app.screen.query_one(Input).value == "mine"


async def test_a_click_on_a_key_of_a_dialog_does_what_the_key_does(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        line = app.screen.query_one(KeyLine)
        await pilot.click(line, offset=(str(line.content).index("cancel"), 0))
        assert len(app.screen_stack) == 1


async def test_what_of_the_keys_cannot_be_used_is_as_it_comes():
    app = app_with("[keys]\napp.train = 'nokey'\napp.undo = 'f7'")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "'nokey' is no key" in app.screen._text
        await pilot.press("escape")
        assert "t" in app.screen.active_bindings
        assert (app.key("app.train"), app.key("app.undo")) == ("t", "F7")


def test_a_sentence_about_the_cursor_names_its_keys():
    said = str(cursor_remark(History().after(runs.training(1.5)), 1.0, lambda name: f"<{name}>"))
    assert "<chart.left> <chart.right> move it, <chart.no_cursor> ends it." in said


async def test_what_a_file_has_too_much_is_taken_out_by_the_key_that_is_set():
    app = app_with("[keys]\ndraft.fix = 'f5'\ngo.compile = 'f4'\napp.undo = 'f7'")
    async with app.run_test(size=(100, 24)) as pilot:
        app.draft = app.draft.set(("fit", "foo"), 3)
        await pilot.press("t")
        assert "F4 Compile · fit.foo" in app.screen._text
        assert "F5 removes it" in app.screen._text
        await pilot.press("f5")
        await pilot.pause()
        assert "foo" not in app.draft.table(("fit",))
        assert "F7 undoes that." in next(note.message for note in app._notifications)


def test_the_name_that_a_key_had_before_still_sets_it():
    app = app_with("[keys]\ndraft.remove_unknown_key = 'f5'")
    assert app.preferences.problems == ()
    assert app.key("draft.fix") == "F5"
