"""Style sheets are parsed once for a set of colours."""

from __future__ import annotations

import pytest
from textual.css import stylesheet as css
from textual.css.stylesheet import Stylesheet, StylesheetParseError

from tui.sheets import Sheets


@pytest.fixture
def parsed(monkeypatch, sheets):
    """The names of the sheets that are parsed; nothing is kept from other tests."""
    names = []
    parse = css.parse

    def parse_and_tell(scope, text, read_from, **options):
        names.append(read_from[1])
        return parse(scope, text, read_from, **options)

    monkeypatch.setattr(Stylesheet, "_parse_rules", sheets)
    monkeypatch.setattr(css, "parse", parse_and_tell)
    return names


def one_sheet(colour="red"):
    made = Sheets(variables={"warn": colour})
    made.add_source("Label { color: $warn; }", ("", "one"))
    return made


def colour_of(made):
    made.reparse()
    return [str(rule.styles.color) for rule in made.rules]


def test_a_sheet_that_comes_along_leaves_the_others(parsed):
    made = one_sheet()
    made.reparse()
    made.add_source("Label { color: blue; }", ("", "two"))
    made.reparse()
    assert parsed == ["one", "two"]
    assert len(made.rules) == 2


def test_other_colours_are_seen(parsed):
    made = one_sheet("red")
    assert colour_of(made) == ["Color(255, 0, 0)"]
    made.set_variables({"warn": "red"})
    assert colour_of(made) == ["Color(255, 0, 0)"]
    assert parsed == ["one"]
    made.set_variables({"warn": "blue"})
    assert colour_of(made) == ["Color(0, 0, 255)"]
    assert parsed == ["one", "one"]


def test_an_error_leaves_the_rules_as_they_were():
    made = one_sheet()
    made.reparse()
    made.add_source("Label { colour: none }", ("", "two"))
    with pytest.raises(StylesheetParseError):
        made.reparse()
    assert len(made.rules) == 1


async def test_a_place_that_is_entered_has_only_its_own_sheets_parsed(app, parsed):
    async with app.run_test(size=(80, 24)) as pilot:
        assert parsed.count("App.DEFAULT_CSS") == 1
        parsed.clear()
        await pilot.press("3")
        assert "Chart.DEFAULT_CSS" in parsed
        assert "App.DEFAULT_CSS" not in parsed
        parsed.clear()
        app.theme = "nnplay-light"
        await pilot.pause()
        assert "App.DEFAULT_CSS" in parsed
