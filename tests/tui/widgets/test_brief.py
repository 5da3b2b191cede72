"""A text that is cut off says so at its end, and the help shows the whole of it."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui.screens.test_help import thing
from tui.screens.help import HelpScreen
from tui.widgets.brief import MORE, Brief


def lines(app, name: str) -> list[str]:
    """Return what is seen of a text, line by line."""
    brief = app.screen.query_one(f"#{name}", Brief)
    return [brief.render_line(y).text.rstrip() for y in range(brief.size.height)]


def words(text: str) -> str:
    return " ".join(text.split())


async def wrong(app, pilot) -> None:
    """Have more to mend than there is room for."""
    app.draft = app.draft.set(("fit", "foo"), 3).set(("model", "layers", 1, "unts"), 5)
    await pilot.press("3")
    await pilot.pause()


async def test_what_is_to_be_mended_is_read_in_full_by_f1(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await wrong(app, pilot)
        assert lines(app, "amounts")[-1].endswith(f"{MORE}F1")
        assert all(MORE not in line for line in lines(app, "amounts")[:-1])
        whole = words(str(app.screen.query_one("#amounts", Static).content))
        assert "validations_within" in whole
        assert "validations_within" not in words(" ".join(lines(app, "amounts")))
        await pilot.press("f1")
        assert whole in words(thing(app))


async def test_a_click_shows_it_too_and_does_nothing_where_all_is_seen(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        assert MORE not in "\n".join(lines(app, "amounts"))
        await pilot.click("#amounts")
        assert not isinstance(app.screen, HelpScreen)
        await wrong(app, pilot)
        await pilot.click("#amounts")
        assert isinstance(app.screen, HelpScreen)


async def test_the_sign_is_gone_where_there_is_room(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await wrong(app, pilot)
        await pilot.resize_terminal(120, 60)
        await pilot.pause()
        assert MORE not in "\n".join(lines(app, "amounts"))
        await pilot.press("f1")
        assert thing(app) == ""


@pytest.mark.parametrize(("place", "size"), [("1", (80, 24)), ("2", (80, 24)), ("3", (80, 24)), ("3", (64, 20))])
async def test_what_stands_below_a_form_has_the_sign(app, place, size):
    async with app.run_test(size=size) as pilot:
        await pilot.press(place, "tab", "tab")
        await pilot.pause()
        assert MORE not in "\n".join(lines(app, "explain")) or size < (80, 24)
        app.screen.explain("so many words " * 99)
        await pilot.pause()
        assert lines(app, "explain")[-1].endswith(f"{MORE}F1")
        await pilot.press("f1")
        assert words("so many words " * 99) in words(thing(app))


async def test_what_the_code_hides_is_in_the_help(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await wrong(app, pilot)
        await pilot.press("c")
        await pilot.pause()
        assert not app.screen.query_one("#amounts", Brief).is_on_screen
        await pilot.press("f1")
        assert "fit.foo: unknown key" in words(thing(app))


async def test_what_is_put_away_is_not_missed(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await wrong(app, pilot)
        brief = app.screen.query_one("#amounts", Brief)
        assert brief.cut
        brief.display = False
        await pilot.pause()
        assert not brief.cut
