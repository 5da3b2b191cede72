"""The colours. Hues that colour-blind eyes tell apart carry the curves, after Okabe and Ito; shape says it again."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import Theme

DARK = Theme(
    name="nnplay-dark",
    primary="#5fb3b3",
    secondary="#8fa1b3",
    accent="#f2b36b",
    success="#8fc98f",
    warning="#f2d06b",
    error="#f07b7b",
    background="#14181d",
    surface="#1b2027",
    panel="#232a33",
    foreground="#d8dee9",
    dark=True,
    variables={
        "border": "#3b4654",
        "train": "#6cc4f0",
        "validation": "#f2a65a",
        "line-1": "#56b4e9",
        "line-2": "#e69f00",
        "line-3": "#2fb98f",
        "line-4": "#d98cb8",
        "line-5": "#f0e442",
        "line-6": "#e8703a",
    },
)

LIGHT = Theme(
    name="nnplay-light",
    primary="#186868",
    secondary="#51606e",
    accent="#8c5000",
    success="#27692a",
    warning="#705800",
    error="#b3261e",
    background="#fbfaf7",
    surface="#f2f0ea",
    panel="#eae7e0",
    foreground="#20262d",
    dark=False,
    variables={
        "border": "#b8b2a6",
        "train": "#0068a3",
        "validation": "#a84b00",
        "line-1": "#0068a3",
        "line-2": "#8c5800",
        "line-3": "#006e50",
        "line-4": "#9c437a",
        "line-5": "#6b5c00",
        "line-6": "#b53700",
    },
)

# Red and green say wrong and right in the two above; here vermilion and blue do, which all eyes tell apart.
COLOURBLIND_DARK = replace(
    DARK,
    name="nnplay-colourblind-dark",
    primary="#56b4e9",
    accent="#e69f00",
    success="#56b4e9",
    warning="#f0e442",
    error="#f58a50",
    variables={**DARK.variables, "train": "#56b4e9", "validation": "#e69f00"},
)

COLOURBLIND_LIGHT = replace(
    LIGHT,
    name="nnplay-colourblind-light",
    primary="#0068a3",
    accent="#855800",
    success="#0068a3",
    warning="#6b5c00",
    error="#a84300",
    variables={**LIGHT.variables, "train": "#0068a3", "validation": "#a84300"},
)

OURS = (DARK, LIGHT, COLOURBLIND_DARK, COLOURBLIND_LIGHT)
"""The first of them is the default."""
