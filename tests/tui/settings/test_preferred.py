"""What a person prefers is read, checked in words, heeded and remembered."""

from __future__ import annotations

import os
from time import monotonic

import pytest
from click.testing import CliRunner

from engine.spec.document import load
from tests.tui import runs
from tests.tui.conftest import FakeSession
from tui.app import NNPlay
from tui.cli import main
from tui.commands import doctor
from tui.screens.add_layer import AddLayer
from tui.screens.dialog import Dialog
from tui.screens.help import HelpScreen
from tui.settings import bindings, config, preferred
from tui.theme import OURS
from tui.widgets.chart import Chart
from tui.widgets.frame import Keys


def write(text: str) -> None:
    config.path().parent.mkdir(exist_ok=True)
    config.path().write_text(text)


def app_with(text: str) -> NNPlay:
    write(text)
    return NNPlay(load("notes-baseline"), preferences=config.read(), session=FakeSession)


def command(app, title: str):
    (found,) = (each for each in app.get_system_commands(app.screen) if each.title == title)
    return found.callback


def test_without_a_file_all_is_as_it_comes():
    assert config.read() == config.AS_IT_COMES


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("thme = 'x'", "thme: unknown key; did you mean 'theme'?"),
        ("slow = 'yes'", "slow: must be true or false, got 'yes'"),
        ("ascii = 3", "ascii: must be 'auto', or true or false, got 3"),
        ("theme =", "config.toml is not a TOML file"),
        ("theme = 'nnplay-drak'", "theme: 'nnplay-drak' is no theme; did you mean 'nnplay-dark'?"),
        ("[keys]\napp.trian = 'T'", "keys.app.trian: is no name of a key; did you mean 'app.train'?"),
        ("[keys]\napp.train = 'ctrl-x'", "keys.app.train: 'ctrl-x' is no key"),
        ("[keys]\napp.train = ''", "keys.app.train: names no key"),
        ("[keys]\napp.train = 'u'", "keys.app.train: 'u' is app.undo, too"),
        ("[keys]\nmodel.add = 'd'", "keys.model.add: 'd' is model.duplicate, too"),
        ("[keys]\nmodel.add = 't'", "keys.model.add: 't' is app.train, too"),
    ],
)
def test_what_cannot_be_used_is_said_in_words(text, wrong):
    write(text)
    found = "\n".join(map(str, preferred.problems(config.read())))
    assert wrong in found


def test_a_wrong_value_costs_only_itself():
    write("slow = true\nthme = 'x'\nascii = 'maybe'")
    read = config.read()
    assert (read.config.slow, read.config.ascii, len(read.problems)) == (True, "auto", 2)


@pytest.mark.parametrize("text", ["app.train = 'f6'", '"app.train" = "f6,f5"', "app.undo = 'T'\napp.train = 'u'"])
def test_keys_that_can_be_are_not_complained_about(text):
    write(f"[keys]\n{text}")
    assert preferred.problems(config.read()) == ()


async def test_the_app_opens_with_a_wrong_config_and_says_so():
    app = app_with("slow = true\ntheme = '[red]'")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        assert "'[red]' is no theme" in app.screen._text
        assert str(config.path()) in app.screen._text
        assert (app.theme, app.pace) == ("nnplay-dark", preferred.SLOW_PACE)
        await pilot.press("escape")
        assert not isinstance(app.screen, Dialog)


async def test_other_keys_act_and_are_shown():
    app = app_with("[keys]\nmodel.add = 'A,f5'\napp.help = 'question_mark'")
    async with app.run_test(size=(120, 40)) as pilot:
        assert "A add" in str(app.screen.query_one(Keys).render())
        assert "? help" in str(app.screen.query_one(Keys).render())
        await pilot.press("a")
        assert not isinstance(app.screen, AddLayer)
        for key in ("A", "f5"):
            await pilot.press(key)
            assert isinstance(app.screen, AddLayer)
            await pilot.press("escape")
        await pilot.press("?")
        assert isinstance(app.screen, HelpScreen)
        assert "A F5  Add a layer behind the one under the cursor model.add" in str(
            app.screen.query_one("#keys").content
        )


async def test_a_theme_that_is_chosen_is_remembered_and_the_rest_of_the_file_stays(app):
    write("# mine\nslow = true\n[keys]\n# theme = 'no'\n")
    async with app.run_test(size=(80, 24)) as pilot:
        command(app, "theme: nnplay-light")()
        await pilot.pause()
        assert app.theme == "nnplay-light"
    assert config.path().read_text() == "# mine\nslow = true\ntheme = \"nnplay-light\"\n\n[keys]\n# theme = 'no'\n"
    config.remember_theme("nnplay-dark")
    assert config.read().config == config.Config(slow=True)


def test_a_comment_that_looks_like_the_setting_stays_a_comment(home):
    write("# theme = 'mine'  the dark one\ntheme = 'nnplay-dark' # for the evening\n")
    config.remember_theme("nnplay-light")
    assert config.path().read_text() == ("# theme = 'mine'  the dark one\ntheme = \"nnplay-light\" # for the evening\n")
    assert config.read() == config.Preferences(config.Config(theme="nnplay-light"))


def test_a_config_that_is_a_link_stays_one(home, tmp_path):
    write("slow = true\n")
    config.path().rename(tmp_path / "dotfiles.toml")
    config.path().symlink_to(tmp_path / "dotfiles.toml")
    config.remember_theme("nnplay-light")
    assert config.path().is_symlink()
    assert config.read().config == config.Config(slow=True, theme="nnplay-light")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_as_the_config_is_not_waited_for(home, make):
    home.mkdir()
    make(config.path())
    assert "it cannot be read" in str(config.read().problems[0])
    with pytest.raises(OSError, match="no file|directory"):
        config.remember_theme("nnplay-light")


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "keys." + "a." * 2000 + "b = 1", "slow = 0x" + "f" * 9000])
def test_a_config_that_is_damaged_is_told(home, text):
    write(text)
    assert config.read().config == config.Config()
    assert "config.toml" in str(config.read().problems[0])


async def test_a_theme_is_searched_among_all_ours_first(app):
    async with app.run_test(size=(120, 40)) as pilot:
        app.search_themes()
        await pilot.pause(0.3)
        await pilot.press("down", "enter")
        await pilot.pause(0.3)
        assert app.theme in {theme.name for theme in OURS}
    assert config.read().config.theme == app.theme


async def test_a_theme_that_cannot_be_remembered_is_used_all_the_same(app, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNPLAY_HOME", str(tmp_path / "file"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        command(app, "theme: nnplay-light")()
        await pilot.pause()
        assert app.theme == "nnplay-light"
        assert any("not remembered" in each.message for each in app._notifications)


async def test_the_palette_writes_a_config_that_explains_itself(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        command(app, "settings: write config.toml")()
        await pilot.pause()
        assert str(config.path()) in next(iter(app._notifications)).message
        sample = config.path().read_text()
        config.path().write_text(f"{sample}\n# mine")
        command(app, "settings: write config.toml")()
        await pilot.pause()
        assert list(app._notifications)[-1].message == f"Nothing is written: {config.path()} exists already."
    assert "# mine" in config.path().read_text()
    # What it says can be done can be done: every line that only a # keeps from saying something.
    config.path().write_text(
        "\n".join(line.removeprefix("# ") if " = " in line else line for line in sample.split("\n"))
    )
    assert preferred.problems(config.read()) == ()
    assert config.read().config.keys.keys() == {"app.train", "app.help"}


# Once before there is anything, and once for the first points: neither waits.
@pytest.mark.parametrize(("slow", "drawn"), [(False, 3), (True, 2)])
async def test_on_a_slow_line_charts_are_drawn_rarely(monkeypatch, home, slow, drawn):
    app = app_with(f"slow = {str(slow).lower()}")
    app.runs = home / "runs"
    times = []
    monkeypatch.setattr(Chart, "_redraw", lambda chart: times.append(chart.id) or setattr(chart, "_last", monotonic()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        for epochs in (1.0, 1.2):
            app._session.tell(*runs.training(epochs))
            await pilot.pause(0.6)
        assert times.count("loss") == drawn


def test_slow_on_the_command_line_goes_before_the_file(monkeypatch):
    seen = []
    monkeypatch.setattr("tui.commands.command.no_screens", lambda: "")

    def visit(draft, *, preferences, **options):  # the real one ends the process
        app = NNPlay(load("notes-baseline"), preferences=preferences)
        seen.append((app.pace, app.animation_level))

    monkeypatch.setattr("tui.visit.visit", visit)
    assert CliRunner().invoke(main, ["--slow"]).exit_code == 0
    assert CliRunner().invoke(main, []).exit_code == 0
    assert seen == [(preferred.SLOW_PACE, "none"), (1, "full")]


def test_the_doctor_looks_at_the_settings():
    assert doctor._settings().ok
    write("slow = 1")
    finding = doctor._settings()
    assert not finding.ok
    assert "must be true or false" in finding.found
    write("slow = true")
    assert doctor._settings().ok


def test_every_binding_has_a_name_and_says_what_it_does():
    for each in bindings.every():
        assert each.id, each
        assert each.binding.tooltip, each
