"""However the screens end, the terminal is as before, the draft is kept, and no process is left."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import termios
import time

import pytest

from engine.spec.document import load
from engine.spec.draft import Draft
from tests.bench.storm import storm
from tests.e2e.program import NNPLAY
from tests.e2e.terminal import Terminal
from tui import crash
from tui.drafts import kept

pytestmark = pytest.mark.slow
SECONDS = 20
"""So long a machine that does other things may take; leaving alone takes a tenth of a second."""
MODES = (1000, 1003, 1006, 1049, 2004)
FAULTS = {
    "compose": "patch(ModelScreen, 'compose')",
    "unmounting": "patch(NNPlay, 'on_unmount')",
    "a worker": "patch(Session, 'follow')",
    "a timer": "later(NNPlay, lambda app: app.set_timer(0.2, fail))",
    "drawing": "from tui.widgets.layer_list import LayerList as L; patch(L, 'render_line'); patch(L, 'render_lines')",
    "the terminal": "patch(Reader, '_read')",
    "starting": "from tui.terminal import driver; driver.Reader = fail",
    "its constructor": "patch(NNPlay, 'prefer')",
}
PROGRAM = """
import asyncio, sys
from tui.app import NNPlay
from tui.screens.model import ModelScreen
from tui.session import Session
from tui.terminal.reader import Reader
from tui.start import main
def fail(*_, **__):
    pixels = [[0.123456] * 1000] * 1000
    raise ValueError(f"\\x1b[31mthe injected fault {pixels}")
def patch(kind, name):
    setattr(kind, name, fail)
def later(kind, act):
    begin = kind._begin
    kind._begin = lambda app: (begin(app), act(app))[0]
async def without(self):
    await asyncio.Event().wait()
Session.engine = without
"""
"""Without an engine, which would import TensorFlow beside it for longer than most of these screens are open."""


def faulty(fault):
    """Return the program with a fault in it."""
    return [sys.executable, "-c", f"{PROGRAM}\n{fault}\nmain()"]


ALONE = faulty("")
"""The screens as they are."""


def attributes(terminal):
    """How the terminal itself is set: whether it echoes, and so on."""
    return termios.tcgetattr(terminal.file)


def ended(terminal, status=0):
    """Wait for the end, and look whether the terminal is as before."""
    assert terminal.process.wait(SECONDS) == status
    time.sleep(0.3)  # till all is read
    assert attributes(terminal)[3] & (termios.ECHO | termios.ICANON | termios.ISIG), "it stays raw"
    if terminal.raw.count(b"\x1b[?1049h"):
        assert not any(terminal.switched(mode) for mode in MODES)
        assert terminal.switched(25)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_crash_is_told_in_a_sentence_with_its_report_and_the_way_back(home, fault):
    with Terminal(faulty(FAULTS[fault]), 100, 40) as terminal:
        if fault == "unmounting":
            terminal.wait_for("Dense 128 relu")
            terminal.press("q")
        ended(terminal, crash.STATUS)
        said = terminal.raw.decode().rpartition("\x1b[0m")[2]
        assert "because of an error in nnplay" in said
        assert "the injected fault" in said or fault == "starting"
        assert "Traceback" not in said
        assert "\x1b" not in said
        assert len(said.splitlines()) < 8
        assert "Your draft is kept" in said
    (report,) = (home / "crashes").iterdir()
    assert report.name in said
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert len(text) < 50_000
    assert "Traceback" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("end", ["crash", "q", "hang up", signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_draft_that_is_changed_survives_every_end(end):
    with Terminal(faulty("NNPlay.action_help = fail"), 100, 40) as terminal:
        edit(terminal)
        if end == "hang up":
            terminal.hang_up()
            assert terminal.process.wait(SECONDS) == 0
        elif isinstance(end, str):
            terminal.press({"crash": "f1"}.get(end, end))
        else:
            terminal.process.send_signal(end)
        if end != "hang up":
            ended(terminal, crash.STATUS if end == "crash" else 0)
    assert len(kept.load().layers) == 2


def edit(terminal):
    """Take a layer out of the baseline's three."""
    terminal.wait_for("Dense 128 relu")
    terminal.press("backspace")
    terminal.wait_for("notes-baseline *")


def test_a_draft_that_ends_the_screens_at_once_is_put_aside_at_the_second_time(home):
    document = {**load("notes-baseline"), "name": "cursed"}
    kept.save(Draft.new(document))
    fault = (
        "begin = NNPlay._begin; NNPlay._begin = lambda a: fail() if a.draft.document['name'] == 'cursed' else begin(a)"
    )
    with Terminal(faulty(fault), 100, 40) as terminal:
        ended(terminal, crash.STATUS)
    assert kept.load().document == document
    with Terminal(faulty(fault), 100, 40) as terminal:
        terminal.wait_for("draft of your last visit", "draft-aside-1.toml")
        terminal.press("escape", "q")
        ended(terminal)
    assert not kept.path().exists()
    assert "cursed" in (home / "draft-aside-1.toml").read_text()


def test_a_broken_installation_is_told_in_a_sentence(home):
    code = "import sys; sys.modules['click'] = None; from tui.start import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "installation of nnplay is broken" in done.stderr
    assert "Traceback" not in done.stderr


def test_sigcont_while_it_leaves_starts_nothing_again():
    """The kernel sends it together with SIGHUP when a terminal is closed."""
    for _ in range(3):
        with Terminal(ALONE, 80, 24) as terminal:
            terminal.wait_for("Dense 128 relu")
            terminal.process.send_signal(signal.SIGTERM)
            for _ in range(100):
                if terminal.process.poll() is None:
                    terminal.process.send_signal(signal.SIGCONT)
                time.sleep(0.004)
            ended(terminal)


def test_the_end_of_the_terminal_ends_the_screens_where_sighup_is_not_sent():
    deaf = "import signal as s; heed = s.signal; s.signal = lambda n, h: heed(n, s.SIG_IGN if n == s.SIGHUP else h)"
    with Terminal(faulty(deaf), 80, 24) as terminal:
        terminal.wait_for("Dense 128 relu")
        terminal.hang_up()
        assert terminal.process.wait(SECONDS) == 0


def test_a_terminal_that_nobody_reads_does_not_keep_one_from_leaving():
    with Terminal(ALONE, 120, 40) as terminal:
        terminal.wait_for("Dense 128 relu")
        terminal.stop_reading()
        for key in "123" * 60:
            os.write(terminal.file, key.encode())
            time.sleep(0.01)
        time.sleep(1)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(SECONDS) == 0


def test_a_thread_that_hangs_does_not_hold_up_the_end_and_the_draft_is_kept():
    hang = "import time; Session.follow = lambda self: __import__('asyncio').to_thread(time.sleep, 600)"
    with Terminal(faulty(hang), 80, 24) as terminal:
        edit(terminal)
        terminal.press("q")
        ended(terminal)
    assert len(kept.load().layers) == 2


def test_an_event_loop_that_hangs_does_not_either():
    hang = "import time; NNPlay.action_help = lambda self: time.sleep(600)"
    with Terminal(faulty(hang), 80, 24) as terminal:
        edit(terminal)
        terminal.press("f1")
        time.sleep(0.5)
        terminal.process.send_signal(signal.SIGTERM)
        ended(terminal)
    assert len(kept.load().layers) == 2


def test_it_is_suspended_and_goes_on():
    with Terminal(ALONE, 80, 24) as terminal:
        terminal.wait_for("Dense 128 relu")
        for number in (signal.SIGTSTP, signal.SIGSTOP):
            terminal.process.send_signal(number)
            terminal.wait_until(lambda: state(terminal) == "T", "it to stop")
            terminal.wait_until(lambda n=number: terminal.switched(1049) == (n is signal.SIGSTOP), "its screen to go")
            before = terminal.sent
            terminal.process.send_signal(signal.SIGCONT)
            terminal.wait_until(lambda b=before: b"\x1b[?1049h" in terminal.raw[b:], "the screens to come back")
            terminal.wait_until(lambda b=before: b"128" in terminal.raw[b:], "all to be drawn anew")
        edit(terminal)
        terminal.press("q")
        ended(terminal)


def state(terminal):
    """How the kernel says the process is: T is stopped."""
    with open(f"/proc/{terminal.process.pid}/stat") as file:  # noqa: PTH123 - read at once
        return file.read().rpartition(")")[2].split()[0]


def test_errors_that_go_to_a_file_leave_the_screens_on_the_terminal(tmp_path):
    with Terminal(["sh", "-c", f"exec {NNPLAY[0]} 2>{tmp_path / 'errors'}"], 80, 24) as terminal:
        terminal.wait_for("Dense 128 relu")
        terminal.press("q")
        ended(terminal)


@pytest.mark.parametrize(("line", "said"), [("{} | cat", "the screens need"), ("echo q | {}", "the screens need")])
def test_half_a_terminal_is_refused_in_a_sentence(line, said):
    with Terminal(["sh", "-c", line.format(NNPLAY[0])], 80, 24) as terminal:
        terminal.wait_until(lambda: said in terminal.text, "the sentence")
        terminal.process.wait(SECONDS)


def test_in_the_background_it_waits_to_be_brought_to_the_front():
    with Terminal(["bash", "--norc", "-i"], 80, 24, PS1="$ ") as terminal:
        terminal.press(f"{NNPLAY[0]} &\r", pause=0)
        deadline = time.monotonic() + 60
        while "Stopped" not in terminal.text and time.monotonic() < deadline:  # it imports first
            terminal.press("jobs\r", pause=0)
            time.sleep(0.5)
        terminal.press("fg\r", pause=0)
        terminal.wait_for("Dense 128 relu")
        terminal.press("q")
        time.sleep(1)
        terminal.press("echo back $?\r", pause=0)
        terminal.wait_for("back 0")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the engine outlives its client
def test_a_small_storm_leaves_no_screens_and_what_trained_trains_on(home):
    seed = int(time.time())
    closed, left, steps = storm(4, seed, str(home), at_once=4)
    assert not left, closed
    assert all(each.seconds < float("inf") for each in closed), closed
    assert not (home / "crashes").exists(), closed
    assert steps, closed
