"""A real pseudo-terminal with a program in it, and a screen that shows what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Sequence

import pyte

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "home": "\x1b[H", "f1": "\x1bOP",
}  # fmt: skip
BRAILLE = range(0x2801, 0x2900)
ASKED, ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Whether the terminal shows a frame all at once; that it does."""
FRAME, WHOLE = b"\x1b[?2026h", b"\x1b[?2026l"


class Terminal:
    """Runs a command in a terminal of some size. Use as a context manager: the end kills what still runs."""

    def __init__(self, command: Sequence[str], columns: int, lines: int, **environment: str) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._raw = bytearray()
        self._shown = 0
        self._text = ""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        # Tests that take pictures leave their size in the environment, which programs believe more than the terminal.
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        variables = {**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        self._answers = variables["TERM"].startswith("xterm")
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, start_new_session=True,
            # The terminal is the session's own, so that its end is told to the programs in it.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one system call
        )  # fmt: skip
        os.close(theirs)
        self._file = ours
        self._closed = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does: its programs get SIGHUP, and can write nowhere."""
        if not self._closed:
            self._closed = True
            self._reader.join(5)
            os.close(self._file)

    @property
    def file(self) -> int:
        """The number of our side."""
        return self._file

    def stop_reading(self) -> None:
        """Take nothing from it any more: what is written fills it up."""
        self._closed = True
        self._reader.join(5)
        self._closed = False

    @property
    def text(self) -> str:
        """What is on the screen."""
        with self._lock:
            self._show()
            return self._text

    @property
    def screen(self) -> pyte.Screen:
        """The screen itself, with colours, as whoever looked at the text last has it."""
        return self._screen

    def _show(self) -> None:
        """Put on the screen what was sent since, in whole frames: only who looks pays for it."""
        began, ended = (self._raw.rfind(sign) for sign in (FRAME, WHOLE))
        end = began if began > ended else len(self._raw)
        if end > self._shown or not self._text:
            self._stream.feed(bytes(self._raw[self._shown : end]))
            self._shown = end
            self._text = "\n".join(self._screen.display)

    @property
    def raw(self) -> bytes:
        """All that was sent to it so far."""
        with self._lock:
            return bytes(self._raw)

    @property
    def sent(self) -> int:
        """How many bytes were sent to it so far."""
        with self._lock:
            return len(self._raw)

    def resize(self, columns: int, lines: int) -> None:
        """Give it another size; the programs in it get SIGWINCH."""
        with self._lock:
            self._show()
            self._screen.resize(lines, columns)
            self._text = ""
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def switched(self, mode: int) -> bool:
        """Whether a private mode of the terminal (25: the cursor, 1049: the other screen) was last switched on."""
        with self._lock:
            on, off = (self._raw.rfind(f"\x1b[?{mode}{end}".encode()) for end in "hl")
        return on > off

    def press(self, *keys: str, pause: float = 0.08) -> None:
        """Press keys by name; anything that is no name is typed letter by letter. Without a pause they come at once."""
        if not pause:
            os.write(self._file, "".join(KEYS.get(key, key) for key in keys).encode())
            return
        for key in keys:
            for each in [KEYS[key]] if key in KEYS else list(key):
                os.write(self._file, each.encode())
                time.sleep(pause)

    def wait_for(self, *words: str, seconds: float = 60.0) -> None:
        """Wait until all these words are on the screen."""
        self.wait_until(lambda: all(word in self.text for word in words), f"{words} to appear", seconds)

    def wait_until(self, condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None or condition(), (
                f"the program ended while waiting for {what}:\n{self.text}"
            )
            assert time.monotonic() < deadline, f"waited in vain for {what}:\n{self.text}"
            time.sleep(0.02)

    def braille(self, left: int, right: int) -> int:
        """Count the cells with dots of a chart between two columns."""
        return sum(ord(cell) in BRAILLE for line in self.text.splitlines() for cell in line[left:right])

    def _read(self) -> None:
        while not self._closed:
            if not select.select([self._file], [], [], 0.1)[0]:
                continue
            try:
                block = os.read(self._file, 65536)
            except OSError:  # the other side is closed
                return
            if not block:
                return
            with self._lock:
                begun = max(len(self._raw) - len(ASKED) + 1, 0)  # a question may come in two blocks
                self._raw += block
                answers = self._answers * self._raw.count(ASKED, begun)
            os.write(self._file, ANSWER * answers)
