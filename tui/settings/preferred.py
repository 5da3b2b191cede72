"""How a person prefers it: colours, keys, signs, and how much is sent. A part of the app, as `tui.run_actions` is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from io import TextIOWrapper
from typing import Any

from textual.app import SystemCommand
from textual.filter import LineFilter, Monochrome
from textual.screen import Screen

from engine import paths
from engine.plain import in_ascii
from engine.shown import visible
from engine.spec.knob import suggest
from engine.spec.problem import Problem, SpecError
from tui.drafts import kept
from tui.screens.dialog import Dialog
from tui.settings import config
from tui.settings.config import AS_IT_COMES, Preferences
from tui.settings.key_names import KeyNames
from tui.terminal.ascii import IN_ASCII
from tui.terminal.no_color import GREYS
from tui.theme import DARK, LIGHT, OURS

SLOW_PACE = 10
"""On a slow line, so many times more rarely is drawn what changes by itself: charts every 5 s, numbers every second."""


class Preferred(KeyNames):
    """An app that heeds a config.

    Attributes:
        pace: what changes by itself is drawn so many times more rarely than it could be.
        first_visit: nobody has been here before: no draft is kept, and there are no runs.
    """

    pace = 1
    first_visit = False
    preferences = AS_IT_COMES

    def prefer(self, preferences: Preferences) -> None:
        """Heed these preferences, from before the first paint on."""
        wanted = preferences.config
        self.preferences = preferences
        self.first_visit = not kept.path().exists() and not paths.runs().exists()
        self.pace = SLOW_PACE if wanted.slow else 1
        self.few_colours = wanted.slow
        stream = sys.__stderr__  # Textual writes there
        encoding = getattr(stream, "encoding", None)
        self.ascii = in_ascii(os.environ, encoding) if wanted.ascii == "auto" else wanted.ascii
        if not self.ascii and isinstance(stream, TextIOWrapper) and in_ascii({}, encoding):
            stream.reconfigure(encoding="utf-8")  # a person says that the terminal can show it
        if wanted.slow or "SSH_CONNECTION" in os.environ:
            self.animation_level = "none"
        for theme in OURS:
            self.register_theme(theme)
        self.theme = wanted.theme if wanted.theme in self.available_themes else DARK.name
        self.use_keys(wanted.keys)

    def on_resize(self) -> None:
        """Cover the screens where the terminal is too small for them; not before it is known how large it is."""
        self.call_later(self.fit)

    def fit(self) -> None:
        """Cover the screen in front where it cannot be read, or show it again."""
        from tui.screens.too_small import TooSmall, fits  # noqa: PLC0415 - most never need it

        covered = isinstance(self.screen, TooSmall)
        if covered == fits(self.size):
            if covered:
                self.pop_screen()
            else:
                self.push_screen(TooSmall(self.fit))

    def say_what_is_wrong(self) -> None:
        """Say what of the config cannot be used. Not before the first paint: it looks at every screen's keys."""
        wrong = problems(self.preferences)
        if wrong:
            unusable = {str(problem.place[-1]) for problem in wrong if problem.place[0] == "keys"}
            keys = self.preferences.config.keys
            self.use_keys({name: text for name, text in keys.items() if name not in unusable})
            self.push_screen(Dialog("Some of your settings cannot be used", config.in_words(wrong)))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return colours of ours that a theme of someone else's may lack."""
        return dict((DARK if self.current_theme.dark else LIGHT).variables)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the one that puts all into ASCII, where that is needed; and have ours take away the colours."""
        filters = [GREYS if isinstance(each, Monochrome) else each for each in super().get_line_filters()]
        return [*filters, IN_ASCII] if self.ascii else filters

    def search_themes(self) -> None:
        """Let a person choose among all themes, ours first."""
        from tui.settings.theme_search import search  # noqa: PLC0415 - the palette costs time that the first paint has not

        self.push_screen(search())

    def choose_theme(self, name: str) -> None:
        """Change the colours, and remember it."""
        self.theme = name
        try:
            config.remember_theme(name)
        except (OSError, SpecError) as error:  # it cannot be written, or is not TOML
            self.notify(
                f"This theme is not remembered: {visible(str(error))}", severity="warning", markup=False, timeout=10
            )

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Put the settings in the palette; leave out what Textual has there, and our keys do better."""
        yield from (each for each in super().get_system_commands(screen) if each.title not in ("Keys", "Quit"))
        for theme in OURS:
            yield SystemCommand(
                f"theme: {theme.name}", "Change the colours, and remember it", partial(self.choose_theme, theme.name)
            )
        yield SystemCommand(
            "settings: write config.toml", f"Where your theme and keys are set: {config.path()}", self._write_config
        )

    def _write_config(self) -> None:
        try:
            made = config.write_sample(self.theme)
        except OSError as error:
            self.notify(f"It cannot be written: {visible(str(error))}", severity="error", markup=False)
            return
        where = visible(str(config.path()))
        says = f"Written: {where}. It says what can be set." if made else f"Nothing is written: {where} exists already."
        self.notify(says, title="Settings", markup=False, timeout=10)


def problems(preferences: Preferences) -> tuple[Problem, ...]:
    """Return all that is wrong with a config: what its file says, and what nnplay has not."""
    from textual.theme import BUILTIN_THEMES  # noqa: PLC0415

    wanted, found = preferences.config, list(preferences.problems)
    themes = {*(theme.name for theme in OURS), *BUILTIN_THEMES}
    if wanted.theme not in themes:
        found.append(Problem(("theme",), f"'{wanted.theme}' is no theme; {suggest(wanted.theme, themes)}"))
    if wanted.keys:
        from tui.settings import bindings  # noqa: PLC0415 - it imports every screen

        found += bindings.problems(wanted.keys, bindings.every())
    return tuple(found)
