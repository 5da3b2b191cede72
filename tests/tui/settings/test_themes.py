"""Each theme of ours can be read: text against what it stands on, 4.5 to 1 or better, as WCAG 2 asks."""

from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color
from textual.style import Style

from tests.tui import runs
from tui.theme import OURS
from tui.widgets.chart import Chart
from tui.widgets.editors import Tick

LEAST = 4.5
TEXTS = ("foreground", "primary", "secondary", "accent", "success", "warning", "error", "train", "validation")
GROUNDS = ("background", "surface", "panel")


def luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(theme) -> dict[str, Color]:
    found = {**theme.to_color_system().generate(), **theme.variables}
    names = {*TEXTS, *GROUNDS, *theme.variables, "block-cursor-background", "block-cursor-blurred-background"}
    return {name: Color.parse(found[name]) for name in names}


@pytest.mark.parametrize("theme", OURS, ids=[theme.name for theme in OURS])
def test_every_text_can_be_read_on_every_ground(theme):
    found = colours(theme)
    lines = [name for name in theme.variables if name.startswith("line-")]
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [(line, ground) for line in lines for ground in ("background", "surface")]
    poor = {pair: ratio for pair in pairs if (ratio := contrast(*(found[name] for name in pair))) < LEAST}
    assert not poor


@pytest.mark.parametrize("theme", OURS, ids=[theme.name for theme in OURS])
@pytest.mark.parametrize("cursor", ["block-cursor-background", "block-cursor-blurred-background"])
def test_the_cursor_can_be_read(theme, cursor):
    found = colours(theme)
    ground = found["surface"] + found[cursor]
    text = ground + ground.get_contrast_text(0.87) if found[cursor].a == 1 else found["foreground"]
    assert contrast(text, ground) >= LEAST


@pytest.mark.parametrize("theme", OURS, ids=[theme.name for theme in OURS])
def test_with_sixteen_colours_no_text_has_the_colour_of_its_ground(theme):
    def few(colour: str) -> int | None:
        return RichColor.parse(colour).downgrade(ColorSystem.STANDARD).number

    named = {**{name: getattr(theme, name) for name in (*TEXTS[:7], *GROUNDS)}, **theme.variables}
    assert not {(text, ground) for text in TEXTS for ground in GROUNDS if few(named[text]) == few(named[ground])}


def test_the_colour_blind_themes_say_nothing_by_red_against_green():
    """Simulated deuteranopia and protanopia: wrong and right stay far apart (Viénot, Brettel and Mollon 1999)."""
    projections = {
        "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
        "protan": ((0.10889, 0.89111, 0.0), (0.10889, 0.89111, 0.0), (0.00447, -0.00447, 1.0)),
    }
    for theme in OURS[2:]:
        found = colours(theme)
        for rows in projections.values():
            seen = {
                name: [sum(a * b for a, b in zip(row, found[name].normalized, strict=True)) for row in rows]
                for name in ("success", "error", "warning", "train", "validation")
            }
            for one, other in (("success", "error"), ("success", "warning"), ("train", "validation")):
                distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
                assert distance > 0.25, (theme.name, one, other, distance)


@pytest.mark.parametrize("theme", OURS, ids=[theme.name for theme in OURS])
async def test_what_stands_at_the_axes_of_a_chart_has_a_colour_that_can_be_read(app, theme):
    app.theme = theme.name
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        app._session.tell(*runs.training(1.5))
        await pilot.pause()
        drawn = app.screen.query_one("#loss", Chart).render()
        first = next(span.style for span in drawn.spans if span.start == 0)
        style = first if isinstance(first, Style) else Style.parse(first)
        assert style.foreground.rgb == Color.parse(theme.secondary).rgb


@pytest.mark.parametrize("ticked", [True, False])
async def test_a_tick_says_what_it_is_without_colour(app, ticked):
    async with app.run_test(size=(80, 24)) as pilot:
        tick = Tick()
        await app.screen.mount(tick)
        tick.value = ticked
        await pilot.pause()
        shown = str(tick.render())
        assert ("X" in shown, "yes" in shown, "no" in shown) == (ticked, ticked, not ticked)
