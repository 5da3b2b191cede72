"""Keys come in the background. A terminal that is gone ends the reading and is told: it would be read for ever.

The thread never outlives the app: it is a daemon, and looks whether the main thread is still there.
"""

from __future__ import annotations

import os
import select
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable

from textual.message import Message

from tui.terminal.parser import Parser

LOOK_SECONDS = 0.1
"""How often it is looked whether reading should end, and whether an Escape stands alone."""
PATIENCE_SECONDS = 1.0
"""A thread that another program has taken the keys away from is not waited for any longer."""
BLOCK = 4096


class Reader(threading.Thread):
    """Reads what is typed until it is stopped or the terminal is gone."""

    def __init__(
        self,
        file: int,
        heard: Callable[[Message], None],
        lost: Callable[[], None],
        failed: Callable[[Exception], None],
        *,
        debug: bool = False,
    ) -> None:
        """Take what is read and who hears of it.

        Args:
            file: the terminal's number.
            heard: is called with each key.
            lost: is called when the terminal is gone.
            failed: is called with any other error.
            debug: have Textual's parser write down what it reads.
        """
        super().__init__(daemon=True, name="nnplay-input")
        self._file = file
        self._heard, self._lost, self._failed = heard, lost, failed
        self._parser = Parser(debug)
        self._ended = threading.Event()

    def stop(self) -> None:
        """Read no more."""
        self._ended.set()
        if self.is_alive() and self is not threading.current_thread():
            self.join(PATIENCE_SECONDS)

    def run(self) -> None:
        """Read until the end."""
        try:
            self._read()
        except Exception as error:  # noqa: BLE001 - whatever it is: without keys, the app has to end and say why
            if not self._ended.is_set():
                self._failed(error)

    def _read(self) -> None:
        decode = getincrementaldecoder("utf-8")("replace").decode
        while not self._ended.is_set() and threading.main_thread().is_alive():
            if select.select((self._file,), (), (), LOOK_SECONDS)[0]:
                try:
                    data = os.read(self._file, BLOCK)
                except BlockingIOError:  # another program was quicker, or has switched it not to block
                    continue
                except OSError:
                    data = b""
                if not data:  # the end of a terminal comes again and again
                    self._lost()
                    return
                text = decode(data)
                if text:  # nothing would be the end to the parser
                    self._hear(self._parser.feed(text))
            self._hear(self._parser.tick())

    def _hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._heard(message)
