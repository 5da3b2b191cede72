"""Types fast and blindly into the real program while a real CNN trains: ``python -m tests.bench.hammer [SEED ...]``.

The keys are those of `tests/tui/test_hammer.py`, in a pseudo-terminal: once with a second after each, once with random
pauses of 0.02 to 0.4 s. It prints the draft that is kept at the end of both, where they differ.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from tests.e2e.program import NNPLAY
from tests.e2e.terminal import KEYS, Terminal
from tests.tui.test_hammer import SECONDS, keys_of, sources

MORE = {
    "shift+tab": "\x1b[Z", "left": "\x1b[D", "end": "\x1b[F", "delete": "\x1b[3~", "f1": "\x1bOP",
    "pagedown": "\x1b[6~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "ops"},
}  # fmt: skip
SLOWLY = 1.0


def draft_after(keys: list[str], pick: random.Random | None) -> object:
    """Return the draft that the program keeps when it has been left after these keys."""
    home, folder = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    sources(folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        with Terminal([*NNPLAY, "--open", "cnn-small", "--start"], 80, 24, NNPLAY_HOME=str(home)) as terminal:
            terminal.wait_for("▶", seconds=180)
            for key in keys:
                terminal.press({**KEYS, **MORE}.get(key, key), pause=0)
                time.sleep(SLOWLY if pick is None else pick.uniform(*SECONDS))
            time.sleep(5)
            assert terminal.process.poll() is None, f"the program ended:\n{terminal.text}"
            terminal.process.terminate()  # as a lost connection: the draft is kept
            terminal.process.wait(30)
    finally:
        os.chdir(before)
        for run in (home / "runs").glob("*"):
            subprocess.run([*NNPLAY, "stop", run.name], env={**os.environ, "NNPLAY_HOME": str(home)}, check=False)
    kept = home / "draft.toml"
    return tomllib.loads(kept.read_text()) if kept.exists() else None


def main() -> None:
    for seed in map(int, sys.argv[1:] or ("1", "2", "3")):
        keys = keys_of(seed)
        slow, fast = draft_after(keys, None), draft_after(keys, random.Random(seed))
        print(f"seed {seed}: {len(keys)} keys, {'the same draft' if slow == fast else f'SLOW {slow} FAST {fast}'}")


if __name__ == "__main__":
    main()
