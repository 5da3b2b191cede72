"""The colours. Hues that colour-blind eyes tell apart carry the curves, after Okabe and Ito; shape says it again."""

from __future__ import annotations

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
    primary="#1f7a7a",
    secondary="#51606e",
    accent="#a65f00",
    success="#2f7d32",
    warning="#8a6d00",
    error="#b3261e",
    background="#fbfaf7",
    surface="#f2f0ea",
    panel="#e7e4dc",
    foreground="#20262d",
    dark=False,
    variables={
        "border": "#b8b2a6",
        "train": "#0072b2",
        "validation": "#b25000",
        "line-1": "#0072b2",
        "line-2": "#b26a00",
        "line-3": "#007a59",
        "line-4": "#a3487f",
        "line-5": "#7d6c00",
        "line-6": "#c23b00",
    },
)
