"""Each theme of ours can be read: text against what it stands on, 4.5 to 1 or better, as WCAG 2 asks."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui.theme import OURS

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
