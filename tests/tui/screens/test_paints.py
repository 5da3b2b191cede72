"""What a key costs: how many widgets are styled for it, how often all is laid out, and how often it is painted."""

from __future__ import annotations

import pytest

from tui.sheets import Sheets
from tui.terminal.sparing import Sparing
from tui.widgets.editors import Row


@pytest.fixture
def styled(monkeypatch):
    """The widgets that were styled."""
    nodes = []
    apply = Sheets.apply

    def apply_and_tell(self, node, **options):
        nodes.append(node)
        apply(self, node, **options)

    monkeypatch.setattr(Sheets, "apply", apply_and_tell)
    return nodes


def bold_titles(app) -> list[Row]:
    """Return the rows whose title stands out."""
    rows = app.screen.query(Row)
    return [row for row in rows if row.region and app.screen.get_style_at(row.region.x + 2, row.region.y).bold]


async def test_the_title_of_the_knob_under_the_cursor_stands_out(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        assert not bold_titles(app)
        for key in ("tab", "down", "down", "up"):
            await pilot.press(key)
            await pilot.pause()
            assert bold_titles(app) == [app.screen.row]
        await pilot.press("escape")
        await pilot.pause()
        assert not bold_titles(app)


async def test_a_place_that_is_entered_styles_itself_alone_and_only_once(app, styled):
    async with app.run_test(size=(80, 24)) as pilot:
        styled.clear()
        await pilot.press("3")
        assert {each.screen for each in styled} == {app.screen}
        styled.clear()
        await pilot.press("2", "3")
        assert not styled


async def test_the_focus_styles_what_it_changes(app, styled):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        widgets = len(list(app.screen.walk_children()))
        for key in ("tab", "down", "escape"):
            styled.clear()
            await pilot.press(key)
            assert 0 < len(styled) < widgets / 3, key


@pytest.fixture
def paints(monkeypatch):
    """What was painted."""
    updates = []
    display = Sparing._display

    def display_and_tell(self, screen, renderable):
        if renderable is not None:
            updates.append(renderable)
        display(self, screen, renderable)

    monkeypatch.setattr(Sparing, "_display", display_and_tell)
    return updates


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("way", [("3",), ("2", "down", "enter")])
async def test_a_key_in_a_form_paints_once(app, paints, size, way):
    async with app.run_test(size=size) as pilot:
        await pilot.press(*way)
        layouts = []
        app.screen.screen_layout_refresh_signal.subscribe(app.screen, layouts.append)
        await pilot.press("tab", "down", "down")  # the explanation takes the room that the longest of them needs
        for key in ("up", "up", "down", "down"):
            await pilot.pause()
            paints.clear()
            layouts.clear()
            await pilot.press(key)
            await pilot.pause()
            assert (len(paints), len(layouts)) == (1, 0), key


async def test_an_explanation_needs_no_second_layout(app, paints):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        layouts = []
        app.screen.screen_layout_refresh_signal.subscribe(app.screen, layouts.append)
        for key in ("tab", "escape"):
            await pilot.pause()
            paints.clear()
            layouts.clear()
            await pilot.press(key)
            await pilot.pause()
            assert (len(paints), len(layouts)) == (1, 1), key
